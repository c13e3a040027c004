#pragma once

#include <fmt/core.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <ergon/config/level.hpp>
#include <ergon/telemetry/attributes.hpp>
#include <ergon/telemetry/log_argument_type.hpp>
#include <ergon/telemetry/log_codec.hpp>
#include <ergon/telemetry/scope.hpp>
#include <ergon/telemetry/shared_level.hpp>
#include <ergon/telemetry/visibility.hpp>

// How a log call travels: the caller stores the format string's address and its arguments' bytes; the worker
// calls `decode`, instantiated at the call site, to turn them into text. Only what is safe to copy byte by
// byte, or has a LogCodec, is deferred so; any other argument makes the call format at once
// (docs/design/logging.md).

namespace ergon::inline v0::detail {

struct LoggerState {
  const Scope* scope;
  // Both written when a session starts or stops, or changes them: a late reader logs once more or less.
  SharedLevel level;                     // the lowest that is recorded
  SharedLevel held_below{Level::trace};  // what is below waits for its transaction to fail

  [[nodiscard]] bool is_enabled(Level wanted) const noexcept { return wanted >= level.load(); }
};

// That of ergon::log; the registry has it as any other.
ERGON_API extern constinit LoggerState default_logger;

ERGON_API const LoggerState& intern_logger(std::string_view name, const ScopeOptions& options);

// Where the worker's formatted text goes. `format` never throws: a formatter that does leaves a note in
// place.
class ERGON_API LogSink {
 public:
  void format(std::string_view text, fmt::format_args args);

 protected:
  explicit LogSink(void* buffer) noexcept : buffer_(buffer) {}

 private:
  void* buffer_;
};

using DecodeLog = void (*)(LogSink& sink, std::string_view text, const std::byte* arguments);

// How the arguments of a call are stored. Constants, one for each list of types.
struct LogArguments {
  DecodeLog decode;
  std::span<const LogArgumentType> types;
};

struct LogCall {
  const LoggerState* logger;
  Level level;
  std::string_view text;
  const LogArguments* arguments;  // null: `text` is the message itself and is copied into the record
  std::size_t argument_bytes;
  std::source_location source{};
};

// What a call has beside its text and arguments. Borrows all of it.
struct LogDetails {
  std::span<const Attribute> attributes{};
  const LogDetails* outer{nullptr};  // whose attributes were given before
  std::string_view event_name{};     // empty: none
  std::uint64_t suppressed{0};       // calls of this place that were held back since the last that was not
};

// Of a call that has none of it: no branch asks whether it does.
struct NoDetails {
  operator LogDetails() const noexcept { return {}; }  // NOLINT: implicit, where it is all the same
};

// How often a place in the program may log; neither: whenever it is called.
struct LogLimit {
  std::uint64_t calls{0};       // one of so many
  std::int64_t nanoseconds{0};  // one in this time
};

// Whether a call of this place may log now, and if so, how many were held back before it.
ERGON_API bool is_turn(const LogLimit& limit, std::source_location place, std::uint64_t& suppressed) noexcept;

// A record that is being made, and where its arguments go: null when it was dropped (and counted), or is to
// wait for a transaction where there is none.
struct OpenLog {
  std::byte* arguments;
  void* record;
};

// Reserves a record in the thread's ring. Every answer with a place is followed by commit_log on the same
// thread; a log call never nests in its own arguments' copying.
ERGON_API OpenLog begin_log(const LogCall& call) noexcept;
ERGON_API OpenLog begin_log(const LogCall& call, const LogDetails& details) noexcept;
inline OpenLog begin_log(const LogCall& call, NoDetails /*none*/) noexcept { return begin_log(call); }
ERGON_API void commit_log(const OpenLog& log) noexcept;
// Formats at once. The call is one without arguments.
ERGON_API void record_formatted_log(const LogCall& call, fmt::format_args args,
                                    const LogDetails& details) noexcept;
// The same, with type, message and causes of the exception; null: of the one being handled, if any.
ERGON_API void record_exception_log(const LogCall& call, fmt::format_args args, const LogDetails& details,
                                    const std::exception* error) noexcept;

// Time points are not: {fmt} asks the C library for the time zone, whose lock no thread of ours may hold at a
// fork.
template <class T>
inline constexpr bool kIsDuration = false;
template <class Rep, class Period>
inline constexpr bool kIsDuration<std::chrono::duration<Rep, Period>> = std::is_arithmetic_v<Rep>;

// Strings and views; a type of the program's own that converts to one may have a formatter of its own.
template <class T>
inline constexpr bool kIsText =
    std::is_same_v<T, std::string_view> || std::is_same_v<T, const char*> || std::is_same_v<T, char*>;
template <class Traits, class Allocator>
inline constexpr bool kIsText<std::basic_string<char, Traits, Allocator>> = true;

template <class T>
std::string_view text_of(const T& value) noexcept {
  if constexpr (std::is_pointer_v<T>) {
    return value == nullptr ? std::string_view("(null)") : std::string_view(value);
  } else {
    return value;
  }
}

// An enum that {fmt} 9 takes for its number, as it has neither a formatter (a missing one can't be
// constructed) nor format_as; later versions take no such enum at all.
template <class T>
concept NumberEnum =
    std::is_enum_v<T> && std::is_convertible_v<T, int> &&
    !std::is_default_constructible_v<fmt::formatter<T>> && !requires(T value) { format_as(value); };

template <class T>
inline constexpr bool kIsPlain =
    std::is_arithmetic_v<T> || kIsDuration<T> || NumberEnum<T> || std::is_same_v<T, const void*> ||
    std::is_same_v<T, void*> || std::is_null_pointer_v<T>;

template <class T>
inline constexpr bool kIsCoded = !kIsPlain<T> && !kIsText<T> && kHasLogCodec<T>;

template <class T>
inline constexpr bool kIsDeferrable = kIsPlain<T> || kIsText<T> || kIsCoded<T>;

template <class T>
std::size_t encoded_size(const T& value) noexcept {
  if constexpr (kIsText<T>) {
    return sizeof(std::uint32_t) + text_of(value).size();
  } else if constexpr (kIsCoded<T>) {
    static_assert(noexcept(LogCodec<T>::size(value)), "LogCodec<T>::size is noexcept");
    return sizeof(std::uint32_t) + LogCodec<T>::size(value);
  } else {
    return sizeof(T);
  }
}

inline std::byte* encode_size(std::byte*& at, std::size_t size) noexcept {
  const auto stored = static_cast<std::uint32_t>(size);  // begin_log takes no record that is larger
  std::memcpy(at, &stored, sizeof stored);
  std::byte* const content = at + sizeof stored;
  at = content + size;
  return content;
}

inline std::span<const std::byte> decode_sized(const std::byte*& at) noexcept {
  std::uint32_t size = 0;
  std::memcpy(&size, at, sizeof size);
  const std::span content(at + sizeof size, size);
  at += sizeof size + size;
  return content;
}

template <class T>
void encode(std::byte*& at, const T& value) noexcept {
  if constexpr (kIsText<T>) {
    const std::string_view text = text_of(value);
    std::byte* const to = encode_size(at, text.size());
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
  } else if constexpr (kIsCoded<T>) {
    const RecordingPause pause;
    std::byte* const to = encode_size(at, LogCodec<T>::size(value));
    static_assert(noexcept(LogCodec<T>::encode(value, to)), "LogCodec<T>::encode is noexcept");
    LogCodec<T>::encode(value, to);
  } else {
    std::memcpy(at, &value, sizeof value);
    at += sizeof value;
  }
}

template <class T>
auto decode(const std::byte*& at) noexcept(!kIsCoded<T>) {
  if constexpr (kIsText<T>) {
    const std::span<const std::byte> text = decode_sized(at);
    return std::string_view(reinterpret_cast<const char*>(text.data()), text.size());
  } else if constexpr (kIsCoded<T>) {
    return LogCodec<T>::decode(decode_sized(at));
  } else {
    T value;
    std::memcpy(&value, at, sizeof value);
    at += sizeof value;
    return value;
  }
}

template <class T>
consteval LogArgumentType stored_argument_type() {
  if constexpr (kIsText<T>) {
    return {LogArgumentKind::text, 0};
  } else if constexpr (kIsCoded<T>) {
    return {LogArgumentKind::coded, 0};
  } else {
    return plain_argument_type<T>();
  }
}

template <class... Stored>
void decode_log(LogSink& sink, std::string_view text, [[maybe_unused]] const std::byte* arguments) {
  // Braces evaluate from left to right, the order in which the caller stored them.
  const auto format = [&](const auto&... values) { sink.format(text, fmt::make_format_args(values...)); };
  struct Call {
    Call(decltype(format)& f, const decltype(decode<Stored>(arguments))&... values) { f(values...); }
  };
  Call{format, decode<Stored>(arguments)...};
}

// Hidden: else they would keep a shared object from being unloaded.
template <class... Stored>
[[gnu::visibility("hidden")]] inline constexpr std::array<LogArgumentType, sizeof...(Stored)>
    kLogArgumentTypes{stored_argument_type<Stored>()...};

template <class... Stored>
[[gnu::visibility("hidden")]] inline constexpr LogArguments kLogArguments{&decode_log<Stored...>,
                                                                          kLogArgumentTypes<Stored...>};

/// A {fmt} format string, checked when compiled, or `fmt::runtime(text)`, which is copied; and the place of
/// the call, a constant's address.
template <class... Args>
struct BasicLogText {
  std::string_view text;
  bool is_literal;
  std::source_location source;

