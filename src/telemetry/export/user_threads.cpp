#include "telemetry/export/user_threads.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

#include "base/diagnostic.hpp"
#include "base/sdk_thread.hpp"
#include "telemetry/record/thread_block.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constinit base::Diagnostic g_no_thread{
    "telemetry: an exporter or processor has no thread, its records are lost"};
constinit base::Diagnostic g_left_alone{
    "telemetry: an exporter or processor did not return by the end of the session, and is left alone"};

struct FlushJob {
  Deadline deadline;
  std::shared_ptr<OneShot<bool>> answer;
};
struct StopJob {
  Deadline deadline;
};
using Job = std::variant<ExportBatch, FlushJob, StopJob>;

// What the thread is at, of the program's own: what `UserThread::State::try_begin` was last asked for.
enum class Call : std::uint8_t { none, export_batch, force_flush, shutdown, destructor };

std::string_view name_of(Call call) {
  constexpr std::array<std::string_view, 5> kNames{"no call", "a batch", "force_flush", "shutdown",
                                                   "its destructor"};
  return kNames[static_cast<std::size_t>(call)];
}

// Until it is settled, what the thread is at counts as dropped by the session's end.
ExportResult dropped_by_shutdown(const ExportBatch& batch) {
  return {batch.id, batch.pipeline, 0, 0, batch.count, DropReason::shutdown};
}

template <class Work>
void guarded(Work work) {
  base::guard("telemetry: an exporter or processor failed", work);
}

}  // namespace

struct UserThread::State {
  State(std::string its_name, std::unique_ptr<UserCode> its_code, std::shared_ptr<ResultInbox> its_results)
      : name(std::move(its_name)), code(std::move(its_code)), results(std::move(its_results)) {}

  bool try_push(Job& job);
  std::shared_ptr<OneShot<bool>> ask_to_flush(Deadline deadline);
  std::optional<Job> next();
  void visit(const ExportBatch& batch);
  void visit(const FlushJob& job) const;
  void visit(const StopJob& job);
  bool try_begin(Call call);
  Call abandon();

  const std::string name;
  std::unique_ptr<UserCode> code;  // the thread's
  const std::shared_ptr<ResultInbox> results;
  OneShot<bool> ended;
  std::mutex mutex;
  std::condition_variable changed;
  // All guarded by mutex.
  std::deque<Job> jobs;
  std::optional<ExportResult> unsettled;  // of the batch that the thread is at
  Call under_way{Call::none};
  bool is_closed{false};
  bool is_abandoned{false};
};

bool UserThread::State::try_push(Job& job) {
  const std::lock_guard guard(mutex);
  if (is_closed) return false;
  jobs.push_back(std::move(job));
  changed.notify_one();
  return true;
}

// A stuck one is asked once, however often the session is.
std::shared_ptr<OneShot<bool>> UserThread::State::ask_to_flush(Deadline deadline) {
  const std::lock_guard guard(mutex);
  const auto* asked = jobs.empty() ? nullptr : std::get_if<FlushJob>(&jobs.back());
  if (asked != nullptr) return asked->answer;
  auto answer = std::make_shared<OneShot<bool>>();
  if (is_closed) {
    answer->set(false);
  } else {
    jobs.emplace_back(FlushJob{deadline, answer});
    changed.notify_one();
  }
  return answer;
}

std::optional<Job> UserThread::State::next() {
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return is_abandoned || !jobs.empty(); });
  if (is_abandoned) return std::nullopt;
  std::optional<Job> job(std::move(jobs.front()));
  jobs.pop_front();
  const auto* batch = std::get_if<ExportBatch>(&*job);
  if (batch != nullptr) unsettled = dropped_by_shutdown(*batch);
  under_way = batch != nullptr ? Call::export_batch : Call::force_flush;
  return job;
}

void UserThread::State::visit(const ExportBatch& batch) {
  std::uint64_t taken = 0;
  guarded([&] { taken = code->take(batch); });
  const std::lock_guard guard(mutex);
  if (!unsettled) return;  // abandoned meanwhile
  unsettled.reset();
  results->post({batch.id, batch.pipeline, taken, 0, batch.count - taken, DropReason::non_retryable});
}

void UserThread::State::visit(const FlushJob& job) const {
  bool is_flushed = false;
  guarded([&] { is_flushed = code->force_flush(job.deadline); });
  job.answer->set(is_flushed);
}

void UserThread::State::visit(const StopJob& job) {
  bool is_flushed = false;
  guarded([&] { is_flushed = code->force_flush(job.deadline); });
  if (!try_begin(Call::shutdown)) return;
  guarded([&] { code->shutdown(job.deadline); });
  if (!try_begin(Call::destructor)) return;
  guarded([&] { code.reset(); });
  ended.set(is_flushed);
}

