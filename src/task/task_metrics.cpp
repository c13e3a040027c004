#include "task/task_metrics.hpp"

#include <string_view>
#include <vector>

namespace ergon::inline v0::detail {
namespace {

constexpr std::string_view kRole = "consumer";

// From a hand-over in memory to a backlog of a day.
InstrumentOptions queue_seconds(std::string_view description) {
  return {.unit = "s",
          .description = description,
          .boundaries = {.01, .05, .1, .5, 1, 5, 10, 30, 60, 300, 1'800, 3'600, 21'600, 86'400}};
}

std::string_view stage_name(Stage stage) noexcept {
  switch (stage) {
    case Stage::process:
      return "process";
    case Stage::success:
      return "success";
    case Stage::exception:
      break;
  }
  return "exception";
}

std::string_view status_name(TransactionStatus status) noexcept {
  switch (status) {
    case TransactionStatus::success:
      return "success";
    case TransactionStatus::timeout:
      return "timeout";
    case TransactionStatus::redeliver:
      return "redeliver";
    case TransactionStatus::exception:
      break;
  }
  return "exception";
}

}  // namespace

TaskMetrics::TaskMetrics(const Meter& meter, const TelemetryNames& names, const MessagingSpan& transaction,
                         bool is_streaming)
    : names_(names),
      messaging_(transaction),
      transactions_total_(
          meter.counter("consumer.transactions.total",
                        {.unit = "{transaction}", .description = "Transactions, by how they ended."})),
      transactions_duration_(meter.histogram("consumer.transactions.duration",
                                             seconds("From the start of a transaction to its ack or nack."))),
      fetch_total_(meter.counter("consumer.fetch.total",
                                 {.unit = "{fetch}", .description = "Fetches, by whether they succeeded."})),
      fetch_duration_(meter.histogram("consumer.fetch.duration", seconds("Duration of one fetch."))),
      messaging_duration_(
          meter.histogram("messaging.process.duration", seconds("Duration of processing operation."))),
      succeeded_(transactions_total_.bind({{"task", names.task}, {"status", "success"}})),
      success_duration_(transactions_duration_.bind({{"task", names.task}, {"status", "success"}})),
      process_duration_(messaging_duration_.bind(
          {transaction.system, transaction.destination, transaction.operation_name})),
      stages_{StageMetrics(meter, kRole, names.task, stage_name(Stage::process)),
              StageMetrics(meter, kRole, names.task, stage_name(Stage::success)),
              StageMetrics(meter, kRole, names.task, stage_name(Stage::exception))},
      fetches_{bind_fetches(false), bind_fetches(true)},
      fetch_batch_size_(
          meter
              .histogram<std::int64_t>("consumer.fetch.batch_size",
                                       {.unit = "{transaction}", .description = "Transactions in one fetch."})
              .bind({{"task", names.task}, {"connector", names.connector}, {"success", true}})),
      batches_(meter
                   .counter("consumer.batches.total",
                            {.unit = "{batch}", .description = "Batches with at least one transaction."})
                   .bind({{"task", names.task}, {"streaming", is_streaming}})),
      empty_waits_(
          meter
              .counter("consumer.empty_queue.waits",
                       {.unit = "{wait}", .description = "Waits after fetches that brought nothing."})
              .bind({{"task", names.task}, {"streaming", is_streaming}})),
      dead_letters_(meter
                        .counter("consumer.transactions.dead_lettered",
                                 {.unit = "{transaction}",
                                  .description = "Transactions taken to the dead-letter place."})
                        .bind({{"task", names.task}})),
      queue_time_(meter
                      .histogram("consumer.transactions.queue_time",
                                 queue_seconds("From a transaction's dispatch to its start."))
                      .bind({{"task", names.task}})),
      in_flight_(
          meter
              .up_down_counter("consumer.transactions.in_flight",
                               {.unit = "{transaction}", .description = "Transactions being worked on."})
              .bind({{"task", names.task}})),
      slots_(meter
                 .up_down_counter("consumer.loop.slots",
                                  {.unit = "{slot}",
                                   .description = "Loops, each of which works on one transaction at a time."})
                 .bind({{"task", names.task}})) {}

TaskMetrics::OfFetches TaskMetrics::bind_fetches(bool is_success) const noexcept {
  const Attribute task{"task", names_.task};
  const Attribute connector{"connector", names_.connector};
  const Attribute success{"success", is_success};
  return {fetch_total_.bind({task, connector, success}), fetch_duration_.bind({task, connector, success})};
}

void TaskMetrics::count_fetch(std::size_t fetched, Clock::duration duration, bool is_success) const noexcept {
  const OfFetches& own = fetches_[is_success ? 1 : 0];
  own.total.add(1);
  own.duration.record(to_seconds(duration));
  if (is_success) fetch_batch_size_.record(static_cast<std::int64_t>(fetched));
}

void TaskMetrics::count_process(Clock::duration duration, const TaskError* error) const noexcept {
  const double taken = to_seconds(duration);
  if (error == nullptr) return process_duration_.record(taken);
  messaging_duration_.record(taken, {messaging_.system,
                                     messaging_.destination,
                                     messaging_.operation_name,
                                     {"error.type", error_type(*error)}});
}

void TaskMetrics::count_transaction(Clock::duration duration, TransactionStatus status,
                                    const TaskError* error) const noexcept {
  const double taken = to_seconds(duration);
  if (error == nullptr) {
    succeeded_.add(1);
    success_duration_.record(taken);
    return;
  }
  const Attribute task{"task", names_.task};
  const Attribute how{"status", status_name(status)};
  const Attribute type{"error.type", error_type(*error)};
  transactions_total_.add(1, {task, how, type});
  transactions_duration_.record(taken, {task, how, type});
}

}  // namespace ergon::inline v0::detail
