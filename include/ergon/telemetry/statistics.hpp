#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ergon::inline v0::telemetry {

/// The kinds of records.
enum class Signal : std::uint8_t { spans = 0, logs = 1, metric_points = 2 };

/// Why a record was not delivered. The names in `drop_reason_name` are what summaries and metrics show.
enum class DropReason : std::uint8_t {
  queue_full,
  too_large,
  retry_exhausted,
  non_retryable,
  timeout,
  shutdown,
  already_shutdown,
  filtered,
  fork,
  prestart_full,
  keep_full,  // waited for the end of its trace's local root, and there was no memory for more to wait
};
inline constexpr std::size_t kDropReasons = 11;

[[nodiscard]] constexpr std::string_view drop_reason_name(DropReason reason) {
  constexpr std::array<std::string_view, kDropReasons> kNames{
      "queue_full", "too_large",     "retry_exhausted",  "non_retryable",
      "timeout",    "shutdown",      "already_shutdown", "filtered",
      "fork",       "prestart_full", "keep_full"};
  return kNames[static_cast<std::size_t>(reason)];
}

/// What became of the records of one signal; the metrics `otel.sdk.*` tell the same. After a flush the books
/// close:
/// created = sampled_out + delivered + rejected + queued + the sum of dropped.
struct Counts {
  std::uint64_t created{0};
  std::uint64_t sampled_out{0};
  std::uint64_t delivered{0};
  std::uint64_t rejected{0};
  std::uint64_t queued{0};
  std::array<std::uint64_t, kDropReasons> dropped{};

  [[nodiscard]] constexpr std::uint64_t dropped_total() const {
    std::uint64_t total = 0;
    for (const auto count : dropped) total += count;
    return total;
  }
  [[nodiscard]] constexpr bool closes() const {
    return created == sampled_out + delivered + rejected + queued + dropped_total();
  }
};

/// The same books for one destination: `created` is what was offered to it.
struct DestinationCounts {
  std::string name;
  Counts counts;
};

/// The books of one signal, over all and by destination. Over all, a record is delivered if any took it.
struct SignalStatistics {
  Counts total;
  std::vector<DestinationCounts> destinations;
};

struct Statistics {
  SignalStatistics spans;
  SignalStatistics logs;
  SignalStatistics metric_points;
};

}  // namespace ergon::inline v0::telemetry
