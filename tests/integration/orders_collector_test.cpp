// The `orders` example against the OpenTelemetry Collector itself: what it wrote to its files is compared
// with what the input asks for, by the same checks as what arrives at the in-tree receiver.

#include "integration/collector.hpp"
#include "integration/orders_checks.hpp"

namespace ergon::test {
namespace {

class OrdersCollector : public OrdersChecks {};

TEST_F(OrdersCollector, EverySpanLogAndCountArrivesAsTheInputAsks) {
  const auto program = Collector::find();
  if (!program) GTEST_SKIP() << "the Collector is not built here; tools/collector/build_collector.sh does it";
  Collector collector(*program);
  settings_.endpoint = collector.endpoint();
  OrdersRun run(settings_);
  const pid_t pid = run.process().pid();
  take_outcome(run);
  arrived_ = collector.stop();
  EXPECT_EQ(outcome_.errors, "");
  expect_none(check_unique_keys(arrived_));
  expect_none(check_resource(arrived_, pid));
  expect_everything();
}

}  // namespace
}  // namespace ergon::test
