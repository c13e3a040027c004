// A program that has protobuf, gRPC and abseil of its own in it, as a server, and sends OTLP over gRPC by
// Ergon to itself. Exit code 0 when each record that it made has arrived.
#include <absl/strings/str_cat.h>
#include <google/protobuf/message.h>

#include <chrono>
#include <cstdio>
#include <string>

#include <ergon/telemetry.hpp>

#include "receiver/export_server.hpp"
#include "receiver/fault_plan.hpp"
#include "receiver/intake.hpp"
#include "receiver/received_requests.hpp"

namespace {

constexpr int kRounds = 1'000;

ergon::TelemetryConfig sending_to(const std::string& endpoint) {
  const ergon::OtlpGrpcExporter exporter{.endpoint = endpoint};
  return {
      .service_name = "other_protobuf",
      .logging = ergon::LoggingConfig{.handlers = {ergon::OtlpHandler{.exporter = exporter}}},
      .metrics = ergon::MetricsConfig{.readers = {ergon::PeriodicReader{
                                          .exporter = ergon::OtlpGrpcMetricExporter{.endpoint = endpoint}}}},
      .tracing = ergon::TracingConfig{.processors = {ergon::BatchSpanProcessor{.exporter = exporter}}}};
}

void record() {
  const auto tracer = ergon::get_tracer("other");
  const auto log = ergon::get_logger("other");
  const auto rounds = ergon::get_meter("other").counter("rounds");
  for (int round = 0; round < kRounds; ++round) {
    const auto span = tracer.scoped_span("round", {{"round", round}});
    log.info("round {}", round);
    rounds.add(1);
  }
}

// Of all requests that arrived, whether they are what their protobuf types say.
bool all_parse(const ergon::receiver::ReceivedRequests& received) {
  for (const auto& request : received.accepted()) {
    const auto message = ergon::receiver::parse_request(request->signal, request->bytes);
    if (message == nullptr || message->ByteSizeLong() == 0) return false;
  }
  return true;
}

}  // namespace

int main() {
  using namespace ergon::receiver;
  ReceivedRequests received(false);
  FaultPlan faults;
  Intake intake(received, faults, false);
  const ExportServer server({}, intake);
  auto session = ergon::telemetry::start(
      sending_to(absl::StrCat("http://127.0.0.1:", server.port())),
      {.on_full = ergon::telemetry::OnFull::block, .max_block = std::chrono::minutes(1)});
  if (!session) return 1;
  record();
  const bool is_done = session.shutdown(std::chrono::minutes(1));
  const Counts counts = received.counts();
  std::puts(absl::StrCat("spans ", counts.spans, ", logs ", counts.logs, ", points ", counts.metric_points)
                .c_str());
  return is_done && counts.spans == kRounds && counts.logs == kRounds && counts.metric_points >= 1 &&
                 all_parse(received)
             ? 0
             : 1;
}
