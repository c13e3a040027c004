// What the worker does with the records that it finds in the rings.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/diagnostic.hpp"
#include "telemetry/record/enqueue.hpp"
#include "telemetry/record/scope_registry.hpp"
#include "telemetry/worker/span_encoder.hpp"
#include "telemetry/worker/worker.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constexpr std::size_t kMostScratch = 64U << 10U;  // bytes kept for the next message
constexpr std::size_t kAhead = 4;                 // records that are fetched into the cache before their turn

constinit base::Diagnostic g_too_slow{
    "telemetry: a destination takes records more slowly than they come, and some are lost"};
constinit base::Diagnostic g_too_large{"telemetry: a record is larger than a request may be, and is lost"};
constinit base::Diagnostic g_rings_full{
    "telemetry: records come faster than the worker takes them, and some are lost"};

// One that the program's sampler may be asked about, and never answer.
bool is_early_span(const RecordHeader* record) {
  return record->is_prestart && record->kind == RecordKind::span;
}

// One line in ten seconds at most. An attribute without a key is counted as one left out, too.
void report_losses(const SpanRecord& record) {
  static constinit base::Diagnostic limited{"telemetry: a span went beyond its limits"};
  const bool lost_one = (record.dropped_attributes | record.dropped_events | record.dropped_links) != 0;
  if (!lost_one && !record.lost_inside) return;
  limited.report(fmt::format("left out of one of tracer '{}': {} attributes, {} events, {} links{}",
                             record.scope->name, record.dropped_attributes, record.dropped_events,
                             record.dropped_links,
                             record.lost_inside ? ", and attributes of those kept" : ""));
}

}  // namespace

// Under `on_full: block`, accepted records are kept: those for which batches have no room stay in the rings,
// whose threads wait, until what is under way has been sent.
bool Worker::may_hold_back() const {
  return !is_stopping_ && g_recording.blocks_when_full.load(std::memory_order_relaxed);
}

bool Worker::holds_back() const { return std::ranges::find(is_held_back_, true) != is_held_back_.end(); }

// Before records are taken that the program's own code may be asked about.
void Worker::look_at(std::span<const RecordHeader* const> collected) {
  const bool may_ask =
      !collected.empty() && (has_own_filters_ || std::ranges::any_of(collected, &is_early_span));
  base::guard("telemetry: the books could not be kept at hand", [&] {
    if (may_ask) known_books_.set(make_books());
  });
  base::guard("telemetry: early spans could not be sampled", [&] { prestart_.look_at(collected); });
}

void Worker::drain_rings() {
  const auto collected = drain_.collect(std::exchange(is_held_back_, {}));
  look_at(collected);
  for (std::size_t i = 0; i < collected.size(); ++i) {
    if (i + kAhead < collected.size()) __builtin_prefetch(collected[i + kAhead]);
    const RecordHeader* head = collected[i];
    const RecordHeader* record = resolve(head);
    const auto signal = static_cast<std::size_t>(signal_of(record->kind));
    if (is_held_back_[signal] || !take_or_drop(*record)) {
      is_held_back_[signal] = true;
      drain_.keep(head);
    } else if (is_in_books(record->kind)) {
      ++drained_[signal];
    }
  }
  drain_.release();
  base::guard("telemetry: records that were held back could not be taken", [&] {
    if (!release_kept()) is_held_back_[static_cast<std::size_t>(Signal::spans)] = true;
    if (!release_replayed()) is_held_back_[static_cast<std::size_t>(Signal::logs)] = true;
  });
  for (std::string* scratch : {&scratch_, &log_fields_, &line_record_}) {
    if (scratch->capacity() > kMostScratch) std::string().swap(*scratch);
  }
}

// What fails must not come again, and is dropped.
bool Worker::take_or_drop(const RecordHeader& record) {
  std::optional<bool> is_taken;
  base::guard("telemetry: a record could not be taken", [&] { is_taken = take(record); });
  if (!is_taken && is_in_books(record.kind)) ledger(signal_of(record.kind)).drop(DropReason::non_retryable);
  if (is_early_span(&record) && is_taken.value_or(true)) [[unlikely]]
    prestart_.forget(reinterpret_cast<const SpanRecord&>(record));
  return is_taken.value_or(true);
}

