#include "order_processor.hpp"

#include <gtest/gtest.h>

#include <ergon/testing/span_tree.hpp>
#include <ergon/testing/task_test.hpp>

using namespace std::chrono_literals;

namespace {

#if !defined(ERGON_TELEMETRY_OFF)
TEST(OrderProcessor, ChargesInsideTheTransaction) {
  PaymentService payments{{.timeout = 50ms}};
  auto run = ergon::testing::run<OrderProcessor>({Order{"o-1", "EUR", 12.5}},
                                                 {.services = {{"payments", payments}}});
  EXPECT_EQ(run.spans().tree(), "OrderProcessor.transaction\n  OrderProcessor.process\n    payment.charge\n");
}

TEST(OrderProcessor, FailsTheTransactionOfWhatCanNotBeCharged) {
  PaymentService payments{{}};
  auto run =
      ergon::testing::run<OrderProcessor>({Order{"o-1", "EUR", 0}}, {.services = {{"payments", payments}}});
  EXPECT_TRUE(ergon::testing::compare_trees(
      run.spans().tree({.kinds = true, .status = true, .attributes = {"order.id"}}), R"(
OrderProcessor.transaction CONSUMER ERROR(amount must be positive)
  OrderProcessor.process INTERNAL ERROR(amount must be positive)
    payment.charge INTERNAL ERROR order.id=o-1
)"));
}
#endif

TEST(OrderProcessor, RefusesWhatCanNotBeCharged) {
  PaymentService payments{{.currencies = {"EUR"}}};
  auto run = ergon::testing::run<OrderProcessor>(
      {Order{"o-1", "EUR", 1}, Order{"o-2", "EUR", 0}, Order{"o-3", "USD", 1}},
      {.services = {{"payments", payments}}});
  EXPECT_EQ(run.ok, 1U);
  ASSERT_EQ(run.failed, 2U);
  EXPECT_EQ(run.errors[0].message, "amount must be positive");
  EXPECT_EQ(run.errors[1].message, "unknown currency USD");
}

// A fake derives from the service.
class UnreachablePayments : public PaymentService {
 public:
  UnreachablePayments() : PaymentService(Options{}) {}
  void charge(const Order& /*order*/) override { throw ergon::SystemError("no route to the bank"); }
};

TEST(OrderProcessor, FailsWhenTheBankIsAway) {
  UnreachablePayments payments;
  auto run = ergon::testing::run<OrderProcessor>({Order{"o-1", "EUR", 12.5}},
                                                 {.services = {{"payments", payments}}});
  ASSERT_EQ(run.failed, 1U);
  EXPECT_EQ(run.errors[0].kind, ergon::ErrorKind::system);
}

}  // namespace
