#pragma once

#include <chrono>
#include <cstdint>
#include <type_traits>

namespace ergon::inline v0::detail {

enum class LogArgumentKind : std::uint8_t {
  boolean,
  character,
  signed_number,
  unsigned_number,
  floating,
  pointer,
  text,   // its length in 32 bits, then its bytes
  coded,  // the same, of a type of the program's own, by its LogCodec
};

// What a stored argument of a log call is, for who has the bytes and not the program: the reader of what a
// crashed process left.
struct LogArgumentType {
  LogArgumentKind kind;
  std::uint8_t bytes;  // 0: as the argument says
  // Of a duration: its period in seconds. 0: it is none.
  std::int64_t numerator{0};
  std::int64_t denominator{0};
};

template <class T>
inline constexpr bool kIsAnyDuration = false;
template <class Rep, class Period>
inline constexpr bool kIsAnyDuration<std::chrono::duration<Rep, Period>> = true;

template <class T>
consteval LogArgumentKind kind_of_number() {
  if (std::is_same_v<T, bool>) return LogArgumentKind::boolean;
  if (std::is_same_v<T, char>) return LogArgumentKind::character;
  if (std::is_floating_point_v<T>) return LogArgumentKind::floating;
  return std::is_signed_v<T> ? LogArgumentKind::signed_number : LogArgumentKind::unsigned_number;
}

// Of what is stored as its own bytes.
template <class T>
consteval LogArgumentType plain_argument_type() {
  if constexpr (kIsAnyDuration<T>) {
    return {kind_of_number<typename T::rep>(), sizeof(T), T::period::num, T::period::den};
  } else if constexpr (std::is_enum_v<T>) {
    return {kind_of_number<std::underlying_type_t<T>>(), sizeof(T)};
  } else if constexpr (std::is_arithmetic_v<T>) {
    return {kind_of_number<T>(), sizeof(T)};
  } else {
    return {LogArgumentKind::pointer, sizeof(T)};
  }
}

}  // namespace ergon::inline v0::detail
