#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "integration/arrived.hpp"
#include "support/child_process.hpp"
#include "support/reserved_port.hpp"
#include "support/temporary_folder.hpp"

namespace ergon::test {

/// What the Collector does with what it takes: write it to files, through a batch processor, or only count.
enum class CollectorOutput : std::uint8_t { files, counts };

/// The OpenTelemetry Collector itself as an OTLP/gRPC backend on 127.0.0.1.
class Collector {
 public:
  /// Where tools/collector/build_collector.sh leaves it; nothing where it was not built.
  [[nodiscard]] static std::optional<std::filesystem::path> find();

  /// Answers when it is ready; throws std::runtime_error, with its words, when it does not start.
  explicit Collector(const std::filesystem::path& program, CollectorOutput output = CollectorOutput::files);

  [[nodiscard]] std::string endpoint() const { return "http://" + address_; }
  /// Lets it send on what it holds and end, as an operator does; until `restart` its port refuses.
  void end();
  /// Ends it and starts it again on the same port; its files go on, its counts begin anew.
  void restart();
  /// Ends it and reads what it wrote.
  [[nodiscard]] Arrived stop();

  /// The file of JSON lines that it writes a signal to: `traces`, `logs` or `metrics`.
  [[nodiscard]] std::filesystem::path file(const std::string& signal) const;
  /// Spans that it took, as its own metrics tell; for CollectorOutput::counts.
  [[nodiscard]] std::uint64_t accepted_spans() const;

 private:
  void start();

  std::filesystem::path program_;
  CollectorOutput output_;
  TemporaryFolder folder_;
  ReservedPort port_;
  ReservedPort metrics_port_;
  std::string address_;
  std::optional<ChildProcess> child_;
};

}  // namespace ergon::test
