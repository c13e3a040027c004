#include "telemetry/worker/tail_decision.hpp"

#include <algorithm>
#include <protozero/pbf_reader.hpp>
#include <utility>

#include "base/diagnostic.hpp"
#include "base/wire.hpp"
#include "telemetry/record/local_root.hpp"
#include "telemetry/record/probability_state.hpp"
#include "telemetry/record/sampling.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constexpr std::uint32_t kTraceState = 3;  // of OTLP's Span

// What a span takes beside its message: its place in a vector that has grown, and the heap's own.
constexpr std::size_t kSpanBytes = 2 * sizeof(HeldSpan) + 32;
// What the first span of a local root takes beside: the entries in list and table.
constexpr std::size_t kWaitingBytes = 256;

constexpr std::size_t kMostDecisionBytes = 2U << 20U;

// A span of the time before the session has no number of its local root.
bool is_root(const SpanRecord& record) {
  if (record.local_root != 0) return is_local_root(record.context.span_id, record.local_root);
  return record.parent_is_remote || !record.parent_span_id.is_valid();
}

// The last one counts, as everywhere in protobuf.
TraceState trace_state_in(std::string_view message) {
  std::string_view header;
  protozero::pbf_reader fields(message.data(), message.size());
  while (fields.next()) {
    if (fields.tag() == kTraceState) {
      const protozero::data_view view = fields.get_view();
      header = {view.data(), view.size()};
    } else {
      fields.skip();
    }
  }
  return TraceState::parse(header);
}

void report_shortage(std::string_view what) {
  static constinit base::Diagnostic limited{"telemetry: spans to be kept or not take too much memory"};
  limited.report(what);
}

}  // namespace

TailDecision::TailDecision(MemoryBudget& budget, KeepOptions options)
    : budget_(budget),
      options_(options),
      decision_bytes_(std::min(budget.limit() / 32, kMostDecisionBytes)),
      limit_(budget.limit() / 32 * 3),
      taken_bytes_(decision_bytes_ + limit_),
      decisions_(decision_bytes_) {
  // Where metric cells of an earlier session have taken that already, this goes beyond the budget.
  if (!budget_.try_take(Signal::spans, taken_bytes_)) taken_bytes_ = 0;
}

TailDecision::~TailDecision() { budget_.give_back(Signal::spans, taken_bytes_); }

bool TailDecision::take(const SpanRecord& record, bool is_sampled, const SpanTimes& times,
                        std::string_view message) {
  const std::uint64_t key = local_root_key(record.context.trace_id, record.local_root);
  const bool ends = is_root(record);
  HeldSpan span{record.scope, std::string(message), 0, is_sampled};
  // A local root that was decided on early may have failed since.
  const auto decided = known(key);
  if (decided && (!ends || decided->kept == Kept::whole)) {
    settle(std::move(span), *decided);
    return true;
  }
  if (!ends) return hold(key, record, std::move(span), times);
  const auto found = by_key_.find(key);
  const bool has_failed = found != by_key_.end() && found->second->has_error;
  const Decision decision{decide(has_failed || record.status == StatusCode::error, times,
                                 randomness_of(record.context.trace_id, trace_state_in(message))),
                          record.parent_span_id.is_valid()};
  remember(key, decision);
  if (found != by_key_.end()) settle_all(remove(found->second), decision);
  settle(std::move(span), decision);
  return true;
}

void TailDecision::remember(std::uint64_t key, const Decision& decision) {
  decisions_.put(key, 1 + 2 * static_cast<std::uint64_t>(decision.kept) + (decision.has_parent ? 1 : 0));
}

std::optional<TailDecision::Decision> TailDecision::known(std::uint64_t key) const {
  const std::uint64_t value = decisions_.find(key);
  if (value == 0) return std::nullopt;
  return Decision{static_cast<Kept>((value - 1) / 2), (value - 1) % 2 != 0};
}

bool TailDecision::hold(std::uint64_t key, const SpanRecord& record, HeldSpan span, const SpanTimes& times) {
  span.held_bytes = kSpanBytes + span.message.size() + kWaitingBytes;
  if (span.held_bytes > limit_) {
    report_shortage("one that is larger than all that may wait is dropped");
    ++evicted_;
    return true;
  }
  if (!make_room(span.held_bytes)) return false;
  const auto waiting = waiting_for(key);
  if (!waiting->spans.empty()) span.held_bytes -= kWaitingBytes;
  const std::size_t bytes = span.held_bytes;
  waiting->add(std::move(span), record, times);
  waiting_bytes_ += bytes;
  ++waiting_spans_;
  return true;
}

