#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench.hpp"
#include "integration/collector.hpp"
#include "support/child_process.hpp"
#include "support/otlp_receiver.hpp"

// Sender and backend are processes of their own, so what is measured is the sender alone.
namespace bench {

namespace {

using namespace ergon::test;

constexpr std::uint64_t kSpans = 2'000'000;
constexpr int kRuns = 3;
constexpr std::chrono::minutes kPatience{3};
constexpr std::array kPeerBatches{"2048", "4096", "8192"};  // of which its best counts

struct Run {
  double per_second{0};
  double cpu_nanoseconds{0};
  std::uint64_t delivered{0};
  bool is_accounted{false};
};

Run run_load(std::vector<std::string> arguments) {
  ChildProcess load({.arguments = std::move(arguments)});
  const auto line = load.next_output_line(kPatience);
  const auto status = load.wait(kPatience);
  if (!line || status != ExitStatus{.code = 0})
    throw std::runtime_error("a load did not end well: " + load.error_output());
  std::fputs(load.error_output().c_str(), stderr);  // what became of what was lost
  const auto result = nlohmann::json::parse(*line);
  const std::uint64_t delivered = result.at("delivered");
  return {.per_second = static_cast<double>(delivered) / result.at("seconds").get<double>(),
          .cpu_nanoseconds = result.at("cpu_seconds").get<double>() * 1e9 /
                             static_cast<double>(std::max(delivered, std::uint64_t{1})),
          .delivered = delivered,
          .is_accounted = result.at("is_accounted")};
}

Run run_ours(const std::string& endpoint) {
  return run_load({ERGON_OTLP_LOAD, endpoint, std::to_string(kSpans)});
}

// The best of the runs; of the losses the sum. `arrived`: at the backend in this run, the first span
// included.
void take_run(Result& best, const Run& run, std::uint64_t arrived) {
  best.lost += kSpans - std::min(kSpans, arrived - 1);
  best.is_accounted &= run.is_accounted && run.delivered + 1 == arrived;
  if (best.cpu_nanoseconds != 0 && run.cpu_nanoseconds >= best.cpu_nanoseconds) return;
  best.per_second = run.per_second;
  best.cpu_nanoseconds = run.cpu_nanoseconds;
}

void take_peer_run(Result& best, const Run& run) {
  best.peer_lost += kSpans - run.delivered;
  if (run.per_second <= best.peer_per_second) return;
  best.peer_per_second = run.per_second;
  best.peer_cpu_nanoseconds = run.cpu_nanoseconds;
}

}  // namespace

Result otlp_grpc_sink() {
  OtlpReceiver sink({.is_sink = true});
  Result best{.is_process = true};
  for (int run = 0; run < kRuns; ++run) {
    const Run ours = run_ours(sink.endpoint());
    take_run(best, ours, sink.count().spans);
    sink.clear();
  }
  return best;
}

Result otlp_grpc_collector() {
  const auto program = Collector::find();
  if (!program) {
    return {.skipped = "the Collector is not built here; tools/collector/build_collector.sh does it"};
  }
  Result best{.is_process = true, .peer = "opentelemetry-cpp"};
  for (const char* batch : kPeerBatches) {
    Collector collector(*program, CollectorOutput::counts);
    const Run ours = run_ours(collector.endpoint());
    take_run(best, ours, collector.accepted_spans());
    take_peer_run(best,
                  run_load({ERGON_PEER_OTLP_LOAD, collector.endpoint(), std::to_string(kSpans), batch}));
  }
  return best;
}

}  // namespace bench
