#include "telemetry/worker/tail_decision.hpp"

#include <algorithm>
#include <cstring>
#include <protozero/pbf_reader.hpp>
#include <utility>

#include "base/diagnostic.hpp"
#include "base/wire.hpp"
#include "telemetry/record/local_root.hpp"
#include "telemetry/record/probability_state.hpp"
#include "telemetry/record/sampling.hpp"

namespace ergon::telemetry {

namespace {

constexpr std::uint32_t kTraceState = 3;  // of OTLP's Span

// What a span takes beside its message: its place in a vector that has grown, and the heap's own.
constexpr std::size_t kSpanBytes = 2 * sizeof(HeldSpan) + 32;
// What the first span of a local root takes beside: the entries in list and table.
constexpr std::size_t kWaitingBytes = 256;

constexpr std::size_t kMostDecisionBytes = 2U << 20U;

std::uint64_t half(const TraceId& id, std::size_t at) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, id.bytes.data() + at, sizeof bits);
  return bits;
}

std::uint64_t key_of(const SpanRecord& record) {
  const TraceId& trace = record.context.trace_id;
  return half(trace, 0) * 0x9E3779B97F4A7C15U ^ half(trace, 8) ^ record.local_root * 0xC2B2AE3D27D4EB4FU;
}

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

}  // namespace

TailDecision::TailDecision(MemoryBudget& budget, KeepOptions options)
    : budget_(budget),
      options_(options),
      decision_bytes_(std::min(budget.limit() / 32, kMostDecisionBytes)),
      limit_(budget.limit() / 32 * 3),
      decisions_(decision_bytes_) {
  // Where metric cells have taken that already, the decisions are remembered beyond the budget.
  if (!budget_.try_take(Signal::spans, decision_bytes_)) decision_bytes_ = 0;
}

TailDecision::~TailDecision() {
  std::size_t bytes = decision_bytes_ + waiting_bytes_;
  for (const HeldSpan& span : kept_) bytes += span.charged_bytes;
  budget_.give_back(Signal::spans, bytes);
}

void TailDecision::take(const SpanRecord& record, bool is_sampled, std::chrono::nanoseconds duration,
                        std::string_view message, Clock::time_point now) {
  const std::uint64_t key = key_of(record);
  const bool ends = is_root(record);
  HeldSpan span{record.scope, std::string(message), 0, is_sampled};
  // A local root that was decided on early may have failed since.
  const auto decided = known(key);
  if (decided && (!ends || decided->kept == Kept::whole)) return settle(std::move(span), *decided);
  if (!ends) return hold(key, record, std::move(span), now);
  const auto found = by_key_.find(key);
  const bool has_failed = found != by_key_.end() && found->second->has_error;
  const Decision decision{decide(has_failed || record.status == StatusCode::error, is_slow(duration),
                                 randomness_of(record.context.trace_id, trace_state_in(message))),
                          record.parent_span_id.is_valid()};
  remember(key, decision);
  if (found != by_key_.end()) {
    for (HeldSpan& child : remove(found->second)) settle(std::move(child), decision);
  }
  settle(std::move(span), decision);
}

void TailDecision::remember(std::uint64_t key, const Decision& decision) {
  decisions_.put(key, 1 + 2 * static_cast<std::uint64_t>(decision.kept) + (decision.has_parent ? 1 : 0));
}

std::optional<TailDecision::Decision> TailDecision::known(std::uint64_t key) const {
  const std::uint64_t value = decisions_.find(key);
  if (value == 0) return std::nullopt;
  return Decision{static_cast<Kept>((value - 1) / 2), (value - 1) % 2 != 0};
}

void TailDecision::hold(std::uint64_t key, const SpanRecord& record, HeldSpan span, Clock::time_point now) {
  const std::size_t bytes = kSpanBytes + span.message.size() + kWaitingBytes;
  const bool has_room = make_room(bytes, now);
  if (const auto decided = known(key)) {  // the room was that of its own local root
    if (has_room) budget_.give_back(Signal::spans, bytes);
    return settle(std::move(span), *decided);
  }
  if (!has_room) return discard(span, evicted_);
  span.charged_bytes = bytes;
  const auto waiting = waiting_for(key, now);
  if (waiting->spans.empty()) {
    waiting->randomness = randomness_of(record.context.trace_id, trace_state_in(span.message));
  } else {
    budget_.give_back(Signal::spans, kWaitingBytes);
    span.charged_bytes -= kWaitingBytes;
  }
  waiting->has_error |= record.status == StatusCode::error;
  waiting_bytes_ += span.charged_bytes;
  ++waiting_spans_;
  waiting->spans.push_back(std::move(span));
}