// A call is claimed before it is made: from then on it is under way for whoever abandons the thread.
bool UserThread::State::try_begin(Call call) {
  const std::lock_guard guard(mutex);
  if (is_abandoned) return false;
  under_way = call;
  return true;
}

// No call begins from here on. The program's object must live on: its own code is using it, in the call that
// this answers.
Call UserThread::State::abandon() {
  const std::lock_guard guard(mutex);
  is_abandoned = true;
  if (const auto result = std::exchange(unsettled, std::nullopt)) results->post(*result);
  return under_way;
}

UserThread::UserThread(std::string name, std::unique_ptr<UserCode> code, std::shared_ptr<ResultInbox> results)
    : state_(std::make_shared<State>(std::move(name), std::move(code), std::move(results))) {}

UserThread::~UserThread() {
  if (thread_.joinable()) stop();
}

bool UserThread::try_start() try {
  std::call_once(
      started_, [this] { thread_ = base::start_sdk_thread("ergon-user", [state = state_] { run(state); }); });
  return true;
} catch (const std::system_error& error) {
  g_no_thread.report(error.what());
  return false;
}

void UserThread::run(const std::shared_ptr<State>& state) {
  suppress_telemetry_on_this_thread();
  bool is_last = false;
  while (!is_last) {
    const std::optional<Job> job = state->next();
    if (!job) return;
    std::visit([&](const auto& one) { state->visit(one); }, *job);
    is_last = std::holds_alternative<StopJob>(*job);
  }
}

void UserThread::submit(ExportBatch batch) {
  ExportResult lost = dropped_by_shutdown(batch);
  Job job(std::move(batch));
  if (!try_start()) {
    lost.reason = DropReason::non_retryable;
  } else if (state_->try_push(job)) {
    return;
  }
  state_->results->post(lost);
}

std::shared_ptr<OneShot<bool>> UserThread::force_flush(Deadline deadline) {
  if (try_start()) return state_->ask_to_flush(deadline);
  auto answer = std::make_shared<OneShot<bool>>();
  answer->set(false);
  return answer;
}

void UserThread::begin_stop(Deadline deadline) {
  const bool has_thread = try_start();
  std::deque<Job> waiting;
  {
    const std::lock_guard guard(state_->mutex);
    if (std::exchange(state_->is_closed, true)) return;
    waiting.swap(state_->jobs);
    state_->jobs.emplace_back(StopJob{deadline});
    state_->changed.notify_one();
  }
  for (const Job& job : waiting) {
    if (const auto* batch = std::get_if<ExportBatch>(&job))
      state_->results->post(dropped_by_shutdown(*batch));
    if (const auto* flush = std::get_if<FlushJob>(&job)) flush->answer->set(false);
  }
  if (!has_thread) state_->ended.set(false);
}

bool UserThread::end_stop(Deadline deadline) {
  const std::optional<bool> is_flushed = state_->ended.wait_until(deadline);
  if (!thread_.joinable()) return is_flushed.value_or(false);
  if (is_flushed) {
    thread_.join();
    return *is_flushed;
  }
  struct LeftAlone {
    std::shared_ptr<State> state;
    LeftAlone* next;
  };
  static constinit std::atomic<LeftAlone*> all_left_alone{nullptr};  // for ever
  auto* const kept = new LeftAlone{state_, all_left_alone.load()};
  while (!all_left_alone.compare_exchange_weak(kept->next, kept)) continue;
  const Call under_way = state_->abandon();
  thread_.detach();
  g_left_alone.report(state_->name + ", in " + std::string(name_of(under_way)));
  return false;
}

void UserThread::stop() {
  begin_stop(Deadline::clock::now());
  end_stop(Deadline::clock::now());
}

std::shared_ptr<Sink> UserThreads::add(std::string name, std::unique_ptr<UserCode> code) {
  return threads_.emplace_back(std::make_shared<UserThread>(std::move(name), std::move(code), results_));
}

bool UserThreads::force_flush(Deadline deadline) {
  std::vector<std::shared_ptr<OneShot<bool>>> answers;
  for (const auto& thread : threads_) answers.push_back(thread->force_flush(deadline));
  bool are_flushed = true;
  for (const auto& answer : answers) are_flushed &= answer->wait_until(deadline).value_or(false);
  return are_flushed;
}

bool UserThreads::stop(Deadline deadline) {
  for (const auto& thread : threads_) thread->begin_stop(deadline);
  bool are_flushed = true;
  for (const auto& thread : threads_) are_flushed &= thread->end_stop(deadline);
  return are_flushed;
}

}  // namespace ergon::inline v0::telemetry
