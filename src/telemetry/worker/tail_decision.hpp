#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "telemetry/buffer/memory_budget.hpp"
#include "telemetry/record/recording_state.hpp"
#include "telemetry/record/records.hpp"
#include "telemetry/worker/pipeline.hpp"
#include "telemetry/worker/recent_decisions.hpp"

namespace ergon::inline v0::telemetry {

/// What the session's sampler samples by, where that is a plain threshold.
struct HeadThreshold {
  std::uint64_t threshold{kAlwaysSampled};
  bool is_of_roots{false};  // below a parent it follows that one's decision
};

/// `tracing.keep`, as the worker needs it.
struct KeepOptions {
  bool errors{true};
  std::optional<std::chrono::nanoseconds> slower_than{};
  std::uint64_t threshold{kAlwaysSampled};  // from which on the rest is kept
  std::optional<HeadThreshold> head{};      // none: only the traces' states say it
};

/// A span that has ended, encoded.
struct HeldSpan {
  const detail::Scope* scope;
  std::string message;
  std::size_t held_bytes;  // of what may be held; 0: it has not waited
  bool is_sampled;         // by the head's sampler
};

/// Holds spans until the local root above them ends, and decides then what of them is exported: all, where
/// one failed or the root was slow; else those sampled, where the trace's randomness reaches the threshold.
/// Spans that end later follow. The worker's alone.
///
/// What it holds takes at most three thirty-seconds of the budget, and its memory of decisions one more: with
/// 64 MiB, 6 MiB of spans and at least the last 65,536 local roots. Both are taken from the budget for its
/// whole life, as a destination that is stuck would take every byte given back. Where there is no room for a
/// span, the local root that has waited longest is decided on what is known of it: an error, that the spans
/// below it lie further apart than `slower_than`, or the randomness; without any of these it is dropped
/// (`keep_full`).
class TailDecision {
 public:
  TailDecision(MemoryBudget& budget, KeepOptions options);
  TailDecision(const TailDecision&) = delete;
  TailDecision& operator=(const TailDecision&) = delete;
  ~TailDecision();

  /// An ended span with its OTLP message and the times that this says. False where what is kept needs the
  /// room: once that is taken out, the span is to come again, and finds some.
  [[nodiscard]] bool take(const SpanRecord& record, bool is_sampled, const SpanTimes& times,
                          std::string_view message);
  /// Decides on all that waits, as nothing more will come: as if memory were full, but that what isn't kept
  /// counts as sampled out.
  void decide_all();

  /// The next span to be exported, or null; `pop_kept` takes it out.
  [[nodiscard]] const HeldSpan* next_kept() const { return kept_.empty() ? nullptr : &kept_.front(); }
  void pop_kept();
  [[nodiscard]] std::uint64_t kept() const { return kept_.size(); }

  /// Spans that are neither counted below nor taken out.
  [[nodiscard]] std::uint64_t held() const { return waiting_spans_ + kept_.size(); }
  [[nodiscard]] std::uint64_t sampled_out() const { return sampled_out_; }
  /// Dropped for lack of memory.
  [[nodiscard]] std::uint64_t evicted() const { return evicted_; }
  /// What spans take that wait, or waited and have not been taken out.
  [[nodiscard]] std::size_t held_bytes() const { return waiting_bytes_ + kept_bytes_; }

 private:
  enum class Kept : std::uint8_t { none, by_ratio, whole };
  struct Decision {
    Kept kept;
    bool has_parent;  // the local root, or it isn't known
  };
  void remember(std::uint64_t key, const Decision& decision);
  [[nodiscard]] std::optional<Decision> known(std::uint64_t key) const;

  // The spans below one local root that have ended before it.
  struct Waiting {
    std::uint64_t key;
    SpanTimes around{};  // from the first start to the last end
    std::uint64_t randomness{0};
    bool has_error{false};
    std::vector<HeldSpan> spans{};

    void add(HeldSpan span, const SpanRecord& record, const SpanTimes& times);
  };
  using Queue = std::list<Waiting>;  // in the order of their first spans

  [[nodiscard]] bool hold(std::uint64_t key, const SpanRecord& record, HeldSpan span, const SpanTimes& times);
  [[nodiscard]] bool make_room(std::size_t bytes);
  [[nodiscard]] Queue::iterator waiting_for(std::uint64_t key);
  [[nodiscard]] std::vector<HeldSpan> remove(Queue::iterator waiting);
  [[nodiscard]] bool is_slow(const SpanTimes& times) const {
    return options_.slower_than && std::chrono::nanoseconds(times.end - times.start) > *options_.slower_than;
  }
  [[nodiscard]] Kept decide(bool has_error, const SpanTimes& times, std::uint64_t randomness) const;
  [[nodiscard]] Kept decide_early(const Waiting& waiting) const;
  void evict_oldest();
  void settle_all(std::vector<HeldSpan> spans, const Decision& decision) noexcept;
  void settle(HeldSpan span, const Decision& decision) noexcept;
  void keep(HeldSpan& span, const Decision& decision);
  [[nodiscard]] std::optional<std::uint64_t> head_threshold(const TraceState& state,
                                                            const Decision& decision) const;
  MemoryBudget& budget_;
  const KeepOptions options_;
  const std::size_t decision_bytes_;
  const std::size_t limit_;
  std::size_t taken_bytes_;  // of the budget
  RecentDecisions decisions_;
  Queue waiting_;
  std::unordered_map<std::uint64_t, Queue::iterator> by_key_;
  std::size_t waiting_bytes_{0};
  std::uint64_t waiting_spans_{0};
  std::deque<HeldSpan> kept_;
  std::size_t kept_bytes_{0};
  std::uint64_t sampled_out_{0};
  std::uint64_t evicted_{0};
};

}  // namespace ergon::inline v0::telemetry
