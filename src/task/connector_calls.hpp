#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <ergon/task/connector.hpp>

#include "task/task_telemetry.hpp"

namespace ergon::inline v0::detail {

/// What a fetch brought, or why it failed.
struct Fetched {
  std::vector<RawTransaction> batch{};
  std::optional<TaskError> error{};
};

/// A connector as the loops call it: each call in a span of kind CLIENT, fetches counted. What the connector
/// throws is recorded and becomes an answer; only lack of memory is thrown. Any thread.
class ConnectorCalls {
 public:
  ConnectorCalls(Connector& connector, const TaskTelemetry& telemetry) noexcept
      : connector_(&connector), telemetry_(&telemetry) {}

  [[nodiscard]] Fetched fetch(std::size_t limit) const;
  /// Answers why it failed, if it did.
  [[nodiscard]] std::optional<TaskError> ack(const RawTransaction& transaction) const;
  /// Answers nothing: the transaction has failed already, or is handed back.
  void nack(const RawTransaction& transaction, Requeue requeue) const;

  /// What became of a transaction that was given up.
  enum class DeadLetter : std::uint8_t { has_no_place, is_kept, failed };
  /// In no span of its own: what goes wrong is recorded on the transaction's.
  [[nodiscard]] DeadLetter dead_letter(const RawTransaction& transaction, ScopedSpan& span) const;

 private:
  Connector* connector_;
  const TaskTelemetry* telemetry_;
};

}  // namespace ergon::inline v0::detail
