#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <source_location>

#include <ergon/telemetry/log_call.hpp>

namespace ergon::inline v0::telemetry {

/// Whose turn it is to log, of the calls of each place that logs with a limit. A table of fixed size without
/// a lock; places are never taken out of it. All members of a place are on their own, so relaxed: threads
/// that race for a turn agree on one of them, in whatever order.
class LogTurns {
 public:
  static constexpr std::size_t kPlaces = 1'024;
  static constexpr std::size_t kMostLooks = 32;  // for a place's entry: beyond it there is no room

  /// Whether this call may log. If so, `suppressed` is how many were held back since the last that did. `now`
  /// is asked for the time in nanoseconds, if it matters.
  template <class Now>
  [[nodiscard]] bool take(std::uint64_t place, const detail::LogLimit& limit, Now now,
                          std::uint64_t& suppressed) noexcept {
    Entry* const entry = entry_of(place);
    if (entry == nullptr) [[unlikely]]
      return true;
    return limit.calls > 1
               ? take_in_count(*entry, limit.calls, suppressed)
               : take_in_time(*entry, static_cast<std::uint64_t>(limit.nanoseconds), now(), suppressed);
  }

 private:
  // Any thread writes and reads all of it. A line of its own: busy places do not slow each other down.
  struct alignas(64) Entry {
    std::atomic<std::uint64_t> place{0};       // 0: free
    std::atomic<std::uint64_t> calls{0};       // so far, where they are counted
    std::atomic<std::uint64_t> next{0};        // when it is the next one's turn
    std::atomic<std::uint64_t> suppressed{0};  // since the last turn in time
  };

  [[nodiscard]] Entry* entry_of(std::uint64_t place) noexcept;
  [[nodiscard]] static bool take_in_count(Entry& entry, std::uint64_t n, std::uint64_t& suppressed) noexcept;
  [[nodiscard]] static bool take_in_time(Entry& entry, std::uint64_t interval, std::uint64_t now,
                                         std::uint64_t& suppressed) noexcept;

  std::array<Entry, kPlaces> entries_{};
};

/// A number for a place in the program, other than 0: the same for all copies of an inline function or
/// template.
[[nodiscard]] std::uint64_t number_of(const std::source_location& place) noexcept;

}  // namespace ergon::inline v0::telemetry
