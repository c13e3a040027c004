#pragma once

#include <string_view>
#include <vector>

#include <ergon/task/transaction.hpp>
#include <ergon/telemetry/tracer.hpp>

namespace ergon::inline v0::detail {

// The task layer's part of OpenTelemetry's semantic conventions for messaging (v1.44.0, messaging-spans):
//
// | span                 | kind     | operation.name | operation.type | message.id | batch.message_count |
// |----------------------|----------|----------------|----------------|------------|---------------------|
// | {connector}.fetch    | CLIENT   | fetch          | receive        |            | unless it failed    |
// | {Task}.transaction   | CONSUMER | process        | process        | if any     |                     |
// | {connector}.ack      | CLIENT   | ack            | settle         | if any     |                     |
// | {connector}.nack     | CLIENT   | nack           | settle         | if any     |                     |
// | {connector}.dispatch | PRODUCER | dispatch       | send           | of one     | of several          |
// | {Task}.transaction   | PRODUCER | prepare        | create         | if any     |                     |
//
// The last one is a producer's: its context is the message's, and {connector}.dispatch links to it. Of what a
// task sends by itself the context is that of {connector}.dispatch.
//
// All have messaging.system (the connector's type), messaging.destination.name (its name in the
// configuration) and, where they failed, error.type. {Task}.batch is about no operation of the messaging
// system; it has the count alone.

inline constexpr std::string_view kBatchMessageCount = "messaging.batch.message_count";

/// One row: what its span starts with.
struct MessagingSpan {
  SpanKind kind;
  Attribute system;
  Attribute destination;
  Attribute operation_name;
  Attribute operation_type;
};

/// All rows for one connector.
struct MessagingSpans {
  /// Borrows the names.
  MessagingSpans(std::string_view system, std::string_view destination) noexcept;

  MessagingSpan fetch;
  MessagingSpan transaction;
  MessagingSpan ack;
  MessagingSpan nack;
  MessagingSpan dispatch;
  MessagingSpan create;
};

/// Says which message the span is about, where the source gives it an id.
void set_message_id(ScopedSpan& span, const RawTransaction& transaction) noexcept;
void set_message_id(Span& span, const RawTransaction& transaction) noexcept;

/// Says which messages, not none, a send is about: one, by its id, or how many.
void set_messages(ScopedSpan& span, const std::vector<RawTransaction>& transactions) noexcept;

}  // namespace ergon::inline v0::detail
