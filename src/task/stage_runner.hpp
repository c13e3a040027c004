#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include <ergon/config/retry_policy.hpp>

#include "task/backoff.hpp"
#include "task/loop_thread.hpp"
#include "task/task_telemetry.hpp"

namespace ergon::inline v0::detail {

/// A stage, as it is called.
struct StagePlan {
  std::string_view span_name;
  const StageMetrics& metrics;
  const RetryPolicy& retry;
  /// What each attempt's span starts with where it is an operation of the messaging system's.
  const MessagingSpan* operation{nullptr};
};

/// What came of it.
struct StageEnd {
  std::optional<TaskError> error{};
  /// There would have been another attempt, had the worker not been to stop.
  bool is_interrupted{false};
};

/// Calls the stages of one loop's transactions as their policies say: each attempt in its span, watched,
/// counted, and what it throws recorded. On the loop's thread.
class StageRunner {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  StageRunner(const TaskTelemetry& telemetry, LoopThread& thread) noexcept
      : telemetry_(telemetry), thread_(thread) {}

  /// `call` is called with the limits of each attempt and, if it takes that, its span; the attempts and the
  /// waits between them end at `limit`. Throws for lack of memory alone.
  template <class Call>
  StageEnd run(const StagePlan& plan, const RawTransaction& raw, TimePoint limit, const Call& call) const {
    return run_attempts(plan, &raw, limit, call);
  }
  /// The same for what is not about one transaction.
  template <class Call>
  StageEnd run(const StagePlan& plan, TimePoint limit, const Call& call) const {
    return run_attempts(plan, nullptr, limit, call);
  }

  /// Between attempts; false where the worker is to stop.
  [[nodiscard]] bool wait(std::chrono::nanoseconds duration) const;

 private:
  template <class Call>
  StageEnd run_attempts(const StagePlan& plan, const RawTransaction* raw, TimePoint limit,
                        const Call& call) const {
    std::optional<Backoff> backoff;
    for (std::int64_t number = 1;; ++number) {
      StageEnd end;
      const auto wait = attempt(Attempt(*this, plan, raw, number, limit), call, backoff, end.error);
      if (!wait) return end;
      if (!this->wait(*wait)) {
        end.is_interrupted = true;
        return end;
      }
    }
  }

  class Attempt {
   public:
    Attempt(const StageRunner& runner, const StagePlan& plan, const RawTransaction* raw, std::int64_t number,
            TimePoint limit) noexcept;
    [[nodiscard]] AttemptLimits begin();
    [[nodiscard]] ScopedSpan& span() noexcept { return span_; }
    void fail();  // in a catch block
    // How long to wait for another one; nothing where this was the last.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> end(std::optional<Backoff>& backoff);
    [[nodiscard]] std::optional<TaskError> take_error() noexcept { return std::move(error_); }

   private:
    [[nodiscard]] std::optional<std::chrono::nanoseconds> next_wait(std::optional<Backoff>& backoff) const;

    const StageRunner& runner_;
    const StagePlan& plan_;
    const RawTransaction* raw_;
    std::int64_t number_;
    TimePoint limit_;
    TimePoint start_;
    TimePoint deadline_;
    ScopedSpan span_;
    std::optional<TaskError> error_;
  };

  // The attempt's span ends with it, before any wait.
  template <class Call>
  static std::optional<std::chrono::nanoseconds> attempt(Attempt attempt, const Call& call,
                                                         std::optional<Backoff>& backoff,
                                                         std::optional<TaskError>& error) {
    try {
      if constexpr (std::invocable<const Call&, AttemptLimits, ScopedSpan&>) {
        call(attempt.begin(), attempt.span());
      } else {
        call(attempt.begin());
      }
    } catch (...) {
      attempt.fail();
    }
    const auto wait = attempt.end(backoff);
    error = attempt.take_error();
    return wait;
  }

  const TaskTelemetry& telemetry_;
  LoopThread& thread_;
};

}  // namespace ergon::inline v0::detail
