#include "task/messaging_spans.hpp"

namespace ergon::inline v0::detail {

MessagingSpans::MessagingSpans(std::string_view system, std::string_view destination) noexcept {
  const auto row = [&](SpanKind kind, std::string_view name, std::string_view type) {
    return MessagingSpan{.kind = kind,
                         .system = {"messaging.system", system},
                         .destination = {"messaging.destination.name", destination},
                         .operation_name = {"messaging.operation.name", name},
                         .operation_type = {"messaging.operation.type", type}};
  };
  fetch = row(SpanKind::client, "fetch", "receive");
  transaction = row(SpanKind::consumer, "process", "process");
  ack = row(SpanKind::client, "ack", "settle");
  nack = row(SpanKind::client, "nack", "settle");
  dispatch = row(SpanKind::producer, "dispatch", "send");
  create = row(SpanKind::producer, "prepare", "create");
}

void set_message_id(ScopedSpan& span, const RawTransaction& transaction) noexcept {
  if (!transaction.id.empty()) span.set_attribute("messaging.message.id", transaction.id);
}

void set_message_id(Span& span, const RawTransaction& transaction) noexcept {
  if (!transaction.id.empty()) span.set_attribute("messaging.message.id", transaction.id);
}

void set_messages(ScopedSpan& span, const std::vector<RawTransaction>& transactions) noexcept {
  if (transactions.size() == 1) return set_message_id(span, transactions.front());
  span.set_attribute(kBatchMessageCount, transactions.size());
}

}  // namespace ergon::inline v0::detail
