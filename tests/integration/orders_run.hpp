#pragma once

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "integration/orders_input.hpp"
#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"

namespace ergon::test {

inline constexpr int kLoopThreads = 4;

/// What the tests vary of a run of the `orders` example.
struct OrdersSettings {
  std::string endpoint{};
  std::string sampler{"always_on: {}"};
  std::filesystem::path ca_file{};
  std::chrono::milliseconds request_timeout{10'000};
  std::filesystem::path input{committed_orders()};
  int batch_size = 100;
  int concurrency = kLoopThreads;
  bool has_tracing = true;
  bool logs_to_console = false;  // beside OTLP
  bool fills_batches = false;    // of logs, whatever is in them
};

/// Telemetry's default limit for its last flush; what is left after it is dropped.
inline constexpr std::chrono::seconds kShutdownTimeout{5};

struct OrdersOutcome {
  ExitStatus status{};
  nlohmann::json summary{};  // the last line of stdout
  std::string output{};      // stdout before that line
  std::string errors{};      // stderr
  std::chrono::milliseconds duration{};
};

/// A running `orders run OrderProcessor`, all three signals to one OTLP/gRPC backend, made from a YAML file.
class OrdersRun {
 public:
  explicit OrdersRun(const OrdersSettings& settings);

  [[nodiscard]] ChildProcess& process() { return child_; }

  /// Waits for its end; throws std::runtime_error when it does not come or the last line is no JSON.
  OrdersOutcome finish();

 private:
  TemporaryFolder folder_;
  std::chrono::steady_clock::time_point start_;
  ChildProcess child_;
};

}  // namespace ergon::test
