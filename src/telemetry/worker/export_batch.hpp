#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/telemetry/statistics.hpp>

#include "telemetry/buffer/memory_budget.hpp"

namespace ergon::inline v0::telemetry {

/// Records by their number in the signal's ledger: `count` of them from `first` on.
struct RecordRange {
  std::uint64_t first;
  std::uint64_t count;
};

/// How many records were dropped, by reason.
using DroppedRecords = std::array<std::uint64_t, kDropReasons>;

/// Bytes left free before a payload, for gRPC's prefix.
inline constexpr std::size_t kPayloadOffset = 5;

/// One request's worth of records for one destination: OTLP's Export…ServiceRequest after kPayloadOffset
/// bytes.
struct ExportBatch {
  std::uint64_t id{0};
  std::uint32_t pipeline{0};
  Signal signal{Signal::spans};
  std::uint64_t count{0};
  std::size_t charged_bytes{0};  // what it holds of the memory budget until it is done
  std::string payload;
  std::vector<RecordRange> records;

  [[nodiscard]] std::string_view request() const { return std::string_view(payload).substr(kPayloadOffset); }
};

/// What became of a batch, or of the part of one that was split off. A batch is done when the counts of its
/// results add up to its own.
struct ExportResult {
  std::uint64_t batch_id{0};
  std::uint32_t pipeline{0};
  std::uint64_t delivered{0};
  std::uint64_t rejected{0};
  std::uint64_t dropped{0};
  DropReason reason{DropReason::non_retryable};
};

/// Where a pipeline's batches go. `submit` is called by the worker alone and never waits; every batch gets
/// its results by and by, from any thread. `stop` ends the sink's work: what it still holds is answered with
/// dropped (`shutdown`) before it returns, and so is what is submitted later.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void submit(ExportBatch batch) = 0;
  virtual void stop() = 0;
};

/// Takes results; the worker's side of the way back. Any thread, never waits.
class ResultInbox {
 public:
  virtual void post(const ExportResult& result) = 0;

 protected:
  ~ResultInbox() = default;
};

}  // namespace ergon::inline v0::telemetry
