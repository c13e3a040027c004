#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "integration/arrived.hpp"
#include "integration/orders_run.hpp"
#include "integration/signal_checks.hpp"
#include "integration/trace_checks.hpp"
#include "support/otlp_receiver.hpp"

namespace ergon::test {

inline constexpr std::size_t kBatchSize = 100;

/// An OTLP receiver, and what the tests of the `orders` example say about runs against it.
class OrdersScenario : public testing::Test {
 protected:
  void SetUp() override {
    if (!OtlpReceiver::is_available()) GTEST_SKIP() << "the OTLP receiver was not built";
    receiver_.emplace();
    settings_.endpoint = receiver_->endpoint();
  }

  static void expect_none(const Complaints& complaints) { EXPECT_TRUE(complaints.empty()) << complaints; }

  /// One run from start to end, as it is configured; all transactions are run whatever the backend does.
  void run() {
    OrdersRun run(settings_);
    pid_ = run.process().pid();
    finish(run);
  }

  void finish(OrdersRun& run) {
    outcome_ = run.finish();
    arrived_ = take_all(*receiver_);
    EXPECT_EQ(outcome_.status, ExitStatus{.code = 0}) << outcome_.errors;
    EXPECT_EQ(outcome_.summary.at("transactions").at("ok"), input_.count(ExpectedOrder::Fate::charged));
    EXPECT_EQ(outcome_.summary.at("transactions").at("failed"),
              input_.orders.size() - input_.count(ExpectedOrder::Fate::charged));
    expect_none(check_books(outcome_.summary));
    expect_none(check_unique_keys(arrived_));
    expect_none(check_requests(receiver_->requests()));
  }

  /// All that the input asks for has arrived, once.
  void expect_everything() {
    const TraceIndex index(arrived_.spans);
    EXPECT_EQ(index.size(), expected_spans(input_, kBatchSize));
    EXPECT_EQ(arrived_.logs.size(), input_.orders.size());
    EXPECT_EQ(count_handed_back(index), 0u);
    expect_none(index.check_forms());
    expect_none(check_transactions(index, input_, Presence::every_line));
    expect_none(check_batches(index, input_.orders.size()));
    expect_none(check_worker_life(index));
    expect_none(check_logs(arrived_, index, input_));
    expect_none(check_metrics(arrived_, input_, kBatchSize));
    expect_none(check_all_delivered(outcome_.summary, arrived_));
  }

  [[nodiscard]] std::uint64_t created(const char* signal) const {
    return outcome_.summary.at("signals").at(signal).at("created").get<std::uint64_t>();
  }

  std::optional<OtlpReceiver> receiver_;
  OrdersSettings settings_;
  OrdersInput input_ = read_orders(committed_orders());
  pid_t pid_ = 0;
  OrdersOutcome outcome_;
  Arrived arrived_;
};

}  // namespace ergon::test
