// The `orders` example as a process of its own, against the in-tree OTLP receiver: what arrived is compared
// with what its input asks for.

#include <gmock/gmock.h>

#include "integration/orders_scenario.hpp"

namespace ergon::test {
namespace {

using Flaw = ExpectedOrder::Flaw;

class OrdersEndToEnd : public OrdersScenario {
 protected:
  void run(const std::string& said = {}) {
    OrdersScenario::run();
    if (said.empty()) {
      EXPECT_EQ(outcome_.errors, "");
    } else {
      EXPECT_THAT(outcome_.errors, testing::HasSubstr(said));
    }
    expect_none(check_resource(arrived_, pid_));
    expect_none(check_metrics(arrived_, input_, kBatchSize));
    const auto by_status = last_counts(arrived_, "consumer.transactions.total", "status");
    EXPECT_EQ(by_status.at("success"), outcome_.summary.at("transactions").at("ok"));
    EXPECT_EQ(by_status.at("exception"), outcome_.summary.at("transactions").at("failed"));
    EXPECT_EQ(last_counts(arrived_, "orders.charged", "currency"), input_.charged_by_currency);
    EXPECT_EQ(arrived_.logs.size(), input_.orders.size());
  }

  void expect_sampled_at_a_quarter() {
    const TraceIndex index(arrived_.spans);
    expect_none(index.check_forms());
    expect_none(check_transactions(index, input_, Presence::some_lines));
    expect_none(check_logs(arrived_, index, input_));
    // Five standard deviations of a binomial distribution with n = 10,000 and p = 1/4 are 216.
    EXPECT_THAT(index.named("OrderProcessor.transaction").size(),
                testing::AllOf(testing::Ge(2284), testing::Le(2716)));
    const std::size_t all = expected_spans(input_, kBatchSize);
    const auto& spans = outcome_.summary.at("signals").at("spans");
    EXPECT_EQ(spans.at("created"), all);
    EXPECT_EQ(spans.at("delivered"), arrived_.spans.size());
    EXPECT_EQ(spans.at("sampled_out"), all - arrived_.spans.size());
  }
};

TEST(OrdersInput, IsWhatTheExampleIsAbout) {
  const OrdersInput input = read_orders(committed_orders());
  EXPECT_EQ(input.orders.size(), 10'000u);
  for (const Flaw flaw : {Flaw::broken_json, Flaw::missing_field, Flaw::wrong_type, Flaw::non_positive_amount,
                          Flaw::unknown_currency}) {
    EXPECT_EQ(input.count(flaw), 20u) << static_cast<int>(flaw);
  }
  EXPECT_EQ(input.count(Flaw::none), 9'900u);
  EXPECT_EQ(input.charged_by_currency.size(), 3u);
}

TEST_F(OrdersEndToEnd, EverySpanLogAndCountArrivesAsTheInputAsks) {
  run();
  expect_everything();
}

TEST_F(OrdersEndToEnd, ASampledQuarterIsOfWholeTraces) {
  settings_.sampler = "trace_id_ratio_based: {ratio: 0.25}";
  run("trace_id_ratio_based also decides on spans that have a parent");
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
  EXPECT_EQ(created("spans"), 0u);
  expect_none(check_logs_without_spans(arrived_, input_));
  expect_none(check_all_delivered(outcome_.summary, arrived_));
}

}  // namespace
}  // namespace ergon::test
