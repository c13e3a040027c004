#pragma once

#include <cstddef>
#include <vector>

#include <ergon/task/connector.hpp>

#include "task/task_telemetry.hpp"

namespace ergon::detail {

/// A connector as the loops call it: each call in a span of kind CLIENT, fetches counted. Any thread.
class ConnectorCalls {
 public:
  ConnectorCalls(Connector& connector, const TaskTelemetry& telemetry) noexcept
      : connector_(&connector), telemetry_(&telemetry) {}

  /// Throws what the connector throws, after recording it.
  [[nodiscard]] std::vector<RawTransaction> fetch(std::size_t limit) const;
  /// As `fetch`.
  void ack(const RawTransaction& transaction) const;
  /// Logs what the connector throws: the transaction has failed already, or is handed back.
  void nack(const RawTransaction& transaction, Requeue requeue) const noexcept;

 private:
  Connector* connector_;
  const TaskTelemetry* telemetry_;
};

}  // namespace ergon::detail
