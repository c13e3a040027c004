#pragma once

#include <cstdint>
#include <string>

#include "orders.hpp"
#include "support/otlp_receiver.hpp"

namespace ergon::bench {

/// Which of a task's three signals are on.
struct Sections {
  bool tracing{true};
  bool logging{true};
  bool metrics{true};
};

/// The backends: one counts spans and logs, at any speed; the other keeps the metrics, to be looked at.
struct Sinks {
  test::OtlpReceiver records{{.is_sink = true}};
  test::OtlpReceiver metrics{};
  /// What consumer.transactions.total was at last: sessions one after another go on with its sum.
  std::uint64_t counted{0};
};

/// What came of a run.
struct TaskRun {
  Cost best{};
  std::uint64_t transactions{0};
  std::uint64_t spans{0};          // that arrived
  std::uint64_t logs{0};           // …
  std::uint64_t metric_points{0};  // …
  std::uint64_t counted{0};        // by consumer.transactions.total, from the first to the last collection
  std::uint64_t dropped{0};
  std::string wrong{};  // what is not as it has to be; empty: nothing
};

/// Runs orders through a worker as the runner does, one loop, telemetry in this process and as a user has it
/// by default (batch processors, OTLP/gRPC, parent-based sampler, exemplars), and checks what arrived.
[[nodiscard]] TaskRun run_orders(Sinks& sinks, Sections sections, Sender sender, std::size_t bursts);

}  // namespace ergon::bench
