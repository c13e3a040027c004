#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "integration/arrived.hpp"
#include "support/child_process.hpp"
#include "support/reserved_port.hpp"
#include "support/temporary_folder.hpp"

namespace ergon::test {

/// The OpenTelemetry Collector itself as a backend on 127.0.0.1: OTLP/gRPC in, a batch processor, files out.
class Collector {
 public:
  /// Where tools/collector/build_collector.sh leaves it; nothing where it was not built.
  [[nodiscard]] static std::optional<std::filesystem::path> find();

  /// Answers when it is ready; throws std::runtime_error, with its words, when it does not start.
  explicit Collector(const std::filesystem::path& program);

  [[nodiscard]] std::string endpoint() const { return "http://" + address_; }
  /// Lets it send on what it holds and end, and reads what it wrote.
  [[nodiscard]] Arrived stop();

 private:
  TemporaryFolder folder_;
  ReservedPort port_;
  std::string address_;
  ChildProcess child_;
};

}  // namespace ergon::test
