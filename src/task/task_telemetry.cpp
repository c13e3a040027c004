#include "task/task_telemetry.hpp"

#include <utility>

#include "base/version.hpp"
#include "task/shortened.hpp"
#include "task/task_error.hpp"

namespace ergon::detail {
namespace {

constexpr std::string_view kScope = "ergon.task";
constexpr ScopeOptions kScopeOptions{.version = base::kVersion};

InstrumentOptions seconds(std::string_view description) {
  return {.unit = "s",
          .description = description,
          .boundaries = {.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10}};
}

double to_seconds(Clock::duration duration) noexcept {
  return std::chrono::duration<double>(duration).count();
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

std::string_view outcome(const TaskError* error) noexcept {
  if (error == nullptr) return "ok";
  return error->kind == ErrorKind::timeout ? "timeout" : "error";
}

TaskTelemetry::SpanNames span_names(const TelemetryNames& names) {
  return {.run = names.task + ".run",
          .batch = names.task + ".batch",
          .transaction = names.task + ".transaction",
          .process = names.task + ".process",
          .handle_success = names.task + ".handle_success",
          .handle_exception = names.task + ".handle_exception",
          .fetch = names.connector + ".fetch",
          .ack = names.connector + ".ack",
          .nack = names.connector + ".nack"};
}

}  // namespace

TaskTelemetry::TaskTelemetry(TelemetryNames names, RemoteParent remote_parent)
    : names_(std::move(names)),
      spans_(span_names(names_)),
      messaging_(names_.messaging_system, names_.connector),
      remote_parent_(remote_parent),
      tracer_(get_tracer(kScope, kScopeOptions)),
      logger_(get_logger(kScope, kScopeOptions)),
      meter_(get_meter(kScope, kScopeOptions)),
      transactions_(
          meter_.counter("consumer.transactions.total",
                         {.unit = "{transaction}", .description = "Transactions, by how they ended."})),
      transaction_duration_(meter_.histogram("consumer.transactions.duration",
                                             seconds("From the start of a transaction to its ack or nack."))),
      fetches_(meter_.counter("consumer.fetch.total",
                              {.unit = "{fetch}", .description = "Fetches, by whether they succeeded."})),
      fetch_batch_size_(meter_.histogram<std::int64_t>(
          "consumer.fetch.batch_size",
          {.unit = "{transaction}", .description = "Transactions in one fetch."})),
      fetch_duration_(meter_.histogram("consumer.fetch.duration", seconds("Duration of one fetch."))),
      lifecycle_duration_(meter_.histogram("consumer.lifecycle.duration",
                                           seconds("Duration of one stage of a transaction."))),
      lifecycle_outcome_(
          meter_.counter("consumer.lifecycle.outcome",
                         {.unit = "{stage}", .description = "Stages of transactions, by outcome."})),
      batches_(meter_.counter("consumer.batches.total",
                              {.unit = "{batch}", .description = "Batches with at least one transaction."})),
      messaging_duration_(
          meter_.histogram("messaging.process.duration", seconds("Duration of processing operation."))) {}

std::string_view TaskTelemetry::span_name(Stage stage) const noexcept {
  switch (stage) {
    case Stage::process:
      return spans_.process;
    case Stage::success:
      return spans_.handle_success;
    case Stage::exception:
      break;
  }
  return spans_.handle_exception;
}

TaskError TaskTelemetry::record_current_exception(ScopedSpan& span, std::string_view what,
                                                  const RawTransaction* transaction) const {
  TaskError error = describe_current_exception(transaction != nullptr ? transaction->id : std::string_view());
  const std::string text = shortened(error.message, kLongestReason);
  const auto record = [&](Attributes attributes) {
    span.record_exception(error.type, text, attributes, what);
  };
  if (transaction == nullptr) {
    record({});
  } else if (transaction->line == 0) {
    record({{"ergon.transaction.id", transaction->id}});
  } else {
    record({{"ergon.transaction.id", transaction->id}, {"ergon.transaction.line", transaction->line}});
  }
  if (error.kind == ErrorKind::timeout) span.set_attribute("error.type", error_type(error));
  return error;
}

void TaskTelemetry::count_batch() const noexcept {
  batches_.add(1, {{"task", names_.task}, {"streaming", false}});
}

void TaskTelemetry::count_fetch(std::size_t fetched, Clock::duration duration,
                                bool is_success) const noexcept {
  const Attribute task{"task", names_.task};
  const Attribute connector{"connector", names_.connector};
  const Attribute success{"success", is_success};
  fetches_.add(1, {task, connector, success});
  fetch_duration_.record(to_seconds(duration), {task, connector, success});
  if (is_success) {
    fetch_batch_size_.record(static_cast<std::int64_t>(fetched), {task, connector, success});
  }
}

void TaskTelemetry::count_stage(Stage stage, Clock::duration duration,
                                const TaskError* error) const noexcept {
  const Attribute task{"task", names_.task};
  const Attribute stage_attribute{"stage", stage_name(stage)};
  lifecycle_duration_.record(to_seconds(duration), {task, stage_attribute});
  lifecycle_outcome_.add(1, {task, stage_attribute, {"outcome", outcome(error)}});
  if (stage != Stage::process) return;
  const auto& [kind, system, destination, operation, type] = messaging_.transaction;
  if (error == nullptr) {
    messaging_duration_.record(to_seconds(duration), {system, destination, operation});
  } else {
    messaging_duration_.record(to_seconds(duration),
                               {system, destination, operation, {"error.type", error_type(*error)}});
  }
}

void TaskTelemetry::count_transaction(Clock::duration duration, TransactionStatus status,
                                      const TaskError* error) const noexcept {
  const Attribute task{"task", names_.task};
  const Attribute status_attribute{"status", status_name(status)};
  if (error == nullptr) {
    transactions_.add(1, {task, status_attribute});
    transaction_duration_.record(to_seconds(duration), {task, status_attribute});
  } else {
    const Attribute type{"error.type", error_type(*error)};
    transactions_.add(1, {task, status_attribute, type});
    transaction_duration_.record(to_seconds(duration), {task, status_attribute, type});
  }
}

std::string_view error_type(const TaskError& error) noexcept {
  return error.kind == ErrorKind::timeout ? std::string_view("timeout") : std::string_view(error.type);
}

void mark_failed(ScopedSpan& span, const TaskError& error) {
  span.set_attribute("error.type", error_type(error));
  span.set_status(StatusCode::error, shortened(reason_of(error), kLongestReason));
}

}  // namespace ergon::detail
