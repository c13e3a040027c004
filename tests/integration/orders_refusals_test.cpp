// What a backend that answers may say: not now, not at all, not all of it, and not with this certificate.

#include <gmock/gmock.h>

#include "integration/orders_scenario.hpp"
#include "support/test_certificate.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr int kInvalidArgument = 3;  // gRPC status codes
constexpr int kResourceExhausted = 8;
constexpr int kUnavailable = 14;

class OrdersRefusals : public OrdersScenario {
 protected:
  /// Of the receiver's notes: how many requests were answered so, and their items of that signal.
  struct Answered {
    std::size_t requests = 0;
    std::uint64_t items = 0;
  };
  Answered answered(const std::string& status, const std::string& signal = {}) {
    Answered sum;
    for (const auto& request : receiver_->requests()) {
      if (request.at("status") != status || (!signal.empty() && request.at("signal") != signal)) continue;
      ++sum.requests;
      sum.items += request.at("items").get<std::uint64_t>();
    }
    return sum;
  }
};

TEST_F(OrdersRefusals, UnavailableIsRetriedAndEverythingArrivesOnce) {
  receiver_->fail_next({.code = kUnavailable, .message = "come back later", .times = 4});
  run();
  EXPECT_EQ(answered("UNAVAILABLE").requests, 4u);
  EXPECT_THAT(outcome_.errors, HasSubstr("log records: come back later"));
  expect_everything();
}

TEST_F(OrdersRefusals, ResourceExhaustedIsRetriedAndEverythingArrivesOnce) {
  receiver_->fail_next({.code = kResourceExhausted, .message = "memory limit", .times = 2});
  receiver_->fail_next(
      {.code = kResourceExhausted, .message = "wait a little", .times = 2, .retry_after = 1500ms});
  run();
  EXPECT_EQ(answered("RESOURCE_EXHAUSTED").requests, 4u);
  expect_everything();
}

TEST_F(OrdersRefusals, ARejectedPartIsCountedAsRejected) {
  receiver_->partial_next({.signal = OtlpSignal::traces, .rejected = 7, .message = "too old"});
  receiver_->partial_next({.signal = OtlpSignal::logs, .rejected = 3, .times = 2});
  run();
  const auto& signals = outcome_.summary.at("signals");
  EXPECT_EQ(signals.at("spans").at("rejected"), 7);
  EXPECT_EQ(signals.at("logs").at("rejected"), 6);
  EXPECT_EQ(signals.at("metric_points").at("rejected"), 0);
  EXPECT_EQ(created("spans"), expected_spans(input_, kBatchSize));
  EXPECT_EQ(arrived_.spans.size(), created("spans") - 7);
  EXPECT_EQ(arrived_.logs.size(), created("logs") - 6);
  EXPECT_EQ(delivered(outcome_.summary, "spans"), arrived_.spans.size());
  EXPECT_EQ(delivered(outcome_.summary, "logs"), arrived_.logs.size());
  EXPECT_THAT(outcome_.errors, HasSubstr("too old"));
}

TEST_F(OrdersRefusals, InvalidArgumentIsNotRetriedAndCounted) {
  receiver_->fail_next(
      {.signal = OtlpSignal::traces, .code = kInvalidArgument, .message = "no such tenant", .times = 3});
  receiver_->fail_next({.signal = OtlpSignal::logs, .code = kInvalidArgument, .times = 1});
  receiver_->fail_next({.signal = OtlpSignal::metrics, .code = kInvalidArgument, .times = 1});
  run();
  const std::array signals{std::pair{"spans", "traces"}, std::pair{"logs", "logs"},
                           std::pair{"metric_points", "metrics"}};
  for (const auto& [signal, kind] : signals) {
    const Answered refused = answered("INVALID_ARGUMENT", kind);
    EXPECT_EQ(refused.requests, std::string(kind) == "traces" ? 3u : 1u) << kind;
    EXPECT_GT(refused.items, 0u) << kind;
    EXPECT_EQ(dropped(outcome_.summary, signal, "non_retryable"), refused.items) << kind;
    EXPECT_EQ(delivered(outcome_.summary, signal), created(signal) - refused.items) << kind;
    EXPECT_EQ(delivered(outcome_.summary, signal), answered("OK", kind).items) << kind;
  }
  EXPECT_EQ(created("spans"), expected_spans(input_, kBatchSize));
  EXPECT_THAT(outcome_.errors, HasSubstr("no such tenant"));
}

TEST_F(OrdersRefusals, TlsWithAnAuthorityFromAFile) {
  const TemporaryFolder folder;
  const TestCertificate certificate = make_test_certificate(folder.path() / "ours");
  receiver_.emplace(OtlpReceiverOptions{.tls = certificate});
  settings_.endpoint = receiver_->endpoint();
  settings_.ca_file = certificate.ca_file;
  run();
  EXPECT_EQ(outcome_.errors, "");
  expect_everything();
}

TEST_F(OrdersRefusals, AnotherAuthorityIsNotTrusted) {
  const TemporaryFolder folder;
  receiver_.emplace(OtlpReceiverOptions{.tls = make_test_certificate(folder.path() / "ours")});
  settings_.endpoint = receiver_->endpoint();
  settings_.ca_file = make_test_certificate(folder.path() / "theirs").ca_file;
  run();
  EXPECT_EQ(receiver_->count(), ReceivedCounts{});
  for (const char* signal : {"spans", "logs", "metric_points"}) {
    EXPECT_GT(created(signal), 0u) << signal;
    EXPECT_EQ(dropped(outcome_.summary, signal, "shutdown"), created(signal)) << signal;
  }
  EXPECT_EQ(created("spans"), expected_spans(input_, kBatchSize));
  EXPECT_THAT(outcome_.errors, HasSubstr("certificate"));
  EXPECT_LT(outcome_.duration, kShutdownTimeout + 5s);
}

}  // namespace
}  // namespace ergon::test
