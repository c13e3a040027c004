#pragma once

#include <string>
#include <string_view>

#include <ergon/config/tracing_config.hpp>
#include <ergon/task/errors.hpp>
#include <ergon/task/transaction.hpp>
#include <ergon/telemetry/logger.hpp>
#include <ergon/telemetry/tracer.hpp>

#include "task/messaging_spans.hpp"
#include "task/task_metrics.hpp"

namespace ergon::detail {

/// What the task layer records, made once per task so that recording allocates nothing but
/// for errors: span names, the logger and the metrics of ergon-facts. Any thread; every function is const.
class TaskTelemetry {
 public:
  explicit TaskTelemetry(TelemetryNames names, RemoteParent remote_parent = RemoteParent::parent);
  TaskTelemetry(const TaskTelemetry&) = delete;  // its attributes refer to its names
  TaskTelemetry& operator=(const TaskTelemetry&) = delete;

  struct SpanNames {
    std::string run, batch, transaction;
    std::string process, handle_success, handle_exception;
    std::string fetch, ack, nack;
  };

  [[nodiscard]] const TelemetryNames& names() const noexcept { return names_; }
  [[nodiscard]] const SpanNames& spans() const noexcept { return spans_; }
  [[nodiscard]] const MessagingSpans& messaging() const noexcept { return messaging_; }
  [[nodiscard]] RemoteParent remote_parent() const noexcept { return remote_parent_; }
  [[nodiscard]] const Tracer& tracer() const noexcept { return tracer_; }
  [[nodiscard]] const Logger& logger() const noexcept { return logger_; }
  [[nodiscard]] const TaskMetrics& metrics() const noexcept { return metrics_; }

  [[nodiscard]] std::string_view span_name(Stage stage) const noexcept;

  /// The exception being handled, recorded where it was caught: on the span and in a log, with the
  /// transaction's id and, where there is one, line. `what` is what failed, `transaction` null where it was
  /// not about one. Throws for lack of memory.
  [[nodiscard]] TaskError record_current_exception(ScopedSpan& span, std::string_view what,
                                                   const RawTransaction* transaction) const;

 private:
  TelemetryNames names_;
  SpanNames spans_;
  MessagingSpans messaging_;
  RemoteParent remote_parent_;
  Tracer tracer_;
  Logger logger_;
  TaskMetrics metrics_;
};

/// Marks a span as failed by what happened below it: status and `error.type`.
void mark_failed(ScopedSpan& span, const TaskError& error);

}  // namespace ergon::detail
