#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <ergon/config/tracing_config.hpp>
#include <ergon/task/errors.hpp>
#include <ergon/task/transaction.hpp>
#include <ergon/telemetry/logger.hpp>
#include <ergon/telemetry/meter.hpp>
#include <ergon/telemetry/tracer.hpp>

#include "task/messaging_spans.hpp"

namespace ergon::detail {

using Clock = std::chrono::steady_clock;

/// A step in the life of a transaction. Its text is the attribute `stage` of the lifecycle metrics.
enum class Stage : std::uint8_t { process, success, exception };

/// How a transaction ended. Its text is the attribute `status` of the transaction metrics.
enum class TransactionStatus : std::uint8_t {
  success,
  exception,
  timeout,
  redeliver,  // the work was done, but not acknowledged: the source will deliver it again
};

/// Who the telemetry is about.
struct TelemetryNames {
  std::string task;
  std::string connector;         // as the configuration names it
  std::string messaging_system;  // the connector's type
};

/// What the task layer records, made once per task so that recording allocates nothing but
/// for errors: span names, the logger and the instruments of ergon-facts. Any thread; every function is
/// const.
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

  [[nodiscard]] std::string_view span_name(Stage stage) const noexcept;

  /// The exception being handled, recorded where it was caught: on the span and in a log, with the
  /// transaction's id and, where there is one, line. `what` is what failed, `transaction` null where it was
  /// not about one. Throws for lack of memory.
  [[nodiscard]] TaskError record_current_exception(ScopedSpan& span, std::string_view what,
                                                   const RawTransaction* transaction) const;

  void count_batch() const noexcept;
  void count_fetch(std::size_t fetched, Clock::duration duration, bool is_success) const noexcept;
  void count_stage(Stage stage, Clock::duration duration, const TaskError* error) const noexcept;
  void count_transaction(Clock::duration duration, TransactionStatus status,
                         const TaskError* error) const noexcept;

 private:
  TelemetryNames names_;
  SpanNames spans_;
  MessagingSpans messaging_;
  RemoteParent remote_parent_;
  Tracer tracer_;
  Logger logger_;
  Meter meter_;
  Counter<std::int64_t> transactions_;
  Histogram<double> transaction_duration_;
  Counter<std::int64_t> fetches_;
  Histogram<std::int64_t> fetch_batch_size_;
  Histogram<double> fetch_duration_;
  Histogram<double> lifecycle_duration_;
  Counter<std::int64_t> lifecycle_outcome_;
  Counter<std::int64_t> batches_;
  Histogram<double> messaging_duration_;
};

/// The attribute `error.type`: the exception's type, but `timeout` for anything of that kind.
[[nodiscard]] std::string_view error_type(const TaskError& error) noexcept;

/// Marks a span as failed by what happened below it: status and `error.type`.
void mark_failed(ScopedSpan& span, const TaskError& error);

}  // namespace ergon::detail
