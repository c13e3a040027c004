#pragma once

#include <gtest/gtest.h>

#include "integration/arrived.hpp"
#include "integration/orders_run.hpp"
#include "integration/signal_checks.hpp"
#include "integration/trace_checks.hpp"

namespace ergon::test {

inline constexpr std::size_t kBatchSize = 100;

/// What all tests of the `orders` example say about a run, whatever the backend.
class OrdersChecks : public testing::Test {
 protected:
  static void expect_none(const Complaints& complaints) { EXPECT_TRUE(complaints.empty()) << complaints; }

  /// Waits for the end of the run: all transactions are run, and the books close, whatever the backend does.
  void take_outcome(OrdersRun& run) {
    outcome_ = run.finish();
    EXPECT_EQ(outcome_.status, ExitStatus{.code = 0}) << outcome_.errors;
    EXPECT_EQ(outcome_.summary.at("transactions").at("ok"), input_.count(ExpectedOrder::Fate::charged));
    EXPECT_EQ(outcome_.summary.at("transactions").at("failed"),
              input_.orders.size() - input_.count(ExpectedOrder::Fate::charged));
    expect_none(check_books(outcome_.summary));
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

  OrdersSettings settings_;
  OrdersInput input_ = read_orders(committed_orders());
  OrdersOutcome outcome_;
  Arrived arrived_;
};

}  // namespace ergon::test
