// A backend that is not there, goes away, or stalls.

#include <gmock/gmock.h>

#include <csignal>
#include <set>

#include "integration/delivery/fault_proxy.hpp"
#include "integration/orders_scenario.hpp"
#include "support/reserved_port.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto kPatience = 30s;
constexpr std::size_t kRequestSize = 512;  // spans or logs in a full request, by default

class OrdersOutage : public OrdersScenario {
 protected:
  /// Items of the requests of a signal from the `first`-th on.
  std::size_t items_from(const std::string& signal, std::size_t first) {
    std::size_t seen = 0;
    std::size_t items = 0;
    for (const auto& request : receiver_->requests()) {
      if (request.at("signal") == signal && seen++ >= first) items += request.at("items").get<std::size_t>();
    }
    return items;
  }
};

TEST_F(OrdersOutage, AnAbsentBackendCostsNothingButItsRecords) {
  const ReservedPort nobody;
  settings_.endpoint = "http://127.0.0.1:" + std::to_string(nobody.number());
  settings_.logs_to_console = true;
  run();
  EXPECT_EQ(receiver_->count(), ReceivedCounts{});
  EXPECT_EQ(created("spans"), expected_spans(input_, kBatchSize));
  EXPECT_EQ(dropped(outcome_.summary, "spans", "shutdown"), created("spans"));
  EXPECT_EQ(dropped(outcome_.summary, "metric_points", "shutdown"), created("metric_points"));
  EXPECT_GT(created("metric_points"), 0u);
  // The console has all of them: what one destination took is delivered, whatever became of it elsewhere.
  EXPECT_EQ(delivered(outcome_.summary, "logs"), input_.orders.size());
  const auto& destinations = outcome_.summary.at("signals").at("logs").at("destinations");
  EXPECT_EQ(destinations.at("console").at("delivered"), input_.orders.size());
  EXPECT_EQ(destinations.at("otlp_grpc " + settings_.endpoint).at("dropped").at("shutdown"),
            input_.orders.size());
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(outcome_.output, '\n')), input_.orders.size());
  EXPECT_LT(outcome_.duration, kShutdownTimeout + 5s);
}

// The first four requests of spans and of logs are answered, the later ones stored but never answered; as no
// more than two of each are on their way at once, six of them mean that four answers have come back.
TEST_F(OrdersOutage, ABackendKilledAndRestartedLosesNothing) {
  constexpr std::size_t kAnswered = 4;
  for (const OtlpSignal signal : {OtlpSignal::traces, OtlpSignal::logs}) {
    receiver_->delay_next({.signal = signal, .duration = 0ms, .times = kAnswered});
    receiver_->delay_next({.signal = signal, .duration = 60s, .times = 1000});
  }
  settings_.fills_batches = true;
  OrdersRun run(settings_);
  constexpr std::size_t kBefore = (kAnswered + 2) * kRequestSize;
  ASSERT_TRUE(receiver_->wait_for({.spans = kBefore, .logs = kBefore}, kPatience)) << receiver_->count();
  const std::size_t spans_twice = items_from("traces", kAnswered);
  const std::size_t logs_twice = items_from("logs", kAnswered);
  Arrived before = take_all(*receiver_);
  receiver_->kill();
  ASSERT_TRUE(run.process().wait_for_error_output("tried again", kPatience)) << run.process().error_output();
  receiver_->restart();
  finish(run);

  EXPECT_EQ(before.spans.size() + arrived_.spans.size(), created("spans") + spans_twice);
  EXPECT_EQ(before.logs.size() + arrived_.logs.size(), created("logs") + logs_twice);
  std::erase_if(before.spans, [&, index = TraceIndex(arrived_.spans)](const auto& span) {
    return index.find(text(span, "trace_id"), text(span, "span_id")) != nullptr;
  });
  std::set<std::string> logged;
  for (const auto& log : arrived_.logs) logged.insert(text(log, "trace_id"));
  std::erase_if(before.logs, [&](const auto& log) { return logged.contains(text(log, "trace_id")); });
  std::ranges::move(before.spans, std::back_inserter(arrived_.spans));
  std::ranges::move(before.logs, std::back_inserter(arrived_.logs));
  EXPECT_EQ(delivered(outcome_.summary, "metric_points"), before.metric_points() + arrived_.metric_points());
  std::ranges::move(arrived_.metrics, std::back_inserter(before.metrics));
  arrived_.metrics = std::move(before.metrics);
  expect_everything();
}

// A stopped process still has its connections, and the kernel takes what is sent on them.
TEST_F(OrdersOutage, ABackendThatStallsForAWhileLosesNothing) {
  settings_.request_timeout = 400ms;
  receiver_->delay_next({.duration = 0ms, .times = 1});
  OrdersRun run(settings_);
  ASSERT_TRUE(receiver_->wait_for({.requests = 1}, kPatience));
  ASSERT_EQ(::kill(receiver_->pid(), SIGSTOP), 0);
  EXPECT_TRUE(run.process().wait_for_error_output("tried again", kPatience));
  ASSERT_EQ(::kill(receiver_->pid(), SIGCONT), 0);
  outcome_ = run.finish();
  arrived_ = take_all(*receiver_);

  EXPECT_EQ(outcome_.status, ExitStatus{.code = 0}) << outcome_.errors;
  expect_none(check_books(outcome_.summary));
  EXPECT_EQ(created("spans"), expected_spans(input_, kBatchSize));
  EXPECT_EQ(delivered(outcome_.summary, "spans"), created("spans"));
  EXPECT_EQ(delivered(outcome_.summary, "logs"), input_.orders.size());
  // What lay in the kernel when the attempt timed out may be taken, too, when the receiver goes on.
  std::set<std::string> spans;
  for (const auto& span : arrived_.spans) spans.insert(text(span, "span_id"));
  std::set<std::string> logs;
  for (const auto& log : arrived_.logs) logs.insert(text(log, "trace_id"));
  EXPECT_EQ(spans.size(), created("spans"));
  EXPECT_EQ(logs.size(), input_.orders.size());
}

// Connections that swallow all that is sent never recover, so only fresh ones can save the records.
TEST_F(OrdersOutage, ARetryUsesAFreshConnection) {
  constexpr std::size_t kSwallowed = 3;  // the first of each signal
  const LinkPlan swallows{.fault = LinkFault::swallows, .after_requests = 0};
  FaultProxy proxy(receiver_->port(), first_links(kSwallowed, swallows));
  settings_.request_timeout = 400ms;
  settings_.endpoint = "http://127.0.0.1:" + std::to_string(proxy.port());
  run();
  EXPECT_GT(proxy.connections(), kSwallowed);
  EXPECT_THAT(outcome_.errors, HasSubstr("tried again"));
  expect_everything();
}

}  // namespace
}  // namespace ergon::test
