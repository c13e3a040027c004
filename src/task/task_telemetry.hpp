#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <ergon/config/tracing_config.hpp>
#include <ergon/task/errors.hpp>
#include <ergon/task/transaction.hpp>
#include <ergon/telemetry/logger.hpp>
#include <ergon/telemetry/tracer.hpp>

#include "task/messaging_spans.hpp"
#include "task/task_metrics.hpp"

namespace ergon::inline v0::detail {

/// What the task layer records, made once per task so that recording allocates nothing but
/// for errors: span names, the logger and, of a consumer, its metrics. Any thread; every function is const.
/// Spans of the task's own functions are named after them: `{Task}.execute` is not the worker's `execute`.
class TaskTelemetry {
 public:
  /// A consumer's.
  explicit TaskTelemetry(TelemetryNames names, RemoteParent remote_parent = RemoteParent::parent,
                         bool is_streaming = false);
  /// That of a task that consumes nothing: it has no metrics here.
  [[nodiscard]] static TaskTelemetry without_consumer(TelemetryNames names) {
    return TaskTelemetry(ConsumesNothing(), std::move(names));
  }
  TaskTelemetry(const TaskTelemetry&) = delete;  // its attributes refer to its names
  TaskTelemetry& operator=(const TaskTelemetry&) = delete;

  struct SpanNames {
    std::string run, batch, transaction;
    std::string process, handle_success, handle_exception;
    std::string fetch, ack, nack;
    std::string execute;
  };

  [[nodiscard]] const TelemetryNames& names() const noexcept { return names_; }
  [[nodiscard]] const SpanNames& spans() const noexcept { return spans_; }
  [[nodiscard]] const MessagingSpans& messaging() const noexcept { return messaging_; }
  [[nodiscard]] RemoteParent remote_parent() const noexcept { return remote_parent_; }
  [[nodiscard]] const Tracer& tracer() const noexcept { return tracer_; }
  [[nodiscard]] const Logger& logger() const noexcept { return logger_; }
  /// For metrics that are not of a consumer.
  [[nodiscard]] const Meter& meter() const noexcept { return meter_; }
  /// Of a consumer alone.
  [[nodiscard]] const TaskMetrics& metrics() const noexcept { return *metrics_; }

  [[nodiscard]] std::string_view span_name(Stage stage) const noexcept;

  /// The exception being handled, recorded where it was caught: on the span and in a log, with the
  /// transaction's id and, where there is one, line. `what` is what failed, `transaction` null where it was
  /// not about one. Where the time for it was over, what is the surroundings' fault is a timeout. Throws for
  /// lack of memory.
  [[nodiscard]] TaskError record_current_exception(ScopedSpan& span, std::string_view what,
                                                   const RawTransaction* transaction,
                                                   bool is_late = false) const;
  /// The same for an error that nobody threw.
  void record(ScopedSpan& span, std::string_view what, const RawTransaction* transaction,
              const TaskError& error) const;

 private:
  struct ConsumesNothing {};
  TaskTelemetry(ConsumesNothing consumes_nothing, TelemetryNames names);

  TelemetryNames names_;
  SpanNames spans_;
  MessagingSpans messaging_;
  RemoteParent remote_parent_;
  Tracer tracer_;
  Logger logger_;
  Meter meter_;
  std::optional<TaskMetrics> metrics_;
};

/// Marks a span as failed by what happened below it: status and `error.type`.
void mark_failed(ScopedSpan& span, const TaskError& error);
void mark_failed(Span& span, const TaskError& error);

}  // namespace ergon::inline v0::detail
