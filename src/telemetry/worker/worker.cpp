#include "telemetry/worker/worker.hpp"

#include <algorithm>

#include "base/diagnostic.hpp"
#include "base/sdk_thread.hpp"
#include "telemetry/logging/log_encoder.hpp"
#include "telemetry/metrics/collector.hpp"
#include "telemetry/record/enqueue.hpp"
#include "telemetry/record/sampling.hpp"
#include "telemetry/worker/span_encoder.hpp"

namespace ergon::telemetry {

namespace {

constexpr int kMostFlushPasses = 64;
constexpr std::chrono::seconds kBooksLimit{10};

// Records taken out of rings by all workers that this process had; the present one writes.
std::array<std::uint64_t, kSignals> g_drained{};

}  // namespace

Worker::Worker(std::shared_ptr<Mailbox> mailbox, WorkerOptions options)
    : mailbox_(std::move(mailbox)), level_(options.level), root_threshold_(options.root_threshold) {
  now_ = Clock::now();
  next_calibration_ = now_ + kCalibrationInterval;
  for (PipelineOptions& one : options.pipelines) {
    pipelines_.emplace_back(static_cast<std::uint32_t>(pipelines_.size()), std::move(one));
  }
  for (const ReaderOptions& one : options.readers) readers_.push_back({one, now_ + one.interval});
  thread_ = base::start_sdk_thread("ergon-worker", [this] { run(); });
}

Worker::~Worker() { stop(); }

void Worker::discard_leftovers() {
  Drain drain;
  do {
    for (const RecordHeader* head : drain.collect()) {
      ++g_drained[static_cast<std::size_t>(head->kind == RecordKind::log ? Signal::logs : Signal::spans)];
    }
    drain.release();
  } while (drain.found_more());
}

void Worker::forget_drained_in_child() noexcept { g_drained = {}; }

AllBooks Worker::stop() {
  if (thread_.joinable()) {
    mailbox_->send(StopCommand{});
    thread_.join();
  }
  return final_books();
}

std::shared_ptr<OneShot<bool>> Worker::flush(bool collects_metrics) {
  return ask_to_flush({.collects_metrics = collects_metrics});
}

std::shared_ptr<OneShot<bool>> Worker::last_flush() {
  return ask_to_flush({.collects_metrics = true, .is_last = true});
}

std::shared_ptr<OneShot<bool>> Worker::flush_simple(Signal signal) {
  return ask_to_flush({.simple_of = signal});
}

std::shared_ptr<OneShot<bool>> Worker::ask_to_flush(FlushCommand command) {
  command.done = std::make_shared<OneShot<bool>>();
  if (!mailbox_->send(command)) command.done->set(false);
  return command.done;
}

AllBooks Worker::books() {
  auto answer = std::make_shared<OneShot<AllBooks>>();
  if (!mailbox_->send(BooksCommand{answer})) return final_books();
  return answer->wait_until(Clock::now() + kBooksLimit).value_or(AllBooks{});
}

AllBooks Worker::final_books() {
  return final_books_.wait_until(Clock::now() + kBooksLimit).value_or(AllBooks{});
}

void Worker::run() {
  suppress_telemetry_on_this_thread();
  while (!is_stopping_) {
    const std::vector<Command> commands = mailbox_->wait(time_to_next_duty());
    now_ = Clock::now();
    visit_all(commands);
    base::guard("telemetry: the worker failed, records may be lost", [this] { do_duties(); });
  }
  base::guard("telemetry: the worker failed at its end, records may be lost", [this] { drop_the_rest(); });
  final_books_.set(make_books());
}

void Worker::do_duties() {
  take_crash_flush();
  drain_rings();
  collect_due(false);
  send_due(false);
  advance_flushes();
  if (now_ < next_calibration_) return;
  wall_clock_.calibrate();
  next_calibration_ = now_ + kCalibrationInterval;
}

void Worker::visit_all(const std::vector<Command>& commands) {
  for (const Command& command : commands) {
    base::guard("telemetry: the worker could not do as it was told",
                [&] { std::visit([this](const auto& one) { visit(one); }, command); });
  }
}

std::chrono::nanoseconds Worker::time_to_next_duty() const {
  if (drain_.found_more() && !holds_back()) return std::chrono::nanoseconds{0};
  Clock::time_point next = Clock::now() + kTick;
  for (const Pipeline& pipeline : pipelines_) {
    if (const auto due = pipeline.due()) next = std::min(next, *due);
  }
  for (const Reader& reader : readers_) next = std::min(next, reader.next);
  return std::max(std::chrono::nanoseconds{0}, std::chrono::nanoseconds(next - Clock::now()));
}

void Worker::visit(const ExportResult& result) {
  pipelines_[result.pipeline].settle(result);
  in_flight_.settle(result, ledgers_);
}

void Worker::visit(const FlushCommand& command) { flushes_.push_back({.asked = command}); }

// Spans and logs go first: the crashed thread may hold a lock that collecting metrics takes.
void Worker::take_crash_flush() {
  auto wanted = CrashFlush::wanted;
  if (!g_recording.crash_flush.compare_exchange_strong(wanted, CrashFlush::under_way)) return;
  for (const bool collects_metrics : {false, true})
    flushes_.push_back({.asked = {.collects_metrics = collects_metrics}});
}

void Worker::visit(const BooksCommand& command) { command.answer->set(make_books()); }

void Worker::visit(const StopCommand&) { is_stopping_ = true; }

// Under `on_full: block`, accepted records are kept: they stay in the rings, whose threads wait, until
// batches have room again.
bool Worker::holds_back() const {
  return !is_stopping_ && g_recording.blocks_when_full.load(std::memory_order_relaxed) &&
         g_budget.batches_are_nearly_full();
}

void Worker::drain_rings() {
  if (holds_back()) return;
  for (const RecordHeader* head : drain_.collect()) {
    const RecordHeader* record = resolve(head);
    if (record->kind == RecordKind::span) {
      take_span(*reinterpret_cast<const SpanRecord*>(record));
    } else {
      take_log(*reinterpret_cast<const LogRecord*>(record));
    }
  }
  drain_.release();
}

void Worker::take_span(const SpanRecord& record) {
  ++g_drained[static_cast<std::size_t>(Signal::spans)];
  if (record.header.is_prestart && randomness_of(record.context.trace_id) < root_threshold_) {
    ++sampled_out_;
    return;
  }
  scratch_.clear();
  encode_span(record, wall_clock_, scratch_);
  offer(Signal::spans, *record.scope, Level::off);
}

void Worker::take_log(const LogRecord& record) {
  ++g_drained[static_cast<std::size_t>(Signal::logs)];
  if (record.header.is_prestart && record.level < level_) {
    ledger(Signal::logs).open(1, 0);
    return;
  }
  scratch_.clear();
  encode_log(record, wall_clock_, scratch_);
  offer(Signal::logs, *record.logger->scope, record.level);
}

// Gives the encoded record to every pipeline of its signal that takes this level.
void Worker::offer(Signal signal, const detail::Scope& scope, Level level) {
  const auto takes = [&](const Pipeline& pipeline) {
    return pipeline.options().signal == signal && level >= pipeline.options().level;
  };
  const auto takers = static_cast<std::uint32_t>(std::ranges::count_if(pipelines_, takes));
  const RecordRange range{ledger(signal).open(1, takers), 1};
  for (Pipeline& pipeline : pipelines_) {
    if (takes(pipeline)) offer_to(pipeline, scope, range);
  }
}

void Worker::offer_to(Pipeline& pipeline, const detail::Scope& scope, const RecordRange& range) {
  if (pipeline.would_overflow(scope, scratch_.size())) send(pipeline);
  if (const auto refused = pipeline.try_add(scope, scratch_, range, now_)) {
    ledger(pipeline.options().signal).settle(range, Ledger::Outcome::dropped, *refused);
  }
  if (pipeline.is_full()) send(pipeline);
}

void Worker::send(Pipeline& pipeline) {
  if (pipeline.is_empty()) return;
  ExportBatch batch = pipeline.take(++last_batch_);
  in_flight_.add(batch, pipeline.options().is_simple);
  pipeline.options().sink->submit(std::move(batch));
}

void Worker::send_due(bool all) {
  for (Pipeline& pipeline : pipelines_) {
    const auto due = pipeline.due();
    if (due && (all || *due <= now_)) send(pipeline);
  }
}

void Worker::collect_due(bool all) {
  for (Reader& reader : readers_) {
    if (!all && reader.next > now_) continue;
    collect_for(pipelines_[reader.options.pipeline]);
    reader.next = now_ + reader.options.interval;
  }
}

void Worker::collect_for(Pipeline& pipeline) {
  const std::uint64_t now =
      wall_clock_.unix_nanoseconds(base::TickSource::monotonic, base::monotonic_nanoseconds());
  for (const CollectedMetric& metric : collect_metrics(now)) {
    points_ += metric.points;
    scratch_ = metric.message;
    offer_to(pipeline, *metric.scope, {ledger(Signal::metric_points).open(metric.points, 1), metric.points});
  }
  send(pipeline);
}

// A flush sends what was recorded before it, once the rings have been seen empty, or after so many passes
// that only threads which go on recording can have filled them; it is answered when that has been settled.
void Worker::advance_flushes() {
  for (PendingFlush& flush : flushes_) {
    if (flush.last_batch.has_value() || holds_back()) continue;
    if (drain_.found_more() && ++flush.passes < kMostFlushPasses) continue;
    if (flush.asked.collects_metrics) collect_due(true);
    if (flush.asked.is_last) readers_.clear();
    if (!flush.asked.simple_of) send_due(true);  // simple pipelines have sent all there is
    flush.last_batch = last_batch_;
  }
  std::erase_if(flushes_, [&](const PendingFlush& flush) {
    if (!is_settled(flush)) return false;
    answer(flush, true);
    return true;
  });
}

bool Worker::is_settled(const PendingFlush& flush) const {
  return flush.last_batch.has_value() && in_flight_.is_settled(*flush.last_batch, flush.asked.simple_of);
}

void Worker::answer(const PendingFlush& flush, bool is_settled) {
  if (flush.asked.done != nullptr) {
    flush.asked.done->set(is_settled);
  } else if (flush.asked.collects_metrics) {
    g_recording.crash_flush.store(CrashFlush::done, std::memory_order_release);  // pairs with the handler's
  }
}

// The sinks have stopped and answered, so what is sent now comes straight back as dropped.
void Worker::drop_the_rest() {
  do drain_rings();
  while (drain_.found_more());
  send_due(true);
  visit_all(mailbox_->close());
  for (const PendingFlush& flush : flushes_) answer(flush, false);
}

AllBooks Worker::make_books() const {
  AllBooks books;
  for (std::size_t i = 0; i < kSignals; ++i) {
    books[i].settled = ledgers_[i].counts();
    books[i].drained = g_drained[i];
  }
  books[static_cast<std::size_t>(Signal::spans)].sampled_out = sampled_out_;
  books[static_cast<std::size_t>(Signal::metric_points)].points = points_;
  for (const Pipeline& pipeline : pipelines_) {
    const auto signal = static_cast<std::size_t>(pipeline.options().signal);
    books[signal].destinations.push_back({pipeline.options().name, pipeline.counts()});
  }
  return books;
}

}  // namespace ergon::telemetry
