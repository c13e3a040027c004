#include "task/plain_loop.hpp"

#include "task/task_error.hpp"

namespace ergon::inline v0::detail {

std::optional<TaskError> execute(const TaskTelemetry& telemetry, AnyTask& task, TaskContext& context) {
  const std::string& name = telemetry.spans().execute;
  auto span = telemetry.tracer().scoped_span(name, {{"ergon.task.name", telemetry.names().task}});
  try {
    task.execute(context);
    return std::nullopt;
  } catch (...) {
    return telemetry.record_current_exception(span, name, nullptr);
  }
}

std::optional<TaskError> PlainLoop::run() {
  const HeartbeatScope heartbeat(thread_.cell);
  std::optional<TaskError> failure;
  if (!thread_.stop.stop_requested()) {
    thread_.cell.enter(LoopPhase::working);
    failure = execute(telemetry_, *task_, context_);
  }
  thread_.cell.enter(LoopPhase::ended);
  if (!failure) return std::nullopt;
  return had_by("task '" + telemetry_.names().task + "'", std::move(*failure));
}

}  // namespace ergon::inline v0::detail
