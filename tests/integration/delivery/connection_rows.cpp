// The connection breaks, or goes dead, or nobody answers.

#include "integration/delivery/fault_backends.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;

// Behind the beginning of the connection, and well within the smallest request: a burst's logs.
constexpr std::size_t kMidRequest = 1'000;
constexpr auto kShortTimeout = 400ms;
constexpr const char* kTriedAgain = "tried again";

template <class... Arguments>
std::function<std::unique_ptr<FaultBackend>()> receiver(Arguments... arguments) {
  return [arguments...] { return std::make_unique<ReceiverBackend>(arguments...); };
}

FaultRow first_links_row(const char* name, std::size_t count, const LinkPlan& plan) {
  return {.name = name,
          .make_backend = receiver(ReceiverFaults{.links = first_links(count, plan)}),
          .expected = {.least_connections = count + 1, .diagnostic = kTriedAgain}};
}

// Only a timeout ends these connections; on a busy machine it may hit a request that has arrived, too.
FaultRow dead_links_row(const char* name, std::size_t count, const LinkPlan& plan) {
  FaultRow row = first_links_row(name, count, plan);
  row.order.timeout = kShortTimeout;
  row.expected.may_repeat = true;
  return row;
}

// Every connection reads nothing after a while.
FaultRow stalled_row(const char* name, const DriverOrder& order, const FaultExpectation& expected) {
  const LinkPlan stall{.fault = LinkFault::stalls, .after_requests = kMidRequest};
  return {.name = name,
          .make_backend = receiver(ReceiverFaults{.links = [stall](std::size_t) { return stall; }}),
          .order = order,
          .expected = expected};
}

FaultRow restarted_row() {
  const DriverOrder order{.waits_at_half = true};
  const auto spans = static_cast<std::uint64_t>(order.bursts / 2 * kSpansPerBurst);
  const ReceiverFaults faults{.awaited_at_half = {.spans = spans, .logs = spans / kSpansPerLog},
                              .at_half = [](OtlpReceiver& receiver) {
                                receiver.kill();
                                receiver.restart();
                              }};
  return {.name = "Restarts",
          .make_backend = receiver(faults),
          .order = order,
          .expected = {.may_repeat = true, .least_connections = 4}};
}

}  // namespace

std::vector<FaultRow> connection_rows() {
  return {
      {.name = "NothingIsWrong", .make_backend = receiver(ReceiverFaults{})},
      {.name = "RefusesAtStart",
       .make_backend = receiver(ReceiverFaults{.at_start = [](OtlpReceiver& one) { one.stop(); },
                                               .at_half = [](OtlpReceiver& one) { one.restart(); },
                                               .is_direct = true}),
       .order = {.waits_at_half = true},
       .expected = {.diagnostic = kTriedAgain}},
      first_links_row("DiesMidRequest", 4, {.fault = LinkFault::closes, .after_requests = kMidRequest}),
      first_links_row("Resets", 4, {.fault = LinkFault::resets, .after_requests = kMidRequest}),
      dead_links_row("Stalls", 4, {.fault = LinkFault::stalls, .after_requests = kMidRequest}),
      dead_links_row("Swallows", 4, {.fault = LinkFault::swallows, .after_requests = 0}),
      dead_links_row("HalfOpen", 2, {.fault = LinkFault::vanishes, .after_answers = 150}),
      restarted_row(),
      stalled_row("StallsBeyondTheRetries", {.timeout = 200ms, .max_elapsed = 400ms},
                  {.fate = Fate::all_dropped,
                   .reason = "retry_exhausted",
                   .least_connections = 4,
                   .diagnostic = "gave an OTLP request up"}),
      stalled_row("StallsBeyondTheExportTimeout", {.timeout = 10s, .export_timeout = 500ms},
                  {.fate = Fate::all_dropped,
                   .reason = "retry_exhausted",
                   .least_connections = 2,
                   .diagnostic = "gave an OTLP request up"}),
      stalled_row("StallsBeyondShutdown",
                  {.timeout = 300ms, .flush_timeout = 500ms, .shutdown_timeout = 300ms},
                  {.fate = Fate::all_dropped,
                   .reason = "shutdown",
                   .least_connections = 4,
                   .diagnostic = kTriedAgain}),
      {.name = "AnswersByteByByte",
       .make_backend = receiver(
           ReceiverFaults{.links = [](std::size_t) { return LinkPlan{.answers_byte_by_byte = true}; }})},
  };
}

}  // namespace ergon::test