bool Worker::take(const RecordHeader& record) {
  switch (record.kind) {
    case RecordKind::span:
      return take_span(reinterpret_cast<const SpanRecord&>(record));
    case RecordKind::log:
      return take_log(reinterpret_cast<const LogRecord&>(record));
    case RecordKind::local_root_end:
      return take_end(reinterpret_cast<const LocalRootEnd&>(record));
    case RecordKind::padding:
      break;
  }
  return true;
}

// Only sampled spans go to exporters, unless `keep` is to decide, and all that are recorded to processors of
// the program's own (specification: trace/sdk.md#sampling).
bool Worker::take_span(const SpanRecord& record) {
  if (!release_kept()) return false;
  scratch_.clear();
  encode_span(record, wall_clock_, scratch_);
  bool is_sampled = record.context.is_sampled();
  const bool is_wanted = wants(record, is_sampled);
  if (!is_wanted) {
    ++sampled_out_;
    return true;
  }
  if (redactor_) redactor_->redact_span(scratch_);
  bool is_taken = false;
  if (tail_) {
    is_taken = hold(record, is_sampled);
  } else {
    find_takers(Signal::spans, Level::off, is_sampled);
    is_taken = offer({.signal = Signal::spans, .scope = *record.scope, .message = scratch_});
  }
  if (is_taken) base::guard("telemetry: losses could not be told", [&] { report_losses(record); });
  return is_taken;
}

// Gives the encoded span to the tail decision. What that keeps goes on before the next span.
bool Worker::hold(const SpanRecord& record, bool is_sampled) {
  const SpanTimes times = times_of(record, wall_clock_);
  while (!tail_->take(record, is_sampled, times, scratch_)) {
    if (!release_kept()) return false;
  }
  return true;
}

// Whether the span is for anybody. Of an early one the sampler decides only now.
bool Worker::wants(const SpanRecord& record, bool& is_sampled) {
  bool is_recorded = true;
  if (record.header.is_prestart) [[unlikely]] {
    const SamplingDecision decision = add_verdict(record);
    is_sampled = decision == SamplingDecision::record_and_sample;
    is_recorded = decision != SamplingDecision::drop &&
                  record.scope->tracer_mode.load(std::memory_order_relaxed) != detail::TracerMode::off;
  }
  return is_recorded && (is_sampled || tail_ || has_takers_of_unsampled_);
}

// Gives what the tail decision has kept to the pipelines; false where they have no room for all of it yet.
bool Worker::release_kept() {
  if (!tail_) return true;
  while (const HeldSpan* span = tail_->next_kept()) {
    find_takers(Signal::spans, Level::off, true);
    if (!offer({.signal = Signal::spans, .scope = *span->scope, .message = span->message})) return false;
    tail_->pop_kept();
    ++released_[0];
  }
  return true;
}

// Nothing more will come, or the process is about to die.
void Worker::decide_all_waiting(bool has_crashed) {
  if (replay_) {
    has_crashed ? replay_->replay_all() : replay_->leave_out_all();
    if (!release_replayed()) is_held_back_[static_cast<std::size_t>(Signal::logs)] = true;
  }
  if (!tail_) return;
  tail_->decide_all();
  if (!release_kept()) is_held_back_[static_cast<std::size_t>(Signal::spans)] = true;
}

// Decides on a span of the time before the session, encoded already, which began as sampled. The sampler's
// fields go behind the span's own: of a trace state and of flags the last ones count.
SamplingDecision Worker::add_verdict(const SpanRecord& record) {
  const auto verdict = prestart_.decide(record);
  scratch_ += verdict.fields;
  if (!verdict.is_sampled())
    append_trace_flags(record, record.context.trace_flags & ~SpanContext::kSampled, scratch_);
  return verdict.decision;
}

void Worker::find_takers(Signal signal, Level level, bool is_sampled) {
  takers_.clear();
  for (Pipeline& pipeline : pipelines_) {
    const PipelineOptions& options = pipeline.options();
    if (options.signal == signal && level >= options.level && (is_sampled || options.takes_unsampled))
      takers_.push_back(&pipeline);
  }
}

