#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// How a log call stores an argument of the program's own type, so that telemetry's worker formats it and not
/// the caller. Without one such an argument is formatted at the call, which is always right and costs what
/// its formatter does. The program specialises it beside the type, before the first call that logs one:
///
///   template <>
///   struct ergon::LogCodec<Money> {
///     static std::size_t size(const Money& money) noexcept;                // bytes; the same in one call
///     static void encode(const Money& money, std::byte* to) noexcept;      // writes so many, unaligned
///     static Money decode(std::span<const std::byte> bytes);               // what {fmt} is given
///   };
///
/// `size` and `encode` run at the call; telemetry that `encode` records is left out. `decode`, which may
/// answer another type, and the formatter run later on telemetry's worker, where nothing but the bytes may be
/// looked at; what they throw becomes a note in the message. What a crashed process leaves shows how many
/// bytes there were.
template <class T>
struct LogCodec;

/// The codec of a type that is its own bytes, with nothing in it that points elsewhere; being trivially
/// copyable does not say so, which is why the program has to:
/// `template <> struct ergon::LogCodec<Point> : ergon::CopyLogCodec<Point> {};`
template <class T>
struct CopyLogCodec {
  static constexpr std::size_t size(const T& /*value*/) noexcept { return sizeof(T); }
  static void encode(const T& value, std::byte* to) noexcept {
    static_assert(std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T>,
                  "CopyLogCodec is for a trivially copyable type with a default constructor");
    std::memcpy(to, &value, sizeof value);
  }
  static T decode(std::span<const std::byte> bytes) noexcept {
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
};

namespace detail {

template <class T>
inline constexpr bool kHasLogCodec = requires { sizeof(LogCodec<T>); };

// Around code of the program's own that is called for a record: what this thread records in the scope is
// ignored, as on a thread of the SDK's own, or that code would be called again for what it records itself.
class [[nodiscard]] RecordingPause {
 public:
  ERGON_API RecordingPause() noexcept;
  RecordingPause(const RecordingPause&) = delete;
  RecordingPause& operator=(const RecordingPause&) = delete;
  ERGON_API ~RecordingPause();

 private:
  // The thread's, until the end of the scope.
  void* block_;
  std::uint32_t metrics_generation_;
};

}  // namespace detail

}  // namespace ergon::inline v0
