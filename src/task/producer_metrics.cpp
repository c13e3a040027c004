#include "task/producer_metrics.hpp"

#include <string_view>

namespace ergon::inline v0::detail {
namespace {

constexpr std::string_view kRole = "producer";

}  // namespace

ProducerMetrics::ProducerMetrics(const Meter& meter, const std::string& task, bool is_streaming)
    : task_(task),
      transactions_total_(
          meter.counter("producer.transactions.total",
                        {.unit = "{transaction}", .description = "Transactions, by how they ended."})),
      transactions_duration_(
          meter.histogram("producer.transactions.duration",
                          seconds("From the start of a transaction's preparation to its last handler."))),
      succeeded_(transactions_total_.bind({{"task", task}, {"status", "success"}})),
      success_duration_(transactions_duration_.bind({{"task", task}, {"status", "success"}})),
      stages_{StageMetrics(meter, kRole, task, "prepare"), StageMetrics(meter, kRole, task, "dispatch"),
              StageMetrics(meter, kRole, task, "success"), StageMetrics(meter, kRole, task, "exception")},
      batches_(meter
                   .counter("producer.batches.total",
                            {.unit = "{batch}", .description = "Batches with at least one transaction."})
                   .bind({{"task", task}, {"streaming", is_streaming}})),
      in_flight_(
          meter
              .up_down_counter("producer.transactions.in_flight",
                               {.unit = "{transaction}", .description = "Transactions being worked on."})
              .bind({{"task", task}})),
      slots_(meter
                 .up_down_counter(
                     "producer.loop.slots",
                     {.unit = "{slot}", .description = "Loops, each of which works on one batch at a time."})
                 .bind({{"task", task}})) {}

void ProducerMetrics::count_transaction(Clock::duration duration, const TaskError* error) const noexcept {
  const double taken = to_seconds(duration);
  if (error == nullptr) {
    succeeded_.add(1);
    success_duration_.record(taken);
    return;
  }
  const Attribute task{"task", task_};
  const Attribute how{"status", error->kind == ErrorKind::timeout ? "timeout" : "exception"};
  const Attribute type{"error.type", error_type(*error)};
  transactions_total_.add(1, {task, how, type});
  transactions_duration_.record(taken, {task, how, type});
}

}  // namespace ergon::inline v0::detail
