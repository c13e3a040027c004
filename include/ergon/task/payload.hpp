#pragma once

#include <string>
#include <string_view>

#include <ergon/config/description.hpp>
#include <ergon/config/options.hpp>
#include <ergon/telemetry/visibility.hpp>

/// ERGON_PAYLOAD(Order, id, currency, amount), beside a default-constructible struct and in its namespace,
/// makes it readable from JSON and writable as JSON by the names of its members (at most 32). Members may be
/// bool, integers, float, double, std::string, described structs and enums, and std::optional, std::vector
/// and std::map<std::string, …> of those. A member that is not std::optional must be there; unknown ones are
/// ignored.
#define ERGON_PAYLOAD(Type, ...)                                                                            \
  [[maybe_unused]] constexpr auto ergon_describe(::ergon::config::Tag<Type>) {                              \
    return ::ergon::config::object("" ERGON_DETAIL_FOR_EACH_MEMBER(ERGON_DETAIL_FIELD, Type, __VA_ARGS__)); \
  }

namespace ergon::inline v0 {

namespace detail {

ERGON_API void decode_json(const config::TypeDescription& type, void* value, std::string_view json);
ERGON_API std::string encode_json(const config::TypeDescription& type, const void* value);

template <class T>
concept HasJson = config::Described<T> || requires { config::detail::kind_of(config::Tag<T>{}); };

}  // namespace detail

/// Reads a payload from JSON text. Throws DecodeError, which says where and why, on anything that is not a T:
/// text that is no JSON or nested deeper than 64 levels, a missing member, a wrong type, a number out of
/// range. Any thread.
template <detail::HasJson T>
[[nodiscard]] T from_json(std::string_view json) {
  T value{};
  detail::decode_json(config::type_of<T>(), &value, json);
  return value;
}

/// The payload as JSON on one line. An absent optional is left out, bytes that are not UTF-8 become U+FFFD,
/// and numbers JSON has no form for (NaN, infinities) become null. Any thread.
template <detail::HasJson T>
[[nodiscard]] std::string to_json(const T& value) {
  return detail::encode_json(config::type_of<T>(), &value);
}

}  // namespace ergon::inline v0
