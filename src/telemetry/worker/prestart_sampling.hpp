#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include <ergon/extend/sampler.hpp>

#include "telemetry/record/records.hpp"

namespace ergon::telemetry {

/// Decides about the spans that began before the session, whose sampler nobody could ask then: with what is
/// known of them now that they have ended. A child ends before its parent, so a trace's local root is looked
/// for first among all that waited; where it has not ended, the child stands for it.
class PrestartSampling {
 public:
  struct Verdict {
    bool is_sampled;
    TraceState trace_state;
    std::string fields;  // of OTLP's Span, to be added
  };

  explicit PrestartSampling(std::shared_ptr<const SpanSampler> sampler) noexcept
      : sampler_(std::move(sampler)) {}

  /// To be told what one pass over the rings has found.
  void look_at(std::span<const RecordHeader* const> records);
  /// Of a span of the time before.
  [[nodiscard]] Verdict decide(const SpanRecord& record);

 private:
  const Verdict& decide_root(const SpanRecord& record);
  [[nodiscard]] Verdict ask(const SpanRecord& record, const SpanContext& parent) const;

  struct IsBefore {
    bool operator()(const TraceId& a, const TraceId& b) const noexcept { return a.bytes < b.bytes; }
  };

  std::shared_ptr<const SpanSampler> sampler_;  // null: all are recorded
  bool may_find_more_{true};
  std::map<TraceId, Verdict, IsBefore> roots_;  // by trace; as many as there was room to keep
};

}  // namespace ergon::telemetry
