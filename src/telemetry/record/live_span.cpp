#include <ergon/telemetry/live_span.hpp>

#include <cassert>
#include <cstring>

#include <ergon/telemetry/context.hpp>

#include "base/ticks.hpp"
#include "telemetry/record/ask_sampler.hpp"
#include "telemetry/record/enqueue.hpp"
#include "telemetry/record/local_root.hpp"
#include "telemetry/record/probability_state.hpp"
#include "telemetry/record/processors.hpp"
#include "telemetry/record/records.hpp"
#include "telemetry/record/sampling.hpp"
#include "telemetry/record/scope_registry.hpp"
#include "telemetry/record/span_attributes.hpp"
#include "telemetry/record/span_fields.hpp"

namespace ergon::inline v0::detail {

using namespace telemetry;

namespace {

void put_id(std::uint8_t* at, std::uint64_t bits) noexcept { std::memcpy(at, &bits, sizeof bits); }

bool is_above_threshold(const TraceId& id) noexcept {
  return randomness_of(id) >= g_recording.root_threshold.load(std::memory_order_relaxed);
}

struct Parent {
  const SpanContext* context;

  Parent(const SpanOptions& options) noexcept
      : context(options.root                 ? nullptr
                : options.parent != nullptr  ? options.parent
                : options.context != nullptr ? &options.context->span_context()
                                             : current_span()) {
    if (context != nullptr && !context->is_valid()) context = nullptr;
  }
};

// Ids, and what comes from the parent.
[[gnu::always_inline]] inline void identify(LiveSpan& span, const Parent& parent,
                                            base::IdGenerator& ids) noexcept {
  span.context.is_remote = false;
  if (parent.context != nullptr) {
    put_id(span.context.span_id.bytes.data(), ids.next_id());
    span.context.trace_id = parent.context->trace_id;
    span.parent_span_id = parent.context->span_id;
    span.parent_is_remote = parent.context->is_remote;
    span.parent_is_sampled = parent.context->is_sampled();
    span.context.trace_flags = parent.context->trace_flags & SpanContext::kRandom;
    span.context.trace_state = parent.context->trace_state;
  } else {
    base::IdGenerator drawing = ids;  // in registers from one id to the next
    put_id(span.context.span_id.bytes.data(), drawing.next_id());
    put_id(span.context.trace_id.bytes.data(), drawing.next_id());
    put_id(span.context.trace_id.bytes.data() + 8, drawing.next_id());
    ids = drawing;
    span.parent_span_id = {};
    span.parent_is_remote = span.parent_is_sampled = false;
    span.context.trace_flags = SpanContext::kRandom;  // and no trace state, as before its start
  }
}

// What the usual samplers say, which are never asked as objects.
bool is_sampled_plainly(LiveSpan& span, const Parent& parent) noexcept {
  if (parent.context != nullptr && g_recording.follows_parent.load(std::memory_order_relaxed))
    return span.parent_is_sampled;
  if (!span.context.trace_state.is_empty()) [[unlikely]]
    forget_threshold(span.context.trace_state);
  return is_above_threshold(span.context.trace_id);
}

// Records are padded to 16 bytes, and so is the inline storage: whole pieces are copied, without a call.
void copy_body(std::byte* to, const SpanBody& body) noexcept {
  const std::byte* const from = body.data;
  const std::uint32_t size = body.size;
  if (size > SpanBody::kInlineBytes) [[unlikely]] {
    std::memcpy(to, from, size);
    return;
  }
  for (std::uint32_t at = 0; at < size; at += 16) {
    std::array<std::byte, 16> piece;
    std::memcpy(piece.data(), from + at, piece.size());
    std::memcpy(to + at, piece.data(), piece.size());
  }
}

// Not inlined: a span that is not sampled needs nothing of it.
[[gnu::noinline]] void begin_recording(LiveSpan& span, std::string_view name, Attributes attributes,
                                       const SpanOptions& options) noexcept {
  span.is_recording = true;
  span.exceptions_at_start = *t_thread.block->uncaught_exceptions;
  span.kind = options.kind;
  span.status = StatusCode::unset;
  span.has_status_message = span.lost_inside = false;
  span.start_unix = unix_nanoseconds(options.start_time);
  append_text(span.body, kSpanNameTag, name);
  if (!span.context.trace_state.is_empty()) [[unlikely]]
    append_text(span.body, kSpanTraceStateTag, span.context.trace_state.to_header());
  const AttributeLimits limits = g_recording.span_attributes.load(std::memory_order_relaxed);
  for (const Attribute& attribute : attributes)
    set_span_attribute(span, attribute.key, attribute.value, limits);
  for (const SpanLink& link : options.links) span.add_link(link.context, link.attributes);
  const base::TickSource source = base::tick_source();  // once: it may change between two looks
  span.clock_source = static_cast<std::uint8_t>(source);
  span.start_ticks = base::read_ticks(source);
  if (g_recording.sampler.load(std::memory_order_relaxed) != nullptr) [[unlikely]]
    tell_of_start(span, Parent(options).context, options);
}

// For logs that wait for it. A span of a tracer that is off has its parent's ids.
[[gnu::cold, gnu::noinline]] void tell_if_local_root(const LiveSpan& span) noexcept {
  if (!is_local_root(span.context.span_id, span.context.local_root)) return;
  if (span.scope->tracer_mode.load(std::memory_order_relaxed) == TracerMode::off) return;
  ThreadBlock* block = this_thread_block();
  if (block == nullptr) return;
  telemetry::post_local_root_end(*block, span.context, span.is_recording && span.status == StatusCode::error);
}

// Of spans that are not recorded, but whose end is told: it would be left to code in line.
constinit CurrentContext* g_ends_by_a_call = nullptr;

// The end of a scoped span that is not current any more.
[[gnu::always_inline]] inline void end_left(LiveSpan& span, Timestamp time) noexcept {
  const ThreadBlock* block = t_thread.block;  // null in the child of a fork, where this span is not recorded
  if (span.is_recording && block != nullptr && *block->uncaught_exceptions > span.exceptions_at_start)
      [[unlikely]] {
    record_unwinding(span);
  }
  if (span.end(time)) wait_for_simple_export(Signal::spans);
}

// While inner spans are current. A function of its own, so that the usual end is a straight line.
[[gnu::cold, gnu::noinline]] void end_out_of_turn(LiveSpan& span, Timestamp time) noexcept {
  leave_out_of_turn(span);
  end_left(span, time);
}

// A span that nobody is to have: answers that it was not recorded.
[[gnu::cold, gnu::noinline]] bool leave_out(LiveSpan& span) noexcept {
  release_body(span.body);
  return false;
}

// Of a tracer that is switched off: no id of its own, and the parent's stays the one to be found
// (specification: trace/sdk.md#tracerconfig; trace/api.md, behaviour without an SDK).
[[gnu::cold, gnu::noinline]] void stand_for_parent(LiveSpan& span, const Parent& parent) noexcept {
  span.context = parent.context != nullptr ? *parent.context : SpanContext{};
}

// Up to the sampler's answer, which this answers: whether the span is to be recorded.
[[gnu::always_inline]] inline bool begin(LiveSpan& span, const Scope& scope, std::string_view name,
                                         Attributes attributes, const SpanOptions& options) noexcept {
  span.scope = &scope;
  span.fork_generation = g_recording.fork_generation.load(std::memory_order_relaxed);
  span.is_recording = false;
  span.is_open = true;
  ThreadBlock* block = this_thread_block();
  if (block == nullptr) [[unlikely]] {
    span.is_open = false;
    span.context = {};
    return false;
  }
  const TracerMode mode = scope.tracer_mode.load(std::memory_order_relaxed);
  const Parent parent(options);
  if (mode == TracerMode::off) [[unlikely]] {
    stand_for_parent(span, parent);
    return false;
  }
  identify(span, parent, block->ids);
  if (g_recording.replays_logs.load(std::memory_order_relaxed)) [[unlikely]]
    span.context.local_root = local_root_of(span.context.span_id, parent.context, span.fork_generation);
  if (mode == TracerMode::identifies) return false;
  const SpanSampler* const sampler = g_recording.sampler.load(std::memory_order_acquire);
  SamplingDecision decision = SamplingDecision::record_and_sample;
  if (sampler != nullptr) [[unlikely]] {
    decision = ask_sampler(*sampler, span, parent.context, name, attributes, options);
  } else if (!is_sampled_plainly(span, parent)) {
    decision = SamplingDecision::drop;
  }
  block->span_starts[SpanStart{decision, parent.context != nullptr, span.parent_is_remote}.kind()].add();
  if (decision == SamplingDecision::drop) {
    SignalTally& tally = block->tally(Signal::spans);
    tally.created.add();
    if (accepts_records(*block, Signal::spans)) tally.sampled_out.add();
    return false;
  }
  if (decision == SamplingDecision::record_and_sample) [[likely]]
    span.context.trace_flags |= SpanContext::kSampled;
  span.is_prestart = sampler == nullptr && telemetry::is_prestart();  // one that was asked has decided
  if (sampler == nullptr) [[likely]]
    reset_fields(span);  // else it has the sampler's attributes
  return true;
}

}  // namespace

void LiveSpan::start(const Scope& its_scope, std::string_view name, Attributes attributes,
                     const SpanOptions& options) noexcept {
  if (begin(*this, its_scope, name, attributes, options)) begin_recording(*this, name, attributes, options);
}

void LiveSpan::start_scoped(const Scope& its_scope, std::string_view name, Attributes attributes,
                            const SpanOptions& options) noexcept {
  current_of_thread = &t_thread.current;
  if (begin(*this, its_scope, name, attributes, options)) {
    begin_recording(*this, name, attributes, options);
  } else if (g_recording.replays_logs.load(std::memory_order_relaxed)) [[unlikely]] {
    current_of_thread = &g_ends_by_a_call;
  }
  enclosing = t_thread.current;
  if (!is_open) [[unlikely]]
    return;
  if (options.context != nullptr) [[unlikely]] {
    values = options.context->values_;
  } else if (enclosing != nullptr) {
    values = enclosing->values;
  }
  t_thread.current = this;
}

void LiveSpan::end_on_thread(Timestamp time) noexcept {
  assert((current_of_thread == &t_thread.current || current_of_thread == &g_ends_by_a_call) &&
         "a scoped span ends on the thread on which it began");
  if (!is_open) return;
  if (t_thread.current != this) [[unlikely]]
    return end_out_of_turn(*this, time);
  t_thread.current = enclosing;
  end_left(*this, time);
}

bool LiveSpan::end(Timestamp time) noexcept {
  if (!is_open) return false;
  is_open = false;
  if (g_recording.replays_logs.load(std::memory_order_relaxed)) [[unlikely]]
    tell_if_local_root(*this);
  if (!is_recording) return false;
  is_recording = false;
  const auto source = static_cast<base::TickSource>(clock_source);
  end_ticks = base::read_ticks(source);
  end_unix = unix_nanoseconds(time);
  ThreadBlock* block = this_thread_block();
  if (block == nullptr) [[unlikely]]
    return leave_out(*this);
  block->tally(Signal::spans).created.add();  // a recorded span enters the books when it ends
  if (fork_generation != g_recording.fork_generation.load(std::memory_order_relaxed)) [[unlikely]] {
    if (!began_here(*this)) {
      block->tally(Signal::spans).drop(telemetry::DropReason::fork);
      return leave_out(*this);
    }
    tell_of_end(*this);  // the processors that have seen its start
  }
  if (!accepts_records(*block, Signal::spans)) [[unlikely]]
    return leave_out(*this);
  const SpanTimes times{start_unix, end_unix};
  const bool has_times = (times.start | times.end) != 0;
  const std::size_t size = sizeof(SpanRecord) + body.size + (has_times ? sizeof times : 0);
  auto* const head = prepare_record(*block, Signal::spans, RecordKind::span, size);
  if (head == nullptr) [[unlikely]]
    return leave_out(*this);
  head->is_prestart = is_prestart;
  head->tick_source = clock_source;
  head->ticks = end_ticks;
  auto* record = reinterpret_cast<SpanRecord*>(head);
  record->duration_ticks = end_ticks - start_ticks;
  record->scope = scope;
  record->context = context;
  record->parent_span_id = parent_span_id;
  record->dropped_attributes = dropped_attributes;
  record->dropped_events = dropped_events;
  record->dropped_links = dropped_links;
  record->body_size = body.size;
  record->local_root = context.local_root;
  record->kind = kind;
  record->status = status;
  record->has_status_message = has_status_message;
  record->has_events = event_count > 0;
  record->parent_is_remote = parent_is_remote;
  record->parent_is_sampled = parent_is_sampled;
  record->lost_inside = lost_inside;
  record->has_times = has_times;
  copy_body(record->body_bytes(), body);
  if (has_times) [[unlikely]]
    std::memcpy(record->body_bytes() + body.size, &times, sizeof times);
  commit_record(*block, Signal::spans, head);
  release_body(body);
  return true;
}

}  // namespace ergon::inline v0::detail
