#include "task/connector_calls.hpp"

namespace ergon::detail {

namespace {

constexpr SpanOptions kClientSpan{.kind = SpanKind::client};

}  // namespace

std::vector<RawTransaction> ConnectorCalls::fetch(std::size_t limit) const {
  auto span = telemetry_->tracer().scoped_span(telemetry_->spans().fetch, {}, kClientSpan);
  const auto start = Clock::now();
  try {
    auto fetched = connector_->fetch(limit);
    telemetry_->count_fetch(fetched.size(), Clock::now() - start, true);
    span.set_attribute("messaging.batch.message_count", fetched.size());
    return fetched;
  } catch (...) {
    telemetry_->count_fetch(0, Clock::now() - start, false);
    const TaskError error = describe_current_exception({});
    record_error(span, error);
    telemetry_->log_exception(telemetry_->spans().fetch, error, nullptr);
    throw;
  }
}

void ConnectorCalls::ack(const RawTransaction& transaction) const {
  auto span = telemetry_->tracer().scoped_span(telemetry_->spans().ack, {}, kClientSpan);
  try {
    connector_->ack(transaction);
  } catch (...) {
    const TaskError error = describe_current_exception(transaction.id);
    record_error(span, error);
    telemetry_->log_exception(telemetry_->spans().ack, error, &transaction);
    throw;
  }
}

void ConnectorCalls::nack(const RawTransaction& transaction, Requeue requeue) const noexcept {
  auto span = telemetry_->tracer().scoped_span(telemetry_->spans().nack,
                                               {{"ergon.requeue", requeue == Requeue::yes}}, kClientSpan);
  try {
    connector_->nack(transaction, requeue);
  } catch (...) {
    const TaskError error = describe_current_exception(transaction.id);
    record_error(span, error);
    telemetry_->log_exception(telemetry_->spans().nack, error, &transaction);
  }
}

}  // namespace ergon::detail
