#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "task/connector_calls.hpp"
#include "task/consumer_loop.hpp"
#include "task/stop_signals.hpp"
#include "task/task_telemetry.hpp"
#include "task/traced_dispatcher.hpp"
#include "task/worker_plan.hpp"

namespace ergon::detail {

/// A worker process between the start and the end of its telemetry: opens the connectors and the services,
/// runs a loop on each of `concurrency` threads, closes everything. Made and used on the main thread, once.
class Worker {
 public:
  /// The plan and the signals must outlive it.
  Worker(const WorkerPlan& plan, const TaskIdentity& identity, const StopSignals& signals);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  /// Destroys in the reverse order of making: tasks, services, connectors.
  ~Worker();

  /// Ends when the input does, or a signal came. Answers why it failed; empty if it did not. Never throws but
  /// for lack of memory: what the user's code throws is recorded and becomes the answer.
  std::string live();

  [[nodiscard]] Tally tally() const;
  [[nodiscard]] Clock::duration duration() const noexcept { return duration_; }

 private:
  template <class Step>
  void run_step(std::string_view span_name, const Step& step);

  void init_connectors();
  void make_connector(const PartPlan<Connector>& plan);
  void init_services();
  void execute();
  void exit();
  void run_loops();
  void run_loop(ConsumerLoop& loop) noexcept;
  void fail(TaskError error);

  const WorkerPlan& plan_;
  std::stop_source stop_;  // the signals' own
  TaskContext context_;
  TaskTelemetry telemetry_;

  // In the order of their making; `loops_` refer to all of it.
  std::vector<std::unique_ptr<Connector>> connectors_;  // the one to fetch from is the first
  std::vector<std::unique_ptr<TracedDispatcher>> dispatchers_;
  std::vector<Connector*> open_connectors_;
  std::vector<std::unique_ptr<Service>> services_;
  std::vector<Service*> open_services_;
  std::unique_ptr<ConnectorCalls> calls_;
  std::vector<std::unique_ptr<ConsumerLoop>> loops_;

  std::mutex failure_mutex_;
  std::optional<TaskError>
      failure_;        // the first; by any thread under the mutex, read when the loops have ended
  std::string doing_;  // for messages; main thread only
  Clock::duration duration_{};
};

}  // namespace ergon::detail
