#include <ergon/testing/task_test.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/type_name.hpp"
#include "task/attempt_watch.hpp"
#include "task/batch_producer.hpp"
#include "task/loop_thread.hpp"
#include "task/plain_loop.hpp"
#include "task/shortened.hpp"
#include "task/task_error.hpp"
#include "task/task_telemetry.hpp"
#include "task/traced_dispatcher.hpp"
#include "task/transaction_runner.hpp"

namespace ergon::inline v0::testing::detail {

using namespace ergon::detail;  // NOLINT: the task layer's own

namespace {

constexpr const char* kConnector = "test";

// What a task has around it in a worker.
class Surroundings {
 public:
  Surroundings(const TaskTelemetry& telemetry, const TaskTestOptions& options)
      : context_({.task = telemetry.names().task, .run_id = "test", .execution_id = "test"}, options.stop),
        thread_{watch_.add_slot(), cell_, budget_, options.stop} {
    for (const auto& [name, reference] : options.services) context_.add_service(name, reference.get());
    for (const auto& [name, reference] : options.connectors) {
      dispatchers_.push_back(
          std::make_unique<TracedDispatcher>(reference.get(), name, kConnector, telemetry.tracer()));
      context_.add_connector(name, *dispatchers_.back());
    }
  }

  [[nodiscard]] TaskContext& context() noexcept { return context_; }
  [[nodiscard]] LoopThread& thread() noexcept { return thread_; }

 private:
  AttemptWatch watch_{AttemptWatch::Calls{}};
  LoopCell cell_;
  WorkBudget budget_;
  HeartbeatScope heartbeat_{cell_};
  std::vector<std::unique_ptr<TracedDispatcher>> dispatchers_;
  TaskContext context_;
  LoopThread thread_;
};

// Keeps what is sent, and sends it on where there is somebody.
class RecordingSink final : public Connector {
 public:
  RecordingSink(Connector* next, std::vector<RawTransaction>& dispatched) noexcept
      : next_(next), dispatched_(dispatched) {}

  std::vector<RawTransaction> fetch(std::size_t /*limit*/) override { return {}; }
  void ack(const RawTransaction& /*transaction*/) override {}
  void nack(const RawTransaction& /*transaction*/, Requeue /*requeue*/) override {}
  void dispatch(const std::vector<RawTransaction>& transactions) override {
    if (next_ != nullptr) next_->dispatch(transactions);
    dispatched_.insert(dispatched_.end(), transactions.begin(), transactions.end());
  }

 private:
  Connector* next_;
  std::vector<RawTransaction>& dispatched_;
};

TelemetryNames names_of(const std::type_info& task) {
  return {.task = base::unqualified(base::type_name(task.name())),
          .connector = kConnector,
          .messaging_system = kConnector};
}

void add(TaskRun& run, std::optional<TaskError> error) {
  ++(error ? run.failed : run.ok);
  if (error) run.errors.push_back(std::move(*error));
}

template <class AnyRole>
void exit(AnyRole& task, const TaskTelemetry& telemetry, TaskRun& run) {
  try {
    task.exit();
  } catch (...) {
    run.errors.push_back(describe_current_exception({}));
    const TaskError& error = run.errors.back();
    const std::string reason = shortened(reason_of(error), kLongestReason);
    telemetry.logger()
        .with({{"exception.type", error.type}, {"exception.message", reason}})
        .error("exit failed: {}: {}", error.type, reason);
  }
}

void produce_all(BatchProducer& batches, const TaskTestOptions& options, TaskRun& run) {
  const auto batch = static_cast<std::size_t>(options.policies.producer.batch.size);
  for (std::size_t left = options.limit; left > 0;) {
    BatchEnd end = batches.run(std::min(batch, left));
    left -= end.begun;
    run.ok += end.ok;
    run.failed += end.errors.size();
    std::ranges::move(end.errors, std::back_inserter(run.errors));
    const bool goes_on = end.why == BatchEnd::Why::is_full || end.why == BatchEnd::Why::has_failed;
    if (end.failure || !goes_on) return;
  }
}

}  // namespace

TaskRun run_consumer(const std::type_info& task, const ConsumerType& type,
                     const std::vector<std::string>& payloads, const TaskTestOptions& options) {
  const TelemetryNames names = names_of(task);
  Recorder recorder(names.task);
  TaskRun run;
  {
    const TaskTelemetry telemetry(names);
    Surroundings around(telemetry, options);
    const auto consumer = type.make(around.context());
    TransactionRunner transactions(telemetry, type, *consumer, nullptr, options.policies, around.thread());
    for (const std::string& payload : payloads) {
      const RawTransaction raw{.id = std::to_string(run.ok + run.failed + 1), .payload = payload};
      add(run, transactions.run(raw, nullptr).error);
    }
    exit(*consumer, telemetry, run);
  }
  static_cast<Recording&>(run) = recorder.stop();
  return run;
}

TaskRun run_producer(const std::type_info& task, const ProducerType& type, const TaskTestOptions& options) {
  const TelemetryNames names = names_of(task);
  Recorder recorder(names.task);
  TaskRun run;
  {
    const auto telemetry = TaskTelemetry::without_consumer(names);
    const std::string& connector = options.policies.producer.connector;
    const ProducerTelemetry producer_telemetry(telemetry, connector.empty() ? kConnector : connector,
                                               kConnector, false);
    Surroundings around(telemetry, options);
    const auto producer = type.make(around.context());
    const auto next = options.connectors.find(connector);
    RecordingSink sink(next != options.connectors.end() ? &next->second.get() : nullptr, run.dispatched);
    BatchProducer batches(producer_telemetry, type, *producer, sink, options.policies, around.thread());
    produce_all(batches, options, run);
    exit(*producer, telemetry, run);
  }
  static_cast<Recording&>(run) = recorder.stop();
  return run;
}

TaskRun run_plain(const std::type_info& task, const PlainType& type, const TaskTestOptions& options) {
  const TelemetryNames names = names_of(task);
  Recorder recorder(names.task);
  TaskRun run;
  {
    const auto telemetry = TaskTelemetry::without_consumer(names);
    Surroundings around(telemetry, options);
    const auto plain = type.make(around.context());
    add(run, ergon::detail::execute(telemetry, *plain, around.context()));
    exit(*plain, telemetry, run);
  }
  static_cast<Recording&>(run) = recorder.stop();
  return run;
}

}  // namespace ergon::inline v0::testing::detail
