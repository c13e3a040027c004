#include "telemetry/worker/worker.hpp"

#include <unistd.h>

#include <algorithm>
#include <functional>

#include "base/diagnostic.hpp"
#include "base/sdk_thread.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constexpr std::chrono::seconds kBooksLimit{10};
constexpr std::chrono::milliseconds kGrace{100};  // for what is slow and not stuck

constinit base::Diagnostic g_left_alone{
    "telemetry: a sampler or log filter did not return by the session's end, and the worker is left alone"};

}  // namespace

std::array<std::uint64_t, kSignals> Worker::drained_{};
constinit std::atomic<pid_t> Worker::running_thread_{0};
constinit std::atomic<const base::WallClock*> Worker::running_clock_{nullptr};

Worker::Worker(std::shared_ptr<Mailbox> mailbox, WorkerOptions options)
    : mailbox_(std::move(mailbox)),
      has_log_sources_(options.has_log_sources),
      has_own_filters_(options.has_own_filters),
      flush_on_(options.flush_on),
      baseline_(options.baseline),
      drained_before_(drained_),
      prestart_(std::move(options.sampler)),
      readers_(options.readers, Clock::now(), mailbox_->wake_descriptor()) {
  now_ = Clock::now();
  next_calibration_ = now_ + kCalibrationInterval;
  for (PipelineOptions& one : options.pipelines) {
    has_takers_of_unsampled_ |= one.takes_unsampled;
    has_filters_ |= !one.filters.empty();
    pipelines_.emplace_back(static_cast<std::uint32_t>(pipelines_.size()), std::move(one),
                            options.pipelines.size());
  }
  if (options.reports_itself) sdk_metrics_.emplace(pipelines_, options.readers.size());
  if (options.redact) redactor_.emplace(*options.redact);
  if (options.keep) tail_.emplace(g_budget, *options.keep);
  if (options.replay_keep > 0) replay_.emplace(g_budget, options.replay_keep);
  thread_ = base::start_sdk_thread("ergon-worker", [this] { run(); });
}

Worker::~Worker() { stop(); }

void Worker::forget_drained_in_child() noexcept {
  drained_ = {};
  running_thread_.store(0, std::memory_order_relaxed);
}

const base::WallClock* Worker::clock_of_this_thread() noexcept {
  return running_thread_.load(std::memory_order_relaxed) == gettid()
             ? running_clock_.load(std::memory_order_relaxed)
             : nullptr;
}

AllBooks Worker::stop() {
  if (thread_.joinable()) {
    mailbox_->send(StopCommand{});
    thread_.join();
  }
  return final_books();
}

// But for the program's own code the worker waits for nothing, so it is waited for, whatever the deadline.
std::optional<AllBooks> Worker::stop(Clock::time_point deadline) {
  if (thread_.joinable()) mailbox_->send(StopCommand{});
  std::optional<AllBooks> books = final_books_.wait_until(deadline);
  while (!books) {
    const auto questions = open_questions();
    books = final_books_.wait_until(Clock::now() + kGrace);
    if (books || questions[0] + questions[1] == 0 || open_questions() != questions) continue;
    if (thread_.joinable()) thread_.detach();
    g_left_alone.report(questions[1] == 0 ? "asked about a span of the time before the session"
                                          : "asked about a log record");
    return std::nullopt;
  }
  if (thread_.joinable()) thread_.join();
  return books;
}

AllBooks Worker::known_books() {
  AllBooks books = known_books_.wait_until(Clock::now()).value_or(AllBooks{});
  for (WorkerBooks& book : books) {
    for (auto& [name, counts] : book.destinations)
      counts.dropped[static_cast<std::size_t>(DropReason::shutdown)] += std::exchange(counts.queued, 0);
  }
  return books;
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
  running_clock_.store(&wall_clock_, std::memory_order_relaxed);  // both: of interest to this thread alone
  running_thread_.store(gettid(), std::memory_order_relaxed);
  while (!is_stopping_) {
    const std::vector<Command> commands = mailbox_->wait(time_to_next_duty());
    now_ = Clock::now();
    visit_all(commands);
    base::guard("telemetry: the worker failed, records may be lost", [this] { do_duties(); });
  }
  drop_the_rest();
  running_thread_.store(0, std::memory_order_relaxed);
  AllBooks books = make_books();
  tail_.reset();  // who waits for the books no longer may keep this worker for ever, but not its memory
  replay_.reset();
  destroy_filters(books);
  final_books_.set(std::move(books));
}

void Worker::do_duties() {
  take_crash_flush();
  drain_rings();
  readers_.begin_due(now_);
  finish_collections();
  send_due(false);
  advance_flushes();
  if (now_ < next_calibration_) return;
  wall_clock_.calibrate();
  tell_of_full_rings();
  next_calibration_ = now_ + kCalibrationInterval;
}

