#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include <ergon/task/errors.hpp>
#include <ergon/telemetry/meter.hpp>

namespace ergon::inline v0::detail {

using Clock = std::chrono::steady_clock;

/// How one attempt at a stage ended. Its text is the attribute `outcome` of the lifecycle metrics.
enum class Outcome : std::uint8_t { ok, error, timeout, retry };
inline constexpr std::size_t kOutcomes = 4;

/// Of an attempt that was the last one; `error` is null where it succeeded.
[[nodiscard]] Outcome final_outcome(const TaskError* error) noexcept;

/// The attribute `error.type`: the exception's type, but `timeout` for anything of that kind.
[[nodiscard]] std::string_view error_type(const TaskError& error) noexcept;

[[nodiscard]] double to_seconds(std::chrono::nanoseconds duration) noexcept;

/// A duration in seconds, with the buckets of the semantic conventions' messaging.process.duration.
[[nodiscard]] InstrumentOptions seconds(std::string_view description);

/// `{role}.lifecycle.duration` and `{role}.lifecycle.outcome` of one stage, bound. Any thread.
class StageMetrics {
 public:
  StageMetrics(const Meter& meter, std::string_view role, std::string_view task, std::string_view stage);

  void count(Clock::duration duration, Outcome outcome) const noexcept {
    duration_.record(to_seconds(duration));
    outcomes_[static_cast<std::size_t>(outcome)].add(1);
  }

 private:
  using Outcomes = std::array<BoundCounter<std::int64_t>, kOutcomes>;

  static Outcomes bind_outcomes(const Counter<std::int64_t>& counter, std::string_view task,
                                std::string_view stage);

  BoundHistogram<double> duration_;
  Outcomes outcomes_;  // in the order of Outcome
};

}  // namespace ergon::inline v0::detail
