#include "task/connector_calls.hpp"

#include <string>

namespace ergon::inline v0::detail {

Fetched ConnectorCalls::fetch(std::size_t limit) const {
  const auto& [kind, system, destination, operation, type] = telemetry_->messaging().fetch;
  auto span = telemetry_->tracer().scoped_span(telemetry_->spans().fetch,
                                               {system, destination, operation, type}, {.kind = kind});
  const auto start = Clock::now();
  Fetched fetched;
  try {
    fetched.batch = connector_->fetch(limit);
    span.set_attribute(kBatchMessageCount, fetched.batch.size());
  } catch (...) {
    fetched.error = telemetry_->record_current_exception(span, telemetry_->spans().fetch, nullptr);
  }
  telemetry_->metrics().count_fetch(fetched.batch.size(), Clock::now() - start, !fetched.error);
  return fetched;
}

std::optional<TaskError> ConnectorCalls::ack(const RawTransaction& transaction) const {
  const auto& [kind, system, destination, operation, type] = telemetry_->messaging().ack;
  auto span = telemetry_->tracer().scoped_span(telemetry_->spans().ack,
                                               {system, destination, operation, type}, {.kind = kind});
  set_message_id(span, transaction);
  try {
    connector_->ack(transaction);
    return std::nullopt;
  } catch (...) {
    return telemetry_->record_current_exception(span, telemetry_->spans().ack, &transaction);
  }
}

void ConnectorCalls::nack(const RawTransaction& transaction, Requeue requeue) const {
  const auto& [kind, system, destination, operation, type] = telemetry_->messaging().nack;
  auto span = telemetry_->tracer().scoped_span(
      telemetry_->spans().nack,
      {system, destination, operation, type, {"ergon.requeue", requeue == Requeue::yes}}, {.kind = kind});
  set_message_id(span, transaction);
  try {
    connector_->nack(transaction, requeue);
  } catch (...) {
    static_cast<void>(telemetry_->record_current_exception(span, telemetry_->spans().nack, &transaction));
  }
}

ConnectorCalls::DeadLetter ConnectorCalls::dead_letter(const RawTransaction& transaction,
                                                       ScopedSpan& span) const {
  try {
    return connector_->dead_letter(transaction) ? DeadLetter::is_kept : DeadLetter::has_no_place;
  } catch (...) {
    const std::string what = telemetry_->names().connector + ".dead_letter";
    static_cast<void>(telemetry_->record_current_exception(span, what, &transaction));
    return DeadLetter::failed;
  }
}

}  // namespace ergon::inline v0::detail
