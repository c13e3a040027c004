#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <ergon/config/type_of.hpp>

namespace ergon::inline v0::config {

// What is known of a configuration type at run time: a constant tree without templates, made by
// `type_of<T>()` (description.hpp) from the tables beside each type. Readers, validation, documentation and
// schema all walk it. A `void*` is always the address of a value of the described type. Nothing here owns,
// throws or allocates by itself.

struct BooleanType {};  // bool
struct StringType {};   // std::string

/// Any integer type but bool. `get` and `set` carry a number above std::int64_t's range as the negative one
/// of the same bits; `visit` tells them apart. Payloads may have such numbers, configuration files may not.
struct IntegerType {
  std::int64_t minimum;
  std::uint64_t maximum;
  std::int64_t (*get)(const void*);
  void (*set)(void*, std::int64_t);

  /// What `use` makes of the number, which is a std::int64_t or, of a type that goes beyond it,
  /// std::uint64_t.
  template <class Use>
  auto visit(const void* value, Use use) const {
    const bool is_wider = std::cmp_greater(maximum, std::numeric_limits<std::int64_t>::max());
    return is_wider ? use(static_cast<std::uint64_t>(get(value))) : use(get(value));
  }
};

/// float or double; `maximum` is the largest it can hold.
struct NumberType {
  double maximum;
  double (*get)(const void*);
  void (*set)(void*, double);
};

/// A std::chrono::duration; `tick` is its unit, of which a value must be a multiple.
struct DurationType {
  std::chrono::nanoseconds tick;
  std::chrono::nanoseconds (*get)(const void*);
  void (*set)(void*, std::chrono::nanoseconds);
};

struct EnumName {
  std::string_view name;
  std::int64_t value;
};

struct EnumType {
  std::span<const EnumName> names;
  std::int64_t (*get)(const void*);
  void (*set)(void*, std::int64_t);
};

/// std::optional. `get` is null when there is no value; `ensure` makes one if there is none.
struct OptionalType {
  TypeFunction value;
  const void* (*get)(const void*);
  void* (*ensure)(void*);
  void (*reset)(void*);
};

/// std::vector.
struct ListType {
  TypeFunction element;
  std::size_t (*size)(const void*);
  const void* (*at)(const void*, std::size_t);
  void* (*append)(void*);
  void (*clear)(void*);
};

/// std::map with std::string keys. `keep_only` removes the entries of all other keys.
struct MapType {
  TypeFunction element;
  std::vector<std::pair<std::string_view, const void*>> (*entries)(const void*);
  void* (*ensure)(void*, std::string_view key);
  void (*keep_only)(void*, std::span<const std::string_view> keys);
};

struct FieldDescription;

/// An aggregate, as a map with fixed keys.
struct ObjectType {
  std::span<const FieldDescription> fields;
};

/// One type a variant can hold. `get` is null when it holds another; `ensure` makes it hold this one, keeping
/// the value if it does already. One with a registry stands for all names in that (`ReadContext`); it has no
/// name itself, and its type is AnyOptions.
struct Alternative {
  std::string_view name;
  TypeFunction type;
  const void* (*get)(const void*);
  void* (*ensure)(void*);
  std::string_view registry{};
};

/// A std::variant, as a map with one key: the name of what it holds.
struct VariantType {
  std::span<const Alternative> alternatives;
};

struct AttributeType {};  // ergon::ResourceValue
struct AnyType {};        // ergon::AnyOptions: the type depends on what the program registered

/// A limit: a plain number, or a duration for a field that is one.
struct Bound {
  template <class T>
    requires std::integral<T> || std::floating_point<T>
  constexpr Bound(T number) noexcept : value(static_cast<double>(number)) {}
  template <class Rep, class Period>
  constexpr Bound(std::chrono::duration<Rep, Period> duration) noexcept
      : value(std::chrono::duration<double, std::nano>(duration).count()) {}

  double value;  // of a duration: nanoseconds
};

/// Where the type of an `AnyOptions` comes from, of the names registered in `Rules::registry`.
enum class TypedBy : std::uint8_t {
  key,   // written as the only key of a map, `{TYPE: {options}}`
  name,  // it is the entry's own name
};

/// The form that a string must have, and how to say so.
struct StringForm {
  bool (*accepts)(std::string_view text);
  std::string_view allowed;
  bool is_secret{false};  // no message shows it
};

/// What a field's value must obey beyond its type.
struct Rules {
  /// For people: "ratio", "{thread}"; "By" of a number of bytes, which may have a unit: `64MiB`. Durations
  /// carry their own.
  std::string_view unit{};
  /// Of a number or duration its value, of a list or map its size; both included.
  Bound minimum{-std::numeric_limits<double>::infinity()};
  Bound maximum{std::numeric_limits<double>::infinity()};
  /// A string, optional, list or map that must not be empty, wherever its value comes from.
  bool required{false};
  /// Of a map: a file that has it removes the entries that it does not name, instead of adding to them.
  bool replaces{false};
  /// Of a map of attributes: its entries stand among the other keys of the object. Under its own name there
  /// may be a list of them, `[{name: …, value: …}]`, as OpenTelemetry has it.
  bool inlined{false};
  /// The name of another field, a list, that is empty where a text gives this one alone.
  std::string_view empties{};
  /// The name of another field that can't be given together with this one.
  std::string_view excludes{};
  /// Where that field is a list of variants: only if one of them is of this name.
  std::string_view excludes_kind{};
  /// The name of another field without which this one can't be given.
  std::string_view needs{};
  /// Of a string, or strings in a list: a key of the map of this name in an object around it, or one of
  /// `built_in`, which are parted by spaces.
  std::string_view key_of{};
  std::string_view built_in{};
  /// Of a string, or strings in a list; null is any.
  const StringForm* form{nullptr};
  /// Of the keys of a map; null is any.
  const StringForm* keys{nullptr};
  /// For `AnyOptions`.
  std::string_view registry{};
  TypedBy typed_by{TypedBy::key};

  /// What holds for the elements of a list or map: its limits are on its size, not on them.
  [[nodiscard]] constexpr Rules of_elements() const noexcept {
    return {.key_of = key_of, .built_in = built_in, .form = form, .registry = registry, .typed_by = typed_by};
  }
};

/// One member of an aggregate.
struct FieldDescription {
  std::string_view name;
  std::string_view documentation;
  Rules rules;
  TypeFunction type;
  void* (*address)(void* object);

  [[nodiscard]] void* in(void* object) const { return address(object); }
  [[nodiscard]] const void* in(const void* object) const { return address(const_cast<void*>(object)); }
};

/// A type: what it is for, and which of the kinds it is with the functions to get at its values.
struct TypeDescription {
  using Kind = std::variant<BooleanType, StringType, IntegerType, NumberType, DurationType, EnumType,
                            OptionalType, ListType, MapType, ObjectType, VariantType, AttributeType, AnyType>;

  std::string_view documentation;
  Kind kind;
};

}  // namespace ergon::inline v0::config
