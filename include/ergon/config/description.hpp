#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include <ergon/config/boxed.hpp>
#include <ergon/config/member_kinds.hpp>
#include <ergon/config/type_description.hpp>

// How a type is described, once, for defaults, reading, validation, documentation and schema: a constexpr
// function beside the type, found by argument-dependent lookup.
//
//   struct Fetch { std::chrono::milliseconds wait{100}; Mode mode{}; };
//   constexpr auto ergon_describe(ergon::config::Tag<Fetch>) {
//     using namespace ergon::config;
//     return object("How orders are fetched.",
//                   field<&Fetch::wait>("wait", "Pause after an empty fetch.", {.minimum = 1ms}),
//                   field<&Fetch::mode>("mode", "Which orders."));
//   }
//
// Members may be bool, integers, float, double, std::string, durations, described enums, aggregates and
// variants, and std::optional, std::vector, std::map<std::string, …> and Boxed of those. For an aggregate of
// options without documentation, ERGON_OPTIONS (options.hpp) writes the function.
namespace ergon::inline v0::config {

// What `object`, `one_of` and `enumeration` make; the rows in the order of declaration.
template <std::size_t N>
struct ObjectTable {
  std::string_view documentation;
  std::array<FieldDescription, N> fields;
};

template <std::size_t N>
struct VariantTable {
  std::string_view documentation;
  std::array<Alternative, N> alternatives;
};

template <std::size_t N>
struct EnumTable {
  std::string_view documentation;
  std::array<EnumName, N> names;
};

namespace detail {

template <class T>
struct Unboxed {
  using Type = T;
};
template <class T>
struct Unboxed<Boxed<T>> {
  using Type = T;
};

template <class T>
constexpr T& unboxed(T& value) noexcept {
  return value;
}
template <class T>
constexpr T& unboxed(Boxed<T>& value) noexcept {
  return *value;
}

template <class>
struct MemberPointer;
template <class Object, class Member>
struct MemberPointer<Member Object::*> {
  using ObjectType = Object;
  using ValueType = typename Unboxed<Member>::Type;
};

}  // namespace detail

/// One row of an object's table. `name` is the key in YAML; `documentation` a sentence for people; `rules`
/// what the value must obey beyond its type. A boxed member is described as what is in the box.
template <auto member>
constexpr FieldDescription field(std::string_view name, std::string_view documentation = {},
                                 Rules rules = {}) {
  using Member = detail::MemberPointer<decltype(member)>;
  return {name, documentation, rules, &type_of<typename Member::ValueType>, [](void* object) -> void* {
            return &detail::unboxed(static_cast<typename Member::ObjectType*>(object)->*member);
          }};
}

/// The table of an aggregate: every member that configuration can set. Two rows must not have one name.
template <std::same_as<FieldDescription>... Fields>
constexpr ObjectTable<sizeof...(Fields)> object(std::string_view documentation, const Fields&... fields) {
  return {documentation, {fields...}};
}

/// One row of a variant's table: T, which `Variant` can hold, under the key `name`. T is an aggregate; its
/// defaults are meant where the key has no value.
template <class Variant, class T>
constexpr Alternative alternative(std::string_view name) {
  return {name, &type_of<T>,
          [](const void* variant) -> const void* {
            return static_cast<const Variant*>(variant)->template get_if<T>();
          },
          [](void* variant) -> void* {
            auto& holder = *static_cast<Variant*>(variant);
            if (auto* held = holder.template get_if<T>()) return held;
            return &holder.template emplace<T>();
          }};
}

/// The row of what the program itself registered, whatever it is called: the variant holds it as `Custom`.
template <class Variant, class Custom>
constexpr Alternative registered(std::string_view registry) {
  return {{},
          &type_of<decltype(Custom::options)>,
          [](const void* variant) -> const void* {
            const auto* held = static_cast<const Variant*>(variant)->template get_if<Custom>();
            return held != nullptr ? &held->options : nullptr;
          },
          [](void* variant) -> void* {
            auto& holder = *static_cast<Variant*>(variant);
            if (auto* held = holder.template get_if<Custom>()) return &held->options;
            return &holder.template emplace<Custom>().options;
          },
          registry};
}

/// The table of a variant, which configuration writes as a map with one key.
template <std::same_as<Alternative>... Alternatives>
constexpr VariantTable<sizeof...(Alternatives)> one_of(std::string_view documentation,
                                                       const Alternatives&... rows) {
  return {documentation, {rows...}};
}

/// One row of an enumeration's table: `value` is written as `name`.
template <class Enum>
  requires std::is_enum_v<Enum>
constexpr EnumName name(std::string_view name, Enum value) {
  return {name, static_cast<std::int64_t>(value)};
}

/// The table of an enumeration; the first name of a value is the one that is written.
template <std::same_as<EnumName>... Names>
constexpr EnumTable<sizeof...(Names)> enumeration(std::string_view documentation, const Names&... names) {
  return {documentation, {names...}};
}

namespace detail {

template <Described T>
inline constexpr auto kTable = ergon_describe(Tag<T>{});

template <class T, std::size_t N>
constexpr ObjectType described_kind(const ObjectTable<N>& table) {
  return {table.fields};
}
template <class T, std::size_t N>
constexpr VariantType described_kind(const VariantTable<N>& table) {
  return {table.alternatives};
}
template <class T, std::size_t N>
constexpr EnumType described_kind(const EnumTable<N>& table) {
  return {table.names, [](const void* value) { return static_cast<std::int64_t>(as<T>(value)); },
          [](void* value, std::int64_t number) { as<T>(value) = static_cast<T>(number); }};
}

}  // namespace detail

/// The same as `type_of`, from the table, which must be in sight. For types whose table is compiled elsewhere
/// `type_of` is declared as a specialization, and defined as this.
template <Described T>
[[nodiscard, gnu::visibility("default")]] const TypeDescription& described() noexcept {
  static constexpr TypeDescription kType{detail::kTable<T>.documentation,
                                         detail::described_kind<T>(detail::kTable<T>)};
  return kType;
}

template <class T>
const TypeDescription& type_of() noexcept {
  if constexpr (requires { detail::kind_of(Tag<T>{}); }) {
    static constexpr TypeDescription kType{{}, detail::kind_of(Tag<T>{})};
    return kType;
  } else {
    static_assert(Described<T>,
                  "describe this type: ERGON_OPTIONS(T, members…) in it, or ergon_describe beside it");
    return described<T>();
  }
}

}  // namespace ergon::inline v0::config
