#pragma once

#include <cstdint>
#include <memory>

#include <ergon/extend/exporter.hpp>
#include <ergon/extend/log_handler.hpp>
#include <ergon/extend/span_processor.hpp>

#include "telemetry/worker/export_batch.hpp"

namespace ergon::inline v0::telemetry {

/// Code of the program's own that takes batches. Called on one thread; anything may be thrown.
class UserCode {
 public:
  virtual ~UserCode() = default;

  /// Answers how many of the batch's records were taken.
  virtual std::uint64_t take(const ExportBatch& batch) = 0;
  virtual bool force_flush(Deadline deadline) = 0;
  virtual void shutdown(Deadline deadline) = 0;
};

[[nodiscard]] std::unique_ptr<UserCode> user_code(std::shared_ptr<TelemetryExporter> exporter);
[[nodiscard]] std::unique_ptr<UserCode> user_code(std::shared_ptr<SpanProcessor> processor);
[[nodiscard]] std::unique_ptr<UserCode> user_code(std::shared_ptr<LogHandler> handler);

}  // namespace ergon::inline v0::telemetry
