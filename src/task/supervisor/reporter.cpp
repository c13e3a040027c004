#include "task/supervisor/reporter.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <initializer_list>
#include <map>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <ergon/telemetry/logger.hpp>
#include <ergon/telemetry/meter.hpp>
#include <ergon/telemetry/tracer.hpp>

#include "base/version.hpp"
#include "task/start_telemetry.hpp"
#include "task/supervisor/own_files.hpp"
#include "task/worker_resource.hpp"

namespace ergon::inline v0::detail {
namespace {

using Kind = SupervisorEvent::Kind;

Attribute how_it_died(const SupervisorEvent& event) noexcept {
  if (event.signal != 0) return {"ergon.worker.signal", event.signal};
  return {"process.exit.code", event.exit_code};
}

// The child's side.
class Voice {
 public:
  Voice(const WorkerPlan& plan, std::string run_id) : plan_(plan), run_id_(std::move(run_id)) {
    if (plan.config.metrics) start();
  }

  void take(const SupervisorEvent& event) {
    count(event);
    const bool is_usual = event.kind == Kind::ended || (event.kind == Kind::started && !event.is_restart);
    if (is_usual) return;
    start();
    follow_restart(event);
    log(event);
  }

  WorkerReport finish() {
    restarts_.clear();
    WorkerReport report;
    if (!session_) return report;
    const telemetry::RuntimeOptions defaults;
    session_.shutdown(plan_.config.delivery.shutdown_timeout.value_or(defaults.shutdown_timeout));
    report.statistics = session_.statistics();
    return report;
  }

 private:
  void start() {
    if (session_) return;
    const WorkerSeat seat{.board = board_, .run_id = run_id_};
    session_ = start_telemetry(with_own_files(plan_.config),
                               {.default_service_name = plan_.task,
                                .config_is_from_file = true,
                                .environment_is_ignored = plan_.environment_is_ignored,
                                .injected_resource = supervisor_resource(make_identity(plan_.task, seat))});
  }

  void count(const SupervisorEvent& event) {
    const Attribute task{"task", plan_.task};
    if (event.kind == Kind::started) running_.add(1, {task});
    if (event.kind == Kind::ended || event.kind == Kind::died || event.kind == Kind::recycled)
      running_.add(-1, {task});
    if (event.kind == Kind::started && event.is_restart)
      restarted_.add(1, {task, {"reason", event.why.data()}});
  }

  // From the death to the next start.
  void follow_restart(const SupervisorEvent& event) {
    if (event.kind == Kind::died) {
      auto span = tracer_.start_span(plan_.task + ".restart",
                                     {{"ergon.task.name", plan_.task}, {"ergon.worker.id", event.worker}});
      span.add_event("ergon.worker.died", {{"process.pid", event.pid},
                                           how_it_died(event),
                                           {"ergon.worker.in_flight", event.in_flight},
                                           {"ergon.worker.reason", event.why.data()}});
      span.set_status(StatusCode::error, event.why.data());
      restarts_.insert_or_assign(event.worker, std::move(span));
    } else if (event.kind == Kind::started || event.kind == Kind::given_up) {
      const auto span = restarts_.find(event.worker);
      if (span == restarts_.end()) return;
      if (event.kind == Kind::started) span->second.set_attribute("process.pid", event.pid);
      restarts_.erase(span);
    }
  }

