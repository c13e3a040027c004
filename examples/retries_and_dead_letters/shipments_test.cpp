#include "shipments.hpp"

#include <gtest/gtest.h>

#include <ergon/testing/task_test.hpp>

using namespace std::chrono_literals;

namespace {

// As in shipments.yaml, without the waits.
const ergon::Policies kThreeAttempts{.consumer = {.process = {.retry = {.max_attempts = 3, .backoff = 0ms}}}};

// Away for a while, and how often it was asked.
class RecoveringCarrier : public Carrier {
 public:
  explicit RecoveringCarrier(int refusals) : Carrier(Options{}), refusals_(refusals) {}
  void book(const Shipment& /*shipment*/, std::chrono::steady_clock::time_point /*deadline*/) override {
    if (++calls <= refusals_) throw ergon::SystemError("no answer");
  }

  int calls{0};

 private:
  int refusals_;
};

ergon::testing::TaskRun book(Carrier& carrier, Shipment shipment) {
  return ergon::testing::run<ShipmentBooker>(
      {std::move(shipment)}, {.services = {{"carrier", carrier}}, .policies = kThreeAttempts});
}

TEST(ShipmentBooker, TriesAgain) {
  RecoveringCarrier carrier(2);
  EXPECT_EQ(book(carrier, {"s-1", "Lyon", "Rue Mercière 3"}).ok, 1U);
  EXPECT_EQ(carrier.calls, 3);
}

TEST(ShipmentBooker, FailsAfterTheLastAttempt) {
  RecoveringCarrier carrier(3);
  const auto run = book(carrier, {"s-1", "Lyon", "Rue Mercière 3"});
  ASSERT_EQ(run.failed, 1U);
  EXPECT_EQ(run.errors[0].attempts, 3);
  EXPECT_TRUE(run.errors[0].is_retryable);
}

TEST(ShipmentBooker, DoesNotTryWhatIsInVain) {
  RecoveringCarrier carrier(0);
  const auto run = book(carrier, {"s-3", "Turin", std::nullopt});
  ASSERT_EQ(run.failed, 1U);
  EXPECT_EQ(run.errors[0].type, "AddressUnknown");
  EXPECT_EQ(run.errors[0].attempts, 1);
  EXPECT_EQ(carrier.calls, 0);
}

}  // namespace
