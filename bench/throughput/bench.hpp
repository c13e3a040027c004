#pragma once

#include <cstdint>

// What gets through in a second, of which each bench prints one result.
namespace bench {

struct Result {
  const char* skipped{nullptr};  // why there is no result
  double per_second{0};
  double cpu_nanoseconds{0};  // of the whole process, for each
  std::uint64_t lost{0};
  bool is_process{false};     // one that does nothing else: its CPU is what the work costs
  const char* peer{nullptr};  // null: there is none
  double peer_per_second{0};
  double peer_cpu_nanoseconds{0};
  std::uint64_t peer_lost{0};
  bool is_accounted{true};  // whether the books say what became of all
};

/// Spans from one recording thread to requests that are ready to be sent: the whole engine but for the
/// network. Where memory is full, recording waits.
Result record_to_worker();
/// The same with a fraction of the memory, and dropping what is too much.
Result record_to_worker_drop_newest();
/// Lines from one logging thread into a file: ours as JSON with the ids of the span, the peer's, spdlog's
/// asynchronous logger, as text. Both wait where their queue is full.
Result log_json_file();
/// Distinct spans from one recording thread to an OTLP/gRPC backend, in requests of 4,096; where memory is
/// full, recording waits. The backend counts them and answers: the receiver of the tests.
Result otlp_grpc_sink();
/// The same to the OpenTelemetry Collector, which decodes them; the peer is the opentelemetry-cpp SDK.
Result otlp_grpc_collector();

}  // namespace bench
