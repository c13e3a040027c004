// The `orders` example as a process of its own, against the in-tree OTLP receiver: what arrived is compared with
// what its input asks for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/arrived.hpp"
#include "integration/orders_run.hpp"
#include "integration/signal_checks.hpp"
#include "integration/trace_checks.hpp"
#include "support/otlp_receiver.hpp"

namespace ergon::test {
namespace {

constexpr std::size_t kBatchSize = 100;

class OrdersEndToEnd : public testing::Test {
 protected:
  void SetUp() override {
    if (!OtlpReceiver::is_available()) GTEST_SKIP() << "the OTLP receiver was not built";
    receiver_.emplace();
    settings_.endpoint = receiver_->endpoint();
  }

  void run() {
    OrdersRun run(settings_);
    pid_ = run.process().pid();
    outcome_ = run.finish();
    arrived_ = take_all(*receiver_);
    EXPECT_EQ(outcome_.status, ExitStatus{.code = 0}) << outcome_.errors;
    EXPECT_EQ(outcome_.errors, "");
    const Complaints requests = check_requests(receiver_->requests());
    EXPECT_TRUE(requests.empty()) << requests;
    const Complaints resource = check_resource(arrived_, pid_);
    EXPECT_TRUE(resource.empty()) << resource;
    const Complaints keys = check_unique_keys(arrived_);
    EXPECT_TRUE(keys.empty()) << keys;
    EXPECT_EQ(outcome_.summary.at("transactions").at("ok"), input_.count(ExpectedOrder::Fate::charged));
    EXPECT_EQ(outcome_.summary.at("transactions").at("failed"),
              input_.orders.size() - input_.count(ExpectedOrder::Fate::charged));
  }

  void expect_metrics() {
    const Complaints metrics = check_metrics(arrived_, input_, kBatchSize);
    EXPECT_TRUE(metrics.empty()) << metrics;
    const auto by_status = last_counts(arrived_, "consumer.transactions.total", "status");
    EXPECT_EQ(by_status.at("success"), outcome_.summary.at("transactions").at("ok"));
    EXPECT_EQ(by_status.at("exception"), outcome_.summary.at("transactions").at("failed"));
    EXPECT_EQ(last_counts(arrived_, "orders.charged", "currency"), input_.charged_by_currency);
  }

  void expect_sampled_at_a_quarter() {
    const TraceIndex index(arrived_.spans);
    for (const Complaints& complaints :
         {index.check_forms(), check_transactions(index, input_, Presence::some_lines),
          check_logs(arrived_, index, input_), check_books(outcome_.summary)}) {
      EXPECT_TRUE(complaints.empty()) << complaints;
    }
    // Five standard deviations of a binomial distribution with n = 10,000 and p = 1/4 are 216.
    EXPECT_THAT(index.named("OrderProcessor.transaction").size(), testing::AllOf(testing::Ge(2284), testing::Le(2716)));
    const auto& spans = outcome_.summary.at("signals").at("spans");
    EXPECT_EQ(spans.at("created"), expected_spans(input_, kBatchSize));
    EXPECT_EQ(spans.at("delivered"), arrived_.spans.size());
    EXPECT_EQ(spans.at("sampled_out"), expected_spans(input_, kBatchSize) - arrived_.spans.size());
    EXPECT_EQ(arrived_.logs.size(), input_.orders.size());
    expect_metrics();
  }

  std::optional<OtlpReceiver> receiver_;
  OrdersSettings settings_;
  OrdersInput input_ = read_orders(committed_orders());
  pid_t pid_ = 0;
  OrdersOutcome outcome_;
  Arrived arrived_;
};

TEST(OrdersInput, IsWhatTheExampleIsAbout) {
  const OrdersInput input = read_orders(committed_orders());
  EXPECT_EQ(input.orders.size(), 10'000u);
  EXPECT_EQ(input.count(ExpectedOrder::Fate::not_decoded), 60u);  // broken JSON, missing field, wrong type
  EXPECT_EQ(input.count(ExpectedOrder::Fate::refused), 40u);      // non-positive amount, unknown currency
  EXPECT_EQ(input.charged_by_currency.size(), 3u);
}

TEST_F(OrdersEndToEnd, EverySpanLogAndCountArrivesAsTheInputAsks) {
  run();
  const TraceIndex index(arrived_.spans);
  EXPECT_EQ(index.size(), expected_spans(input_, kBatchSize));
  for (const Complaints& complaints :
       {index.check_forms(), check_transactions(index, input_, Presence::every_line),
        check_batches(index, input_.orders.size()), check_worker_life(index), check_logs(arrived_, index, input_),
        check_all_delivered(outcome_.summary, arrived_)}) {
    EXPECT_TRUE(complaints.empty()) << complaints;
  }
  EXPECT_EQ(arrived_.logs.size(), input_.orders.size());
  EXPECT_EQ(count_handed_back(index), 0u);
  expect_metrics();
}

TEST_F(OrdersEndToEnd, ASampledQuarterIsOfWholeTraces) {
  settings_.sampler = "trace_id_ratio_based: {ratio: 0.25}";
  run();
  expect_sampled_at_a_quarter();
}

TEST_F(OrdersEndToEnd, ASampledQuarterOfRootsIsOfWholeTraces) {
  settings_.sampler = "parent_based: {root: {trace_id_ratio_based: {ratio: 0.25}}}";
  run();
  expect_sampled_at_a_quarter();
}

TEST_F(OrdersEndToEnd, LogsCarryIdsWithoutATracingSection) {
  settings_.has_tracing = false;
  run();
  EXPECT_EQ(arrived_.spans.size(), 0u);
  EXPECT_EQ(outcome_.summary.at("signals").at("spans").at("created"), 0);
  for (const Complaints& complaints :
       {check_logs_without_spans(arrived_, input_), check_all_delivered(outcome_.summary, arrived_)}) {
    EXPECT_TRUE(complaints.empty()) << complaints;
  }
  EXPECT_EQ(arrived_.logs.size(), input_.orders.size());
  expect_metrics();
}

}  // namespace
}  // namespace ergon::test