// What is kept of those that make room goes on taking it, and the span's own local root may be among them.
bool TailDecision::make_room(std::size_t bytes) {
  if (held_bytes() + bytes <= limit_) return true;
  while (waiting_bytes_ + bytes > limit_) evict_oldest();
  return kept_.empty();
}

TailDecision::Queue::iterator TailDecision::waiting_for(std::uint64_t key) {
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) return found->second;
  Queue added;
  added.push_back({.key = key});
  const auto waiting = added.begin();
  by_key_.emplace(key, waiting);
  waiting_.splice(waiting_.end(), added);
  return waiting;
}

void TailDecision::Waiting::add(HeldSpan span, const SpanRecord& record, const SpanTimes& times) {
  const bool is_first = spans.empty();
  if (is_first) randomness = randomness_of(record.context.trace_id, trace_state_in(span.message));
  spans.push_back(std::move(span));
  around.start = is_first ? times.start : std::min(around.start, times.start);
  around.end = is_first ? times.end : std::max(around.end, times.end);
  has_error |= record.status == StatusCode::error;
}

std::vector<HeldSpan> TailDecision::remove(Queue::iterator waiting) {
  std::vector<HeldSpan> spans = std::move(waiting->spans);
  for (const HeldSpan& span : spans) waiting_bytes_ -= span.held_bytes;
  waiting_spans_ -= spans.size();
  by_key_.erase(waiting->key);
  waiting_.erase(waiting);
  return spans;
}

TailDecision::Kept TailDecision::decide(bool has_error, const SpanTimes& times,
                                        std::uint64_t randomness) const {
  if ((options_.errors && has_error) || is_slow(times)) return Kept::whole;
  return randomness >= options_.threshold ? Kept::by_ratio : Kept::none;
}

// The local root is open, or its end was lost: it lasts as long as the spans below it lie apart, at least.
TailDecision::Kept TailDecision::decide_early(const Waiting& waiting) const {
  return decide(waiting.has_error, waiting.around, waiting.randomness);
}

void TailDecision::evict_oldest() {
  const auto oldest = waiting_.begin();
  const Decision decision{decide_early(*oldest), true};
  const std::uint64_t key = oldest->key;
  std::vector<HeldSpan> spans = remove(oldest);
  if (decision.kept == Kept::none) {
    report_shortage("those of a trace that has not ended here are dropped");
    evicted_ += spans.size();
    return;  // what comes yet waits anew, and is kept should the root fail
  }
  remember(key, decision);
  settle_all(std::move(spans), decision);
}

void TailDecision::decide_all() {
  while (!waiting_.empty()) {
    const Decision decision{decide_early(waiting_.front()), true};
    remember(waiting_.front().key, decision);
    settle_all(remove(waiting_.begin()), decision);
  }
}

void TailDecision::settle_all(std::vector<HeldSpan> spans, const Decision& decision) noexcept {
  for (HeldSpan& span : spans) settle(std::move(span), decision);
}

void TailDecision::settle(HeldSpan span, const Decision& decision) noexcept {
  const bool is_kept = decision.kept == Kept::whole || (decision.kept == Kept::by_ratio && span.is_sampled);
  if (!is_kept) {
    ++sampled_out_;
    return;
  }
  ++evicted_;
  base::guard("telemetry: a span could not be kept", [&] {
    keep(span, decision);
    --evicted_;
  });
}

// The exported state says how likely it was that the span is exported. A span that only its error or its
// length brought here, and not the sampler, has no such number.
void TailDecision::keep(HeldSpan& span, const Decision& decision) {
  const TraceState state = trace_state_in(span.message);
  TraceState changed = with_threshold_entry(state, {});
  if (span.is_sampled) {
    const auto head = head_threshold(state, decision);
    const std::uint64_t own = decision.kept == Kept::by_ratio ? options_.threshold : kAlwaysSampled;
    if (head) changed = with_threshold_entry(state, threshold_entry(std::max(*head, own)));
  }
  if (changed != state) base::wire::append_field(span.message, kTraceState, changed.to_header());
  kept_.push_back(std::move(span));
  kept_bytes_ += kept_.back().held_bytes;
}

std::optional<std::uint64_t> TailDecision::head_threshold(const TraceState& state,
                                                          const Decision& decision) const {
  if (const auto threshold = threshold_in(state)) return threshold;
  if (!options_.head || (options_.head->is_of_roots && decision.has_parent)) return std::nullopt;
  return options_.head->threshold;
}

void TailDecision::pop_kept() {
  kept_bytes_ -= kept_.front().held_bytes;
  kept_.pop_front();
}

}  // namespace ergon::inline v0::telemetry
