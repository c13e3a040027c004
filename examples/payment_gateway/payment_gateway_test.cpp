#include "payment_gateway.hpp"

#include <gtest/gtest.h>

#include <ergon/connectors/memory.hpp>
#include <ergon/testing/task_test.hpp>

namespace {

TEST(PaymentGateway, ChargesPayments) {
  Bank bank{{.blocked = {"mallory"}}};
  const auto run = ergon::testing::run<PaymentGateway>({{"p-1", "alice", 12.5}, {"p-2", "mallory", 9999}},
                                                       {.services = {{"bank", bank}}});
  EXPECT_EQ(run.ok, 1U);
  ASSERT_EQ(run.failed, 1U);
  EXPECT_EQ(run.errors[0].message, "account mallory is blocked");
}

TEST(PaymentGateway, SendsReceiptsOfWhatIsSettled) {
  Bank bank{{}};
  bank.charge({"p-1", "alice", 12.5});
  const auto run = ergon::testing::produce<PaymentGateway>({.services = {{"bank", bank}}});
  ASSERT_EQ(run.dispatched.size(), 1U);
  EXPECT_EQ(run.dispatched[0].id, "receipt-p-1");
  EXPECT_EQ(run.dispatched[0].payload, R"({"payment_id":"p-1","amount":12.5})");
}

TEST(PaymentGateway, KeepsTheReceiptThatCanNotBeSent) {
  Bank bank{{}};
  bank.charge({"p-1", "alice", 12.5});
  ergon::MemoryConnector full{{.capacity = 1}};
  full.dispatch({{.id = "there already"}});
  const auto run =
      ergon::testing::produce<PaymentGateway>({.services = {{"bank", bank}},
                                               .connectors = {{"receipts", full}},
                                               .policies = {.producer = {.connector = "receipts"}},
                                               .limit = 1});
  EXPECT_EQ(run.failed, 1U);
  EXPECT_EQ(bank.take_settled()->payment_id, "p-1");
}

}  // namespace
