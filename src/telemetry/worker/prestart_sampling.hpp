#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include <ergon/extend/sampler.hpp>

#include "telemetry/record/records.hpp"
#include "telemetry/worker/open_question.hpp"

namespace ergon::inline v0::telemetry {

/// Decides about the spans that began before the session, whose sampler nobody could ask then: with what is
/// known of them now that they have ended. A child ends before its parent, so a trace's local root is looked
/// for first among all that waited; where it has not ended, the child stands for it.
class PrestartSampling {
 public:
  struct Verdict {
    SamplingDecision decision;
    TraceState trace_state;
    std::string fields;  // of OTLP's Span, to be added

    [[nodiscard]] bool is_sampled() const noexcept { return decision == SamplingDecision::record_and_sample; }
  };

  explicit PrestartSampling(std::shared_ptr<const SpanSampler> sampler) noexcept
      : sampler_(std::move(sampler)) {}

  /// To be told what one pass over the rings has found.
  void look_at(std::span<const RecordHeader* const> records);
  /// Of a span of the time before; the same however often it comes, until it is forgotten.
  [[nodiscard]] Verdict decide(const SpanRecord& record);
  /// The span has been taken, or left out, and will not come again.
  void forget(const SpanRecord& record) noexcept;
  /// The number of the question that the sampler has not answered yet; 0 when there is none. Any thread.
  [[nodiscard]] std::uint64_t open_question() const noexcept { return question_.number(); }

 private:
  // Of a trace, by the span that it was asked for.
  struct Root {
    SpanId span;
    Verdict verdict;
  };

  const Root& decide_root(const SpanRecord& record);
  // `parents` is the trace state of a parent that was decided on; null: the span has it from elsewhere.
  [[nodiscard]] Verdict ask(const SpanRecord& record, SpanContext parent, const TraceState* parents);

  struct IsBefore {
    template <class Id>
    bool operator()(const Id& a, const Id& b) const noexcept {
      return a.bytes < b.bytes;
    }
  };

  std::shared_ptr<const SpanSampler> sampler_;  // null: all are recorded
  OpenQuestion question_;
  bool may_find_more_{true};
  std::map<TraceId, Root, IsBefore> roots_;     // as many as there was room to keep
  std::map<SpanId, Verdict, IsBefore> others_;  // of spans that are held back; others come and go
};

}  // namespace ergon::inline v0::telemetry
