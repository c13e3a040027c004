#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "ring_reader/ring_file.hpp"
#include "telemetry/worker/export_batch.hpp"

namespace ergon::inline v0::ring_reader {

/// The records of one signal as requests, of at most 4 MiB each.
struct Requests {
  std::vector<telemetry::ExportBatch> batches;
  std::size_t too_large{0};  // records that alone are larger than that, and left out
};

[[nodiscard]] Requests make_requests(const RingFile& file, telemetry::Signal signal);

/// What a console would have shown: logs, then spans as trees. Records of which nothing can be shown are
/// named by their number.
[[nodiscard]] std::string rings_as_text(const RingFile& file);

/// Writes the requests into the folder, which is made if need be: `<process>-logs-1.otlp`,
/// `<process>-traces-1.otlp` …, for nobody but the user, ready to be posted to `/v1/logs` and `/v1/traces` as
/// application/x-protobuf. Answers the files' names; throws std::runtime_error, as for one that is there
/// already.
std::vector<std::string> write_requests(const RingFile& file, const std::filesystem::path& folder);

}  // namespace ergon::inline v0::ring_reader
