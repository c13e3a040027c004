#include "task/supervisor/worker_process.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include <cstring>
#include <system_error>
#include <utility>

namespace ergon::inline v0::detail {
namespace {

using Kind = SupervisorEvent::Kind;

std::string manner_of(int status) {
  if (!WIFSIGNALED(status)) return fmt::format("it exited with {}", WEXITSTATUS(status));
  const char* name = ::sigabbrev_np(WTERMSIG(status));
  return fmt::format("signal {}{}{}", WTERMSIG(status), name != nullptr ? " SIG" : "",
                     name != nullptr ? name : "");
}

}  // namespace

WorkerProcess::WorkerProcess(const WorkerCrew& crew, std::size_t number)
    : crew_(crew),
      number_(number),
      backoff_({crew.limits.restart.backoff, crew.limits.restart.backoff_multiplier,
                crew.limits.restart.backoff_cap, 0}) {}

void WorkerProcess::start(TimePoint now) {
  start_at_.reset();
  kill_at_.reset();
  was_unhealthy_ = false;
  crew_.board.reset(number_);
  const Tally before = sum_.transactions;
  try {
    crew_.start(child_, number_, before.ok + before.failed);
  } catch (const std::system_error& error) {
    return die_again(now, error.what());
  }
  liveness_.begin(now, crew_.board, number_);
  SupervisorEvent started = event(Kind::started);
  started.is_restart = !restart_reason_.empty();
  started.set_why(restart_reason_);
  if (started.is_restart) ++restarts_;
  crew_.tell(started);
}

void WorkerProcess::stop(TimePoint now) {
  is_stopping_ = true;
  if (child_) return ask_to_stop(now);
  is_finished_ = true;
  start_at_.reset();
}

void WorkerProcess::ask_to_stop(TimePoint now) {
  if (kill_at_) return;
  ::kill(child_->pid(), SIGTERM);
  kill_at_ = now + crew_.limits.shutdown_grace;
}

void WorkerProcess::kill() noexcept {
  if (child_) ::kill(child_->pid(), SIGKILL);
}

void WorkerProcess::check(TimePoint now) {
  if (start_at_ && now >= *start_at_) return start(now);
  if (!child_) return;
  if (kill_at_) {
    if (now < *kill_at_) return;
    kill();
    crew_.tell(event(Kind::killed));
    kill_at_ = TimePoint::max();  // once
    return;
  }
  const std::string complaint = liveness_.complaint(now, crew_.board, number_, crew_.limits);
  if (complaint.empty()) return;
  SupervisorEvent unhealthy = event(Kind::unhealthy);
  unhealthy.set_why(complaint);
  crew_.tell(unhealthy);
  was_unhealthy_ = true;
  ask_to_stop(now);
}

void WorkerProcess::reap(TimePoint now, int status) {
  child_->read_report();
  const auto report = report_from_text(child_->report());
  report ? end_orderly(now, *report) : end_by_death(now, status);
}

// It has told what it did, and its telemetry is delivered.
void WorkerProcess::end_orderly(TimePoint now, const WorkerReport& report) {
  SupervisorEvent ended = event(report.is_recycled ? Kind::recycled : Kind::ended);
  child_.reset();
  add_books(sum_, report);
  sum_.duration += report.duration;
  sum_.exit_code = report.exit_code;
  note_progress(report.transactions);
  if (!report.failure.empty()) failure_ = report.failure;
  crew_.tell(ended);
  is_finished_ = is_stopping_ || !report.failure.empty() || (report.exit_code == 0 && !report.is_recycled);
  if (is_finished_) return;
  if (report.is_recycled) {
    restart_reason_ = "recycled";
    return start(now);
  }
  if (was_unhealthy_) return die_again(now, "it did not get on");
  start_again(now, "stopped by a signal");
}

void WorkerProcess::note_progress(const Tally& done) noexcept {
  if (done.ok + done.failed == 0) return;
  deaths_in_a_row_ = 0;
  backoff_.begin_anew();
}

// Started again, unless it has been in vain too often.
void WorkerProcess::die_again(TimePoint now, std::string_view how) {
  if (++deaths_in_a_row_ <= crew_.limits.restart.max_restarts)
    return start_again(now, was_unhealthy_ ? "unhealthy" : "died");
  failure_ = fmt::format("worker {} died {} times without finishing a transaction; the last time: {}",
                         number_, deaths_in_a_row_, how);
  is_finished_ = true;
  SupervisorEvent given_up = event(Kind::given_up);
  given_up.set_why(failure_);
  crew_.tell(given_up);
}

void WorkerProcess::end_by_death(TimePoint now, int status) {
  const Tally done = crew_.board.tally(number_);
  SupervisorEvent died = event(Kind::died);
  if (WIFSIGNALED(status)) died.signal = WTERMSIG(status);
  if (WIFEXITED(status)) died.exit_code = WEXITSTATUS(status);
  died.in_flight = static_cast<std::uint32_t>(crew_.board.in_flight(number_));
  died.set_why(manner_of(status));
  child_.reset();
  sum_.has_started = true;
  sum_.transactions += done;
  ++sum_.lost_reports;
  crew_.tell(died);
  is_finished_ = is_stopping_;
  if (is_finished_) return;
  note_progress(done);
  die_again(now, manner_of(status));
}

void WorkerProcess::start_again(TimePoint now, std::string_view reason) {
  restart_reason_ = reason;
  kill_at_.reset();
  start_at_ = now + std::chrono::duration_cast<TimePoint::duration>(backoff_.next());
}

std::optional<WorkerProcess::TimePoint> WorkerProcess::next_deadline() const noexcept {
  if (start_at_) return start_at_;
  if (kill_at_ && *kill_at_ != TimePoint::max()) return kill_at_;
  return std::nullopt;
}

Tally WorkerProcess::tally() const noexcept {
  Tally all = sum_.transactions;
  if (child_) all += crew_.board.tally(number_);
  return all;
}

SupervisorEvent WorkerProcess::event(SupervisorEvent::Kind kind) const noexcept {
  SupervisorEvent made;
  made.kind = kind;
  made.worker = static_cast<std::int32_t>(number_);
  made.pid = static_cast<std::int32_t>(pid());
  return made;
}

}  // namespace ergon::inline v0::detail
