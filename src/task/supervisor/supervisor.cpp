#include "task/supervisor/supervisor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <ergon/config/logging_config.hpp>
#include <ergon/telemetry/runtime_options.hpp>

#include "base/diagnostic.hpp"
#include "base/random.hpp"
#include "task/exit_code.hpp"
#include "task/run_worker.hpp"
#include "task/supervisor/own_files.hpp"

namespace ergon::inline v0::detail {
namespace {

constexpr std::chrono::milliseconds kReporterPatience{2'000};
constexpr std::chrono::milliseconds kProgressLook{250};

constinit base::Diagnostic g_own_files{"supervisor: files without {pid}, each process writes one of its own"};
constinit base::Diagnostic g_health{"supervisor: health file"};

bool writes_logs_to_terminal(const TaskConfig& config) {
  if (!config.logging) return false;
  return std::ranges::any_of(config.logging->handlers, [](const auto& handler) {
    if (const auto* json = handler.template get_if<JsonHandler>())
      return json->filename.empty() && ::isatty(STDOUT_FILENO) == 1;
    const auto* console = handler.template get_if<ConsoleHandler>();
    if (console == nullptr) return false;
    return ::isatty(console->stream == ConsoleStream::err ? STDERR_FILENO : STDOUT_FILENO) == 1;
  });
}

bool is_ignored(int number) noexcept {
  struct sigaction action{};
  return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

TaskConfig config_of_workers(const WorkerPlan& plan) {
  if (plan.config.workers == 1) return plan.config;
  if (const std::string shared = shared_files(plan.config); !shared.empty()) g_own_files.report(shared);
  return with_own_files(plan.config);
}

}  // namespace

Supervisor::Supervisor(const WorkerPlan& plan)
    : plan_(plan),
      worker_config_(config_of_workers(plan)),
      run_id_(base::make_uuid_v4()),
      folder_(run_id_),
      board_(static_cast<std::size_t>(plan.config.workers), loop_count(plan)),
      crew_{board_, plan.config.supervision,
            [this](std::optional<Child>& child, std::size_t worker, std::uint64_t before) {
              start_child(child, worker, before);
            },
            [this](const SupervisorEvent& event) { reporter_->tell(event); }},
      file_(plan.config.supervision.health.file),
      progress_line_(::isatty(STDERR_FILENO) == 1 && !writes_logs_to_terminal(plan.config)) {
  const HealthConfig& health = plan.config.supervision.health;
  if (health.port) port_.emplace(health.address, static_cast<std::uint16_t>(*health.port));
  children_before_ = ::signal(SIGCHLD, SIG_DFL);  // were it ignored, there would be nobody to wait for
  sigset_t taken;
  sigemptyset(&taken);
  sigaddset(&taken, SIGCHLD);
  for (const int number : {SIGTERM, SIGINT}) {
    if (!is_ignored(number)) sigaddset(&taken, number);
  }
  ::sigprocmask(SIG_BLOCK, &taken, &signals_before_);
  signals_of_workers_ = signals_before_;
  sigdelset(&signals_of_workers_, SIGTERM);  // how they are asked to stop
  signals_ = ::signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals_ < 0 || ::pipe2(lifeline_, O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "supervisor");
  const auto closes = own_descriptors();
  reporter_.emplace(plan_, run_id_, ChildSetup{signals_of_workers_, closes});
  if (port_) {
    SupervisorEvent listening;
    listening.kind = SupervisorEvent::Kind::listening;
    listening.number = port_->port();
    reporter_->tell(listening);
  }
  for (std::int64_t i = 0; i < plan.config.workers; ++i)
    workers_.emplace_back(crew_, static_cast<std::size_t>(i));
}

Supervisor::~Supervisor() {
  for (WorkerProcess& worker : workers_) {
    if (worker.pid() <= 0) continue;
    worker.kill();
    ::waitpid(worker.pid(), nullptr, 0);
  }
  reporter_.reset();
  signalfd_siginfo late{};  // what came after the end must not end the process otherwise
  while (::read(signals_, &late, sizeof late) == sizeof late) {
  }
  for (const int descriptor : {signals_, lifeline_[0], lifeline_[1]}) {
    if (descriptor >= 0) ::close(descriptor);
  }
  ::sigprocmask(SIG_SETMASK, &signals_before_, nullptr);
  ::signal(SIGCHLD, children_before_);
}

WorkerReport Supervisor::run() {
  for (WorkerProcess& worker : workers_) worker.start(std::chrono::steady_clock::now());
  while (!is_finished()) {
    wait(next_look(std::chrono::steady_clock::now()));
    const TimePoint now = std::chrono::steady_clock::now();
    take_signals(now);
    reap(now);
    check(now);
    progress_line_.show(progress());
  }
  progress_line_.clear();
  return sum();
}

// In the child, all that is the supervisor's own is closed; it has its end of the lifeline.
void Supervisor::start_child(std::optional<Child>& child, std::size_t worker, std::uint64_t before) {
  std::vector<int> closes = own_descriptors();
  closes.push_back(reporter_->descriptor());
  const pid_t supervisor = ::getpid();
  child.emplace(ChildSetup{signals_of_workers_, closes}, [&]() -> ChildResult {
    WorkerPlan plan = plan_;
    plan.config = worker_config_;
    const StopSignals signals(StopSignals::Whose::supervised_worker);
    const WorkerReport report = run_worker(plan,
                                           {.board = board_,
                                            .index = worker,
                                            .run_id = run_id_,
                                            .run_folder = folder_.path(),
                                            .lifeline = lifeline_[0],
                                            .run_start = start_,
                                            .transactions_before = before,
                                            .shows_progress = progress_line_.is_shown()},
                                           signals);
    if (::getppid() != supervisor) folder_.remove();  // it can't any more
    return {report.exit_code, to_text(report)};
  });
}

std::vector<int> Supervisor::own_descriptors() {
  std::vector<int> all{signals_, lifeline_[1]};
  if (port_) {
    for (const int descriptor : port_->descriptors()) all.push_back(descriptor);
  }
  if (reporter_) all.push_back(reporter_->child().report_descriptor());
  for (WorkerProcess& worker : workers_) {
    if (worker.child()) all.push_back(worker.child()->report_descriptor());
  }
  return all;
}

void Supervisor::wait(TimePoint until) {
  std::vector<pollfd> waited{{.fd = signals_, .events = POLLIN, .revents = 0}};
  if (port_) {
    for (const int descriptor : port_->descriptors())
      waited.push_back({.fd = descriptor, .events = POLLIN, .revents = 0});
  }
  const std::size_t reports = waited.size();
  for (WorkerProcess& worker : workers_) {
    const int descriptor = worker.child() ? worker.child()->report_descriptor() : -1;
    waited.push_back({.fd = descriptor, .events = POLLIN, .revents = 0});
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  ::poll(waited.data(), waited.size(), static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    if (waited[reports + i].revents != 0) workers_[i].child()->read_report();
  }
  if (port_) port_->serve(is_healthy(), health_text());
}

void Supervisor::take_signals(TimePoint now) {
  signalfd_siginfo got{};
  while (::read(signals_, &got, sizeof got) == sizeof got) {
    const int number = static_cast<int>(got.ssi_signo);
    if (number != SIGCHLD) take_stop_signal(number, now);
  }
}

void Supervisor::take_stop_signal(int number, TimePoint now) {
  if (stop_signal_ == 0) {
    stop_signal_ = number;
    stopped_at_ = now;
    return stop_all(now);
  }
  if (number == stop_signal_ && now - stopped_at_ < kSameRequest) return;
  progress_line_.clear();
  for (WorkerProcess& worker : workers_) worker.kill();
  ::kill(reporter_->child().pid(), SIGKILL);
  folder_.remove();
  static_cast<void>(file_.show(false, {}));
  ::_exit(kExitSignalBase + number);
}

void Supervisor::stop_all(TimePoint now) {
  is_stopping_ = true;
  for (WorkerProcess& worker : workers_) worker.stop(now);
}

void Supervisor::reap(TimePoint now) {
  for (WorkerProcess& worker : workers_) {
    int status = 0;
    if (worker.pid() > 0 && ::waitpid(worker.pid(), &status, WNOHANG) == worker.pid())
      worker.reap(now, status);
    if (worker.failure().empty() || !failure_.empty()) continue;
    failure_ = worker.failure();
    if (!is_stopping_) stop_all(now);
  }
}

void Supervisor::check(TimePoint now) {
  const bool is_due = now >= next_check_;
  for (WorkerProcess& worker : workers_) {
    const auto deadline = worker.next_deadline();
    if (is_due || (deadline && now >= *deadline)) worker.check(now);
  }
  if (!is_due) return;
  next_check_ = now + plan_.config.supervision.check_interval;
  if (const std::string why = file_.show(is_healthy(), health_text()); !why.empty()) g_health.report(why);
}

bool Supervisor::is_finished() const noexcept {
  return std::ranges::all_of(workers_, &WorkerProcess::is_finished);
}

bool Supervisor::is_healthy() const noexcept {
  return !is_stopping_ && std::ranges::all_of(workers_, &WorkerProcess::is_well);
}

Supervisor::TimePoint Supervisor::next_look(TimePoint now) const noexcept {
  TimePoint next = std::max(next_check_, now);
  if (progress_line_.is_shown()) next = std::min(next, now + kProgressLook);
  for (const WorkerProcess& worker : workers_) {
    if (const auto deadline = worker.next_deadline()) next = std::min(next, *deadline);
  }
  return next;
}

std::string Supervisor::health_text() const {
  const Progress now = progress();
  const auto running = std::ranges::count_if(workers_, [](const auto& worker) { return worker.pid() > 0; });
  return fmt::format(
      R"({{"healthy":{},"task":"{}","run_id":"{}","workers":{},"running":{},"restarts":{},"ok":{},"failed":{},"in_flight":{}}})"
      "\n",
      is_healthy(), plan_.task, run_id_, workers_.size(), running, now.restarts, now.transactions.ok,
      now.transactions.failed, now.in_flight);
}

Progress Supervisor::progress() const {
  Progress all;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    all.transactions += workers_[i].tally();
    all.restarts += workers_[i].restarts();
    if (workers_[i].pid() > 0) all.in_flight += board_.in_flight(i);
    all.telemetry_delivered += board_.worker(i).telemetry_delivered.load(std::memory_order_relaxed);
    all.telemetry_dropped += board_.worker(i).telemetry_dropped.load(std::memory_order_relaxed);
  }
  return all;
}

WorkerReport Supervisor::sum() {
  WorkerReport all;
  for (const WorkerProcess& worker : workers_) {
    add_books(all, worker.sum());
    all.duration = std::max(all.duration, worker.sum().duration);
    all.exit_code =
        std::max(all.exit_code, worker.sum().exit_code == kExitConfiguration ? kExitConfiguration : 0);
  }
  if (all.lost_reports > 0) all.duration = std::chrono::steady_clock::now() - start_;
  const telemetry::RuntimeOptions defaults;
  const auto patience = plan_.config.delivery.shutdown_timeout.value_or(defaults.shutdown_timeout);
  const auto own = reporter_->finish(patience + kReporterPatience);
  own ? add_books(all, *own) : static_cast<void>(++all.lost_reports);
  all.failure = failure_;
  if (!all.failure.empty() && all.exit_code == 0) all.exit_code = kExitError;
  if (all.failure.empty() && stop_signal_ != 0) all.exit_code = kExitSignalBase + stop_signal_;
  return all;
}

}  // namespace ergon::inline v0::detail
