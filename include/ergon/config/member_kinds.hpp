#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ergon/config/resource_attributes.hpp>
#include <ergon/config/type_description.hpp>

namespace ergon::inline v0 {
class AnyOptions;
}

// How the types that need no table of their own are described: kind_of(Tag<T>) for each.
namespace ergon::inline v0::config::detail {

template <class T>
const T& as(const void* value) {
  return *static_cast<const T*>(value);
}
template <class T>
T& as(void* value) {
  return *static_cast<T*>(value);
}

constexpr BooleanType kind_of(Tag<bool>) { return {}; }
constexpr StringType kind_of(Tag<std::string>) { return {}; }
constexpr AttributeType kind_of(Tag<ResourceValue>) { return {}; }
constexpr AnyType kind_of(Tag<AnyOptions>) { return {}; }

template <std::integral T>
constexpr IntegerType kind_of(Tag<T>) {
  return {static_cast<std::int64_t>(std::numeric_limits<T>::min()),
          static_cast<std::uint64_t>(std::numeric_limits<T>::max()),
          [](const void* value) { return static_cast<std::int64_t>(as<T>(value)); },
          [](void* value, std::int64_t number) { as<T>(value) = static_cast<T>(number); }};
}

template <class T>
  requires std::same_as<T, float> || std::same_as<T, double>
constexpr NumberType kind_of(Tag<T>) {
  return {std::numeric_limits<T>::max(), [](const void* value) { return static_cast<double>(as<T>(value)); },
          [](void* value, double number) { as<T>(value) = static_cast<T>(number); }};
}

template <class Rep, class Period>
constexpr DurationType kind_of(Tag<std::chrono::duration<Rep, Period>>) {
  using std::chrono::nanoseconds;
  using Duration = std::chrono::duration<Rep, Period>;
  constexpr auto kTick = std::chrono::duration_cast<nanoseconds>(Duration{1});
  return {std::floating_point<Rep> || kTick.count() == 0 ? nanoseconds{1} : kTick,
          [](const void* value) {
            const std::chrono::duration<double> seconds = as<Duration>(value);
            if (seconds >= nanoseconds::max()) return nanoseconds::max();
            if (seconds <= nanoseconds::min()) return nanoseconds::min();
            return std::chrono::duration_cast<nanoseconds>(as<Duration>(value));
          },
          [](void* value, nanoseconds time) {
            as<Duration>(value) = std::chrono::duration_cast<Duration>(time);
          }};
}

template <class T>
constexpr OptionalType kind_of(Tag<std::optional<T>>) {
  using Optional = std::optional<T>;
  return {
      &type_of<T>,
      [](const void* value) -> const void* { return as<Optional>(value) ? &*as<Optional>(value) : nullptr; },
      [](void* value) -> void* {
        auto& optional = as<Optional>(value);
        return optional ? &*optional : &optional.emplace();
      },
      [](void* value) { as<Optional>(value).reset(); }};
}

template <class T>
constexpr ListType kind_of(Tag<std::vector<T>>) {
  static_assert(!std::same_as<T, bool>, "std::vector<bool> has no elements to point at");
  using List = std::vector<T>;
  return {&type_of<T>, [](const void* value) { return as<List>(value).size(); },
          [](const void* value, std::size_t index) -> const void* { return &as<List>(value)[index]; },
          [](void* value) -> void* { return &as<List>(value).emplace_back(); },
          [](void* value) { as<List>(value).clear(); }};
}

template <class T>
constexpr MapType kind_of(Tag<std::map<std::string, T>>) {
  using Map = std::map<std::string, T>;
  return {&type_of<T>,
          [](const void* value) {
            std::vector<std::pair<std::string_view, const void*>> entries;
            for (const auto& [key, element] : as<Map>(value)) entries.emplace_back(key, &element);
            return entries;
          },
          [](void* value, std::string_view key) -> void* {
            return &as<Map>(value).try_emplace(std::string(key)).first->second;
          },
          [](void* value, std::span<const std::string_view> keys) {
            std::erase_if(as<Map>(value), [&](const auto& entry) {
              for (const std::string_view key : keys) {
                if (key == entry.first) return false;
              }
              return true;
            });
          }};
}

}  // namespace ergon::inline v0::config::detail
