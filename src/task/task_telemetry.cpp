#include "task/task_telemetry.hpp"

#include <utility>

#include "base/version.hpp"
#include "task/shortened.hpp"
#include "task/task_error.hpp"

namespace ergon::inline v0::detail {
namespace {

constexpr std::string_view kScope = "ergon.task";
constexpr ScopeOptions kScopeOptions{.version = base::kVersion};

TaskTelemetry::SpanNames span_names(const TelemetryNames& names) {
  return {.run = names.task + ".run",
          .batch = names.task + ".batch",
          .transaction = names.task + ".transaction",
          .process = names.task + ".process",
          .handle_success = names.task + ".handle_success",
          .handle_exception = names.task + ".handle_exception",
          .fetch = names.connector + ".fetch",
          .ack = names.connector + ".ack",
          .nack = names.connector + ".nack",
          .execute = names.task + ".execute"};
}

template <class AnySpan>
void mark_span_failed(AnySpan& span, const TaskError& error) {
  span.set_attribute("error.type", error_type(error));
  span.set_status(StatusCode::error, shortened(reason_of(error), kLongestReason));
}

}  // namespace

TaskTelemetry::TaskTelemetry(ConsumesNothing /*consumes_nothing*/, TelemetryNames names)
    : names_(std::move(names)),
      spans_(span_names(names_)),
      messaging_(names_.messaging_system, names_.connector),
      remote_parent_(RemoteParent::parent),
      tracer_(get_tracer(kScope, kScopeOptions)),
      logger_(get_logger(kScope, kScopeOptions)),
      meter_(get_meter(kScope, kScopeOptions)) {}

TaskTelemetry::TaskTelemetry(TelemetryNames names, RemoteParent remote_parent, bool is_streaming)
    : TaskTelemetry(ConsumesNothing(), std::move(names)) {
  remote_parent_ = remote_parent;
  metrics_.emplace(meter_, names_, messaging_.transaction, is_streaming);
}

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
                                                  const RawTransaction* transaction, bool is_late) const {
  TaskError error = describe_current_exception(transaction != nullptr ? transaction->id : std::string_view());
  if (is_late && error.kind == ErrorKind::system) error.kind = ErrorKind::timeout;
  record(span, what, transaction, error);
  return error;
}

void TaskTelemetry::record(ScopedSpan& span, std::string_view what, const RawTransaction* transaction,
                           const TaskError& error) const {
  const std::string text = shortened(error.message, kLongestReason);
  const auto with = [&](Attributes attributes) { span.record_exception(error.type, text, attributes, what); };
  if (transaction == nullptr) {
    with({});
  } else if (transaction->line == 0) {
    with({{"ergon.transaction.id", transaction->id}});
  } else {
    with({{"ergon.transaction.id", transaction->id}, {"ergon.transaction.line", transaction->line}});
  }
  if (error.kind == ErrorKind::timeout) span.set_attribute("error.type", error_type(error));
}

void mark_failed(ScopedSpan& span, const TaskError& error) { mark_span_failed(span, error); }
void mark_failed(Span& span, const TaskError& error) { mark_span_failed(span, error); }

}  // namespace ergon::inline v0::detail