  void log(const SupervisorEvent& event) const {
    const std::initializer_list<Attribute> who{{"ergon.worker.id", event.worker},
                                               {"ergon.worker.pid", event.pid}};
    const char* why = event.why.data();
    switch (event.kind) {
      case Kind::died:
        return logger_.with(who)
            .with({how_it_died(event), {"ergon.worker.in_flight", event.in_flight}})
            .error("worker {} (process {}) died: {}", event.worker, event.pid, why);
      case Kind::started:
        return logger_.with(who).info("worker {} was started again as process {}", event.worker, event.pid);
      case Kind::recycled:
        return logger_.with(who).info("worker {} (process {}) has done its max_transactions", event.worker,
                                      event.pid);
      case Kind::unhealthy:
        return logger_.with(who).warning("worker {} (process {}) is asked to stop: {}", event.worker,
                                         event.pid, why);
      case Kind::killed:
        return logger_.with(who).error("worker {} (process {}) did not stop and was killed", event.worker,
                                       event.pid);
      case Kind::given_up:
        return logger_.with(who).error("worker {} is given up: {}", event.worker, why);
      case Kind::listening:
        return logger_.info("health is told on port {}", event.number);
      case Kind::ended:
        break;
    }
  }

  const WorkerPlan& plan_;
  std::string run_id_;
  Board board_{1, 1};
  telemetry::Session session_;
  Tracer tracer_ = get_tracer("ergon.supervisor", {.version = base::kVersion});
  Logger logger_ = get_logger("ergon.supervisor", {.version = base::kVersion});
  UpDownCounter<std::int64_t> running_ =
      get_meter("ergon.supervisor", {.version = base::kVersion})
          .up_down_counter("ergon.workers.running",
                           {.unit = "{process}", .description = "Worker processes that run."});
  Counter<std::int64_t> restarted_ =
      get_meter("ergon.supervisor", {.version = base::kVersion})
          .counter("ergon.workers.restarts",
                   {.unit = "{restart}", .description = "Workers that were started again, by reason."});
  std::map<std::int32_t, Span> restarts_;
};

ChildResult speak(const WorkerPlan& plan, const std::string& run_id, int events) {
  ::signal(SIGINT, SIG_IGN);  // it ends when its supervisor does
  ::signal(SIGTERM, SIG_IGN);
  Voice voice(plan, run_id);
  SupervisorEvent event;
  for (;;) {
    const ssize_t got = ::read(events, &event, sizeof event);
    if (got == sizeof event) voice.take(event);
    if (got == 0 || (got < 0 && errno != EINTR)) break;
  }
  return {.report = to_text(voice.finish())};
}

}  // namespace

Reporter::Reporter(const WorkerPlan& plan, const std::string& run_id, const ChildSetup& setup) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw std::system_error(errno, std::generic_category(), "socket to the reporter");
  events_ = ends[1];
  std::vector<int> closes(setup.closes.begin(), setup.closes.end());
  closes.push_back(events_);
  child_.emplace(ChildSetup{setup.signals_before, closes}, [&] { return speak(plan, run_id, ends[0]); });
  ::close(ends[0]);
}

Reporter::~Reporter() {
  if (!is_finished_) static_cast<void>(finish(std::chrono::milliseconds(0)));
}

void Reporter::tell(const SupervisorEvent& event) noexcept {
  [[maybe_unused]] const ssize_t ignored = ::send(events_, &event, sizeof event, MSG_DONTWAIT | MSG_NOSIGNAL);
}

std::optional<WorkerReport> Reporter::finish(std::chrono::milliseconds timeout) {
  is_finished_ = true;
  ::close(events_);
  const auto end = std::chrono::steady_clock::now() + timeout;
  while (child_->report_descriptor() >= 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd report{.fd = child_->report_descriptor(), .events = POLLIN, .revents = 0};
    if (left.count() <= 0 || ::poll(&report, 1, static_cast<int>(left.count())) == 0) break;
    child_->read_report();
  }
  // It has told all; what the program does at its end may hang.
  constexpr std::chrono::milliseconds kStep{5};
  while (std::chrono::steady_clock::now() < end && ::waitpid(child_->pid(), nullptr, WNOHANG) == 0)
    std::this_thread::sleep_for(kStep);
  ::kill(child_->pid(), SIGKILL);
  ::waitpid(child_->pid(), nullptr, 0);
  return report_from_text(child_->report());
}

}  // namespace ergon::inline v0::detail