void Worker::visit_all(const std::vector<Command>& commands) {
  for (const Command& command : commands) {
    base::guard("telemetry: the worker could not do as it was told",
                [&] { std::visit([this](const auto& one) { visit(one); }, command); });
  }
}

std::chrono::nanoseconds Worker::time_to_next_duty() const {
  if (drain_.stopped_early() || has_passed_over_without_need()) return std::chrono::nanoseconds{0};
  Clock::time_point next = Clock::now() + kTick;
  for (const Pipeline& pipeline : pipelines_) {
    if (const auto due = pipeline.due()) next = std::min(next, *due);
  }
  if (const auto collection = readers_.next()) next = std::min(next, *collection);
  return std::max(std::chrono::nanoseconds{0}, std::chrono::nanoseconds(next - Clock::now()));
}

// Records of a signal that has room again.
bool Worker::has_passed_over_without_need() const {
  return std::ranges::any_of(std::array{Signal::spans, Signal::logs}, [this](Signal signal) {
    return drain_.has_passed_over(signal) && !is_held_back_[static_cast<std::size_t>(signal)];
  });
}

void Worker::visit(const ExportResult& result) {
  Pipeline& pipeline = pipelines_[result.pipeline];
  pipeline.settle(result);
  const auto batch = in_flight_.settle(result, ledgers_);
  if (!batch) return;
  pipeline.give_back(batch->charged_bytes);
  if (sdk_metrics_)
    sdk_metrics_->record_export(result.pipeline, Clock::now() - batch->handed_over, batch->error);
}

void Worker::visit(const FlushCommand& command) { flushes_.push_back({.asked = command}); }

// Spans and logs go first: the crashed thread may hold a lock that collecting metrics takes.
void Worker::take_crash_flush() {
  auto wanted = CrashFlush::wanted;
  if (!g_recording.crash_flush.compare_exchange_strong(wanted, CrashFlush::under_way)) return;
  for (const bool collects_metrics : {false, true})
    flushes_.emplace_back().asked.collects_metrics = collects_metrics;
}

void Worker::visit(const BooksCommand& command) { command.answer->set(make_books()); }

void Worker::visit(const StopCommand&) { is_stopping_ = true; }

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

// A flush sends what was recorded before it, once it has all been taken out of the rings, and is answered
// when that has been settled. Spans that wait for the end of their local root go on waiting, but for a
// session's last flush and a crash.
void Worker::advance_flushes() {
  for (PendingFlush& flush : flushes_) {
    if (!flush.last_batch.has_value()) advance(flush);
  }
  std::erase_if(flushes_, [&](const PendingFlush& flush) {
    if (!is_settled(flush)) return false;
    answer(flush, true);
    return true;
  });
}

void Worker::advance(PendingFlush& flush) {
  const bool has_taken = has_taken_all(flush);
  if (!has_taken && !holds_back()) return;  // the next pass comes at once
  if (flush.asked.is_last || flush.asked.done == nullptr) decide_all_waiting(flush.asked.done == nullptr);
  if (has_taken && !flush.backlog) flush.backlog = present_backlog();
  // What is held back for one destination keeps nothing from the others.
  if (flush.asked.collects_metrics && !has_collected(flush)) {
    send_due(true);  // what the program's callbacks take keeps nothing else back
    return;
  }
  if (flush.asked.is_last) readers_.clear();
  if (!flush.asked.simple_of) send_due(true);  // simple pipelines have sent all there is
  if (has_released(flush)) flush.last_batch = last_batch_;
}

bool Worker::has_taken_all(const PendingFlush& flush) const {
  const auto simple_of = flush.asked.simple_of;
  if (!simple_of) return flush.mark.is_released(drain_.overwritten());
  return flush.mark.is_seen(drain_.overwritten()) && !drain_.has_passed_over(*simple_of) &&
         !is_held_back_[static_cast<std::size_t>(*simple_of)];
}

Worker::Backlog Worker::present_backlog() const {
  return {released_[0] + (tail_ ? tail_->kept() : 0), released_[1] + (replay_ ? replay_->ready() : 0)};
}

bool Worker::has_released(const PendingFlush& flush) const {
  return flush.backlog && std::ranges::equal(*flush.backlog, released_, std::ranges::less_equal());
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
  base::guard("telemetry: the worker failed at its end, records may be lost", [this] {
    do {
      drain_rings();
      visit_all(mailbox_->wait(std::chrono::nanoseconds{0}));  // answers give memory back
    } while (drain_.found_more());
    decide_all_waiting(false);
    send_due(true);
  });
  visit_all(mailbox_->close());
  for (const PendingFlush& flush : flushes_) answer(flush, false);
}

}  // namespace ergon::inline v0::telemetry
