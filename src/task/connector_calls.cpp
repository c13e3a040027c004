#include "task/connector_calls.hpp"

namespace ergon::detail {

namespace {

constexpr SpanOptions kClientSpan{.kind = SpanKind::client};

}  // namespace

Fetched ConnectorCalls::fetch(std::size_t limit) const {
  auto span = telemetry_->tracer().scoped_span(telemetry_->spans().fetch, {}, kClientSpan);
  const auto start = Clock::now();
  Fetched fetched;
  try {
    fetched.batch = connector_->fetch(limit);
    span.set_attribute("messaging.batch.message_count", fetched.batch.size());
  } catch (...) {
    fetched.error = telemetry_->record_current_exception(span, telemetry_->spans().fetch, nullptr);
  }
  telemetry_->count_fetch(fetched.batch.size(), Clock::now() - start, !fetched.error);
  return fetched;
}

std::optional<TaskError> ConnectorCalls::ack(const RawTransaction& transaction) const {
  auto span = telemetry_->tracer().scoped_span(telemetry_->spans().ack, {}, kClientSpan);
  try {
    connector_->ack(transaction);
    return std::nullopt;
  } catch (...) {
    return telemetry_->record_current_exception(span, telemetry_->spans().ack, &transaction);
  }
}

void ConnectorCalls::nack(const RawTransaction& transaction, Requeue requeue) const {
  auto span = telemetry_->tracer().scoped_span(telemetry_->spans().nack,
                                               {{"ergon.requeue", requeue == Requeue::yes}}, kClientSpan);
  try {
    connector_->nack(transaction, requeue);
  } catch (...) {
    static_cast<void>(telemetry_->record_current_exception(span, telemetry_->spans().nack, &transaction));
  }
}

}  // namespace ergon::detail