// What is kept of those that make room stays charged until it is exported, and counts no more here.
bool TailDecision::make_room(std::size_t bytes, Clock::time_point now) {
  while (waiting_bytes_ + bytes > limit_ && !waiting_.empty()) evict_oldest(now);
  return waiting_bytes_ + bytes <= limit_ && budget_.try_take(Signal::spans, bytes);
}

TailDecision::Queue::iterator TailDecision::waiting_for(std::uint64_t key, Clock::time_point now) {
  const auto [entry, is_new] = by_key_.try_emplace(key);
  if (is_new) entry->second = waiting_.insert(waiting_.end(), {.key = key, .since = now, .randomness = 0});
  return entry->second;
}

std::vector<HeldSpan> TailDecision::remove(Queue::iterator waiting) {
  std::vector<HeldSpan> spans = std::move(waiting->spans);
  for (const HeldSpan& span : spans) waiting_bytes_ -= span.charged_bytes;
  waiting_spans_ -= spans.size();
  by_key_.erase(waiting->key);
  waiting_.erase(waiting);
  return spans;
}

TailDecision::Kept TailDecision::decide(bool has_error, bool is_slow, std::uint64_t randomness) const {
  if ((options_.errors && has_error) || is_slow) return Kept::whole;
  return randomness >= options_.threshold ? Kept::by_ratio : Kept::none;
}

// Its first span ended while the local root was open, which hasn't been seen to end yet.
TailDecision::Kept TailDecision::decide_early(const Waiting& waiting, Clock::time_point now) const {
  return decide(waiting.has_error, is_slow(now - waiting.since), waiting.randomness);
}

void TailDecision::evict_oldest(Clock::time_point now) {
  static constinit base::Diagnostic limited{"telemetry: spans to be kept or not take too much memory"};
  const auto oldest = waiting_.begin();
  const Decision decision{decide_early(*oldest, now), true};
  const std::uint64_t key = oldest->key;
  std::vector<HeldSpan> spans = remove(oldest);
  if (decision.kept == Kept::none) {
    limited.report("those of a trace that has not ended here are dropped");
    for (const HeldSpan& span : spans) discard(span, evicted_);
    return;  // what comes yet waits anew, and is kept should the root fail
  }
  remember(key, decision);
  for (HeldSpan& span : spans) settle(std::move(span), decision);
}

void TailDecision::decide_all(Clock::time_point now) {
  while (!waiting_.empty()) {
    const Decision decision{decide_early(waiting_.front(), now), true};
    remember(waiting_.front().key, decision);
    for (HeldSpan& span : remove(waiting_.begin())) settle(std::move(span), decision);
  }
}

void TailDecision::settle(HeldSpan span, const Decision& decision) {
  const bool is_kept = decision.kept == Kept::whole || (decision.kept == Kept::by_ratio && span.is_sampled);
  is_kept ? keep(std::move(span), decision) : discard(span, sampled_out_);
}

// The exported state says how likely it was that the span is exported. A span that only its error or its
// length brought here, and not the sampler, has no such number.
void TailDecision::keep(HeldSpan span, const Decision& decision) {
  const TraceState state = trace_state_in(span.message);
  TraceState changed = with_threshold_entry(state, {});
  if (span.is_sampled) {
    const auto head = head_threshold(state, decision);
    const std::uint64_t own = decision.kept == Kept::by_ratio ? options_.threshold : kAlwaysSampled;
    if (head) changed = with_threshold_entry(state, threshold_entry(std::max(*head, own)));
  }
  if (changed != state) base::wire::append_field(span.message, kTraceState, changed.to_header());
  kept_.push_back(std::move(span));
}

std::optional<std::uint64_t> TailDecision::head_threshold(const TraceState& state,
                                                          const Decision& decision) const {
  if (const auto threshold = threshold_in(state)) return threshold;
  if (!options_.head || (options_.head->is_of_roots && decision.has_parent)) return std::nullopt;
  return options_.head->threshold;
}

void TailDecision::discard(const HeldSpan& span, std::uint64_t& count) {
  budget_.give_back(Signal::spans, span.charged_bytes);
  ++count;
}

void TailDecision::pop_kept() {
  budget_.give_back(Signal::spans, kept_.front().charged_bytes);
  kept_.pop_front();
}

}  // namespace ergon::telemetry