  template <class S>
    requires std::is_convertible_v<const S&, std::string_view>
  consteval BasicLogText(const S& literal,  // NOLINT: implicit, as a format string is
                         std::source_location place = std::source_location::current())
      : text(literal), is_literal(true), source(place) {
    [[maybe_unused]] const fmt::format_string<Args...> kChecked(literal);
  }

  BasicLogText(decltype(fmt::runtime("")) given,  // NOLINT: implicit
               std::source_location place = std::source_location::current()) noexcept
      : text(given.str.data(), given.str.size()), is_literal(false), source(place) {}
};

template <class... Args>
using LogText = BasicLogText<std::remove_cvref_t<Args>...>;

template <class Details, class... Args>
void record_log(const LoggerState& logger, Level level, LogText<Args...> text, const Details& details,
                const Args&... args) noexcept {
  if constexpr ((kIsDeferrable<std::decay_t<const Args>> && ...)) {
    if (text.is_literal) [[likely]] {
      const LogCall call{&logger,
                         level,
                         text.text,
                         &kLogArguments<std::decay_t<const Args>...>,
                         (std::size_t{0} + ... + encoded_size<std::decay_t<const Args>>(args)),
                         text.source};
      const OpenLog log = begin_log(call, details);
      if ([[maybe_unused]] std::byte* at = log.arguments) {
        (encode<std::decay_t<const Args>>(at, args), ...);
        commit_log(log);
      }
      return;
    }
  }
  record_formatted_log({&logger, level, text.text, nullptr, 0, text.source}, fmt::make_format_args(args...),
                       details);
}

}  // namespace ergon::inline v0::detail
