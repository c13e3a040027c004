#include <ergon/testing/task_test.hpp>

#include <memory>
#include <string>
#include <utility>

#include "base/type_name.hpp"
#include "task/shortened.hpp"
#include "task/task_error.hpp"
#include "task/task_telemetry.hpp"
#include "task/traced_dispatcher.hpp"
#include "task/transaction_runner.hpp"

namespace ergon::testing::detail {

using namespace ergon::detail;  // NOLINT: the task layer's own

TaskRun run_consumer(const std::type_info& task, const ConsumerType& type,
                     const std::vector<std::string>& payloads, const TaskTestOptions& options) {
  const std::string name = base::unqualified(base::type_name(task.name()));
  Recorder recorder(name);
  TaskRun run;
  {
    TaskContext context({.task = name, .run_id = "test", .execution_id = "test"});
    for (const auto& [service, reference] : options.services) context.add_service(service, reference.get());
    const TaskTelemetry telemetry({.task = name, .connector = "test", .messaging_system = "test"});
    std::vector<std::unique_ptr<TracedDispatcher>> dispatchers;
    for (const auto& [connector, reference] : options.connectors) {
      dispatchers.push_back(
          std::make_unique<TracedDispatcher>(reference.get(), connector, "test", telemetry.tracer()));
      context.add_connector(connector, *dispatchers.back());
    }
    const auto consumer = type.make(context);
    TransactionRunner transactions(telemetry, type, *consumer, nullptr);
    for (const std::string& payload : payloads) {
      const RawTransaction raw{.id = std::to_string(run.ok + run.failed + 1), .payload = payload};
      auto error = transactions.run(raw, nullptr);
      ++(error ? run.failed : run.ok);
      if (error) run.errors.push_back(std::move(*error));
    }
    try {
      consumer->exit();
    } catch (...) {
      run.errors.push_back(describe_current_exception({}));
      const TaskError& error = run.errors.back();
      const std::string reason = shortened(reason_of(error), kLongestReason);
      telemetry.logger()
          .with({{"exception.type", error.type}, {"exception.message", reason}})
          .error("exit failed: {}: {}", error.type, reason);
    }
  }
  static_cast<Recording&>(run) = recorder.stop();
  return run;
}

}  // namespace ergon::testing::detail
