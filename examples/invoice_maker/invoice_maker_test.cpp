#include "invoice_maker.hpp"

#include <gtest/gtest.h>

#include <ergon/testing/task_test.hpp>

using namespace std::chrono_literals;

namespace {

TEST(InvoiceMaker, MakesAnInvoiceOfEachSubscription) {
  Subscriptions subscriptions{{.month = "2026-11", .subscriptions = {{"acme", 49}, {"globex", 149.5}}}};
  const auto run = ergon::testing::produce<InvoiceMaker>({.services = {{"subscriptions", subscriptions}}});
  EXPECT_EQ(run.ok, 2U);
  ASSERT_EQ(run.dispatched.size(), 2U);
  EXPECT_EQ(run.dispatched[0].id, "2026-11/acme");
  EXPECT_EQ(ergon::from_json<Invoice>(run.dispatched[1].payload).amount, 149.5);
}

TEST(InvoiceMaker, GoesOnWhereOneCanNotBeMade) {
  Subscriptions subscriptions{{.month = "2026-11", .subscriptions = {{"initech", 0}, {"acme", 49}}}};
  const auto run = ergon::testing::produce<InvoiceMaker>({.services = {{"subscriptions", subscriptions}}});
  EXPECT_EQ(run.ok, 1U);
  ASSERT_EQ(run.failed, 1U);
  EXPECT_EQ(run.errors[0].message, "no price for initech");
}

// Where invoices go to, away at first.
class RefusingPost : public ergon::Connector {
 public:
  std::vector<ergon::RawTransaction> fetch(std::size_t /*limit*/) override { return {}; }
  void ack(const ergon::RawTransaction& /*transaction*/) override {}
  void nack(const ergon::RawTransaction& /*transaction*/, ergon::Requeue /*requeue*/) override {}
  void dispatch(const std::vector<ergon::RawTransaction>& transactions) override {
    if (refusals-- > 0) throw ergon::SystemError("the post is on strike");
    taken += transactions.size();
  }

  int refusals{1};
  std::size_t taken{0};
};

TEST(InvoiceMaker, TriesAgainToSendThem) {
  Subscriptions subscriptions{{.month = "2026-11", .subscriptions = {{"acme", 49}, {"globex", 149.5}}}};
  RefusingPost post;
  const auto run = ergon::testing::produce<InvoiceMaker>(
      {.services = {{"subscriptions", subscriptions}},
       .connectors = {{"post", post}},
       .policies = {.producer = {.batch = {.size = 2},
                                 .connector = "post",
                                 .dispatch = {.retry = {.max_attempts = 2, .backoff = 0ms}}}}});
  EXPECT_EQ(run.ok, 2U);
  EXPECT_EQ(post.taken, 2U);
}

#if !defined(ERGON_TELEMETRY_OFF)
TEST(InvoiceMaker, SendsEachInvoiceWithItsTrace) {
  Subscriptions subscriptions{{.month = "2026-11", .subscriptions = {{"acme", 49}}}};
  const auto run = ergon::testing::produce<InvoiceMaker>({.services = {{"subscriptions", subscriptions}}});
  const auto* invoice = run.spans().find("InvoiceMaker.transaction");
  ASSERT_NE(invoice, nullptr);
  EXPECT_EQ(invoice->kind, ergon::SpanKind::producer);
  EXPECT_EQ(run.dispatched.at(0).metadata.at("traceparent").substr(3, 32),
            invoice->context.trace_id.to_hex());
  EXPECT_EQ(run.logs().at(0).message, "invoice 2026-11/acme over 49 is on its way");
}
#endif

}  // namespace
