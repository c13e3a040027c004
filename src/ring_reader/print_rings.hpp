#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ring_reader/ring_file.hpp"
#include "telemetry/worker/export_batch.hpp"

namespace ergon::ring_reader {

/// The records of one signal as requests, of at most 4 MiB each.
[[nodiscard]] std::vector<telemetry::ExportBatch> make_requests(const RingFile& file,
                                                                telemetry::Signal signal);

/// What a console would have shown: logs, then spans as trees.
[[nodiscard]] std::string rings_as_text(const RingFile& file);

/// Writes the requests into the folder (`logs-1.otlp`, `traces-1.otlp`, …), ready to be posted to
/// `/v1/logs` and `/v1/traces` as application/x-protobuf, and answers the files' names. Throws
/// std::system_error.
std::vector<std::string> write_requests(const RingFile& file, const std::filesystem::path& folder);

}  // namespace ergon::ring_reader
