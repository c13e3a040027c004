#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/telemetry/observable.hpp>

#include "task/attempt_watch.hpp"
#include "task/connector_calls.hpp"
#include "task/loop.hpp"
#include "task/loop_thread.hpp"
#include "task/producer_telemetry.hpp"
#include "task/task_telemetry.hpp"
#include "task/traced_dispatcher.hpp"
#include "task/worker_plan.hpp"
#include "task/worker_seat.hpp"

namespace ergon::inline v0::detail {

/// A worker process between the start and the end of its telemetry: opens the connectors and the services,
/// runs each of its roles' loops on a thread, closes everything. Made and used on the main thread, once.
class Worker {
 public:
  /// The plan, the board and the watch must outlive it.
  Worker(const WorkerPlan& plan, const TaskIdentity& identity, const WorkerSeat& seat, AttemptWatch& watch,
         std::stop_source stop);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  /// Destroys in the reverse order of making: tasks, services, connectors.
  ~Worker();

  /// Ends when the input does, or a signal came. Answers why it failed; empty if it did not. Never throws but
  /// for lack of memory: what the user's code throws is recorded and becomes the answer.
  std::string live();

  /// Whether it has done as many transactions as one worker process may.
  [[nodiscard]] bool is_used_up() const noexcept { return lifetime_.is_used_up(); }
  [[nodiscard]] Clock::duration duration() const noexcept { return duration_; }

 private:
  template <class Step>
  void run_step(std::string_view span_name, const Step& step);

  void init_connectors();
  void make_connector(const PartPlan<Connector>& plan);
  void init_services();
  void execute();
  void add_consumer_loops();
  void add_producer_loops();
  void add_plain_loop();
  void process_only(const OneTransaction& only);
  void open_dead_letters(std::vector<std::string>& names);
  [[nodiscard]] LoopThread next_thread(WorkBudget& budget);
  void exit();
  void run_loops();
  void run_loop(Loop& loop) noexcept;
  void fail(TaskError error);

  const WorkerPlan& plan_;
  const WorkerSeat& seat_;
  AttemptWatch& watch_;
  std::stop_source stop_;  // the signals' own
  TaskContext context_;
  WorkBudget lifetime_;  // of this process
  WorkBudget consumer_budget_;
  WorkBudget producer_budget_;
  TaskTelemetry telemetry_;
  std::optional<ProducerTelemetry> producer_telemetry_;

  // In the order of their making; `loops_` refer to all of it.
  std::vector<std::unique_ptr<Connector>> connectors_;  // the one to fetch from is the first
  std::vector<std::unique_ptr<TracedDispatcher>> dispatchers_;
  std::vector<Connector*> open_connectors_;
  std::vector<std::unique_ptr<Service>> services_;
  std::vector<Service*> open_services_;
  CallbackRegistration connector_gauges_;
  std::unique_ptr<ConnectorCalls> calls_;
  std::vector<std::unique_ptr<Loop>> loops_;

  std::mutex failure_mutex_;
  std::optional<TaskError>
      failure_;        // the first; by any thread under the mutex, read when the loops have ended
  std::string doing_;  // for messages; main thread only
  Clock::duration duration_{};
};

}  // namespace ergon::inline v0::detail