void Worker::ask_filters(const LogView& log, const detail::Scope& scope, bool may_ask_again) {
  std::optional<AskedRecord> asked;
  const auto refuses = [&](const std::shared_ptr<RecordFilter>& filter) {
    if (filter->may_be_asked_again() != may_ask_again) return false;
    if (!asked) asked.emplace(log, scope);
    if (!has_own_filters_) return !filter->passes(*asked);
    return !filter_question_.ask([&] { return filter->passes(*asked); });
  };
  std::erase_if(takers_, [&](const Pipeline* pipeline) {
    return std::ranges::any_of(pipeline->options().filters, refuses);
  });
}

// Those of the program's own are destroyed on the thread that asked them, which may be left alone in that,
// too: by then the books are final.
void Worker::destroy_filters(const AllBooks& books) {
  if (!has_own_filters_) return;
  known_books_.set(books);
  filter_question_.ask([this] {
    for (Pipeline& pipeline : pipelines_) pipeline.destroy_filters();
  });
}

// Gives the encoded record to all that were found to take it, or to none. Whom filters keep it from does not
// hold it back, but those that may be asked once alone, which is when it is clear that it is taken now.
bool Worker::offer(const Offer& record) {
  const bool has_filters = record.log != nullptr && has_filters_;
  if (has_filters) ask_filters(*record.log, record.scope, true);
  if (may_hold_back()) {
    const auto full = std::ranges::find_if(takers_, [&](const Pipeline* pipeline) {
      return pipeline->lacks_room(record.scope, record.message_for(*pipeline).size(), takers_.size());
    });
    if (full != takers_.end()) {
      base::guard("telemetry: a batch could not be sent", [&] { send(**full); });
      return false;
    }
  }
  if (has_filters) ask_filters(*record.log, record.scope, false);
  const RecordRange range{ledger(record.signal).open(1, static_cast<std::uint32_t>(takers_.size())), 1};
  for (Pipeline* pipeline : takers_) {
    offer_to(*pipeline, record.scope, record.message_for(*pipeline), range);
    if (record.signal == Signal::logs && record.level >= flush_on_) pipeline->hurry();
  }
  return true;
}

// The ledger waits for the pipeline's answer, so it has one whatever fails.
void Worker::offer_to(Pipeline& pipeline, const detail::Scope& scope, std::string_view message,
                      const RecordRange& range) noexcept {
  std::optional<DropReason> refused = DropReason::queue_full;
  base::guard("telemetry: there was no memory for a batch", [&] {
    if (pipeline.would_overflow(scope, message.size())) send(pipeline);
    refused = pipeline.try_add(scope, message, range, now_);
  });
  base::guard("telemetry: a batch could not be sent", [&] {
    if (refused) ledger(pipeline.options().signal).settle(range, Ledger::Outcome::dropped, *refused);
    if (refused == DropReason::queue_full) [[unlikely]]
      g_too_slow.report(pipeline.options().name);
    if (refused == DropReason::too_large) [[unlikely]]
      g_too_large.report(fmt::format("{}: {} bytes", pipeline.options().name, message.size()));
    if (pipeline.is_full() || pipeline.is_starved()) send(pipeline);
  });
}

std::array<std::uint64_t, 2> Worker::dropped_in_threads() {
  constexpr auto kFull = static_cast<std::size_t>(DropReason::queue_full);
  return {thread_totals(Signal::spans).dropped[kFull], thread_totals(Signal::logs).dropped[kFull]};
}

// What recording threads drop they only count.
void Worker::tell_of_full_rings() {
  const std::array<std::uint64_t, 2> dropped = dropped_in_threads();
  const auto before = std::exchange(dropped_in_threads_, dropped);
  if (dropped == before) return;
  g_rings_full.report(
      fmt::format("{} spans and {} log records", dropped[0] - before[0], dropped[1] - before[1]));
}

void Worker::discard_leftovers() {
  Drain drain;
  do {
    for (const RecordHeader* head : drain.collect()) {
      if (is_in_books(head->kind)) ++drained_[static_cast<std::size_t>(signal_of(head->kind))];
    }
    drain.release();
  } while (drain.found_more());
}

}  // namespace ergon::inline v0::telemetry
