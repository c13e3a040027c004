#pragma once

#include <filesystem>

#include "integration/arrived.hpp"

namespace ergon::test {

/// Reads files of OTLP's JSON lines, as a Collector's file exporter writes them, into the form of the in-tree
/// receiver, so that the same checks hold for both. A file that does not exist is one without items. Throws
/// nlohmann::json::exception on what is not OTLP's JSON.
[[nodiscard]] Arrived read_otlp_json(const std::filesystem::path& traces, const std::filesystem::path& logs,
                                     const std::filesystem::path& metrics);

}  // namespace ergon::test
