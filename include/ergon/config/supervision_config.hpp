#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace ergon::inline v0 {

/// When a worker process that died is started again, and when it is given up. In YAML:
/// `supervision.restart`.
struct RestartPolicy {
  /// Deaths of one worker in a row without a transaction finished in between; the next one ends the run with
  /// exit code 1. From 0 to 1,000,000.
  std::int64_t max_restarts{10};
  /// The wait before the first restart in a row; it grows by `backoff_multiplier` up to `backoff_cap`.
  std::chrono::milliseconds backoff{100};
  double backoff_multiplier{2};
  std::chrono::milliseconds backoff_cap{30'000};
};

/// Where orchestrators see how the run is. In YAML: `supervision.health`.
struct HealthConfig {
  /// A file with one JSON object, written anew at each check, while all workers are well; it is not there
  /// otherwise. Its age tells of a supervisor that hangs. Empty: none.
  std::string file{};
  /// A port that answers any HTTP request with 200, or 503 where a worker is not well, and the same object; 0
  /// lets the kernel choose, which the log then tells.
  std::optional<std::int64_t> port{};
  /// The address of that port.
  std::string address{"0.0.0.0"};
};

/// How worker processes are watched over. In YAML: `supervision`.
struct SupervisionConfig {
  /// Between looks at the workers; 10 ms to 1 h.
  std::chrono::milliseconds check_interval{1'000};
  /// Until a new worker has opened its connectors and services.
  std::chrono::milliseconds startup_grace{60'000};
  /// How long a loop of a worker may go without any progress (a fetch, an attempt, `TaskContext::heartbeat`)
  /// before its worker is asked to stop. Longer than `policies.transaction.timeout`.
  std::chrono::milliseconds unhealthy_grace{120'000};
  /// Between that question, or SIGTERM and SIGINT of the run, and SIGKILL.
  std::chrono::milliseconds shutdown_grace{30'000};
  RestartPolicy restart{};
  /// Transactions after which a worker process is replaced by a new one, its telemetry delivered. By default
  /// never.
  std::optional<std::int64_t> max_transactions{};
  HealthConfig health{};
};

}  // namespace ergon::inline v0
