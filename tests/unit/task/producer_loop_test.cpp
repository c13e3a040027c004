#include "task/producer_loop.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "unit/task/producer_stand.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using Notes = std::vector<std::string>;
using ProducerLoopTest = ProducerTest;

static_assert(!ergon::detail::overrides_dispatched<Maker>());
static_assert(!ergon::detail::overrides_dispatch_failed<Maker>());
static_assert(ergon::detail::overrides_dispatched<Noting>());
static_assert(ergon::detail::overrides_dispatch_failed<Noting>());

TEST_F(ProducerLoopTest, DispatchesInBatchesUntilThereIsNothing) {
  Maker::script = making(5);
  ProducerStand loop(maker_, outbox_, in_batches_of(2));
  EXPECT_FALSE(loop->run());
  EXPECT_EQ(outbox_.sizes(), (std::vector<std::size_t>{2, 2, 1}));
  EXPECT_EQ(loop.tally().ok, 5U);
  EXPECT_EQ(loop.seat().cell().phase(), ergon::detail::LoopPhase::ended);
  const RawTransaction& first = outbox_.calls.at(0).at(0);
  EXPECT_EQ(first.id, "m-1");
  EXPECT_EQ(first.payload, R"({"number":1})");
  EXPECT_EQ(first.metadata.at("key"), "value");
  EXPECT_TRUE(first.metadata.contains("ergon.enqueue_time"));
}

TEST_F(ProducerLoopTest, DispatchesNothingWhereThereIsNothing) {
  Maker::script = making(0);
  ProducerStand loop(maker_, outbox_, in_batches_of(2));
  EXPECT_FALSE(loop->run());
  EXPECT_TRUE(outbox_.calls.empty());
}

TEST_F(ProducerLoopTest, EndsWithItsBudget) {
  Maker::script = making(100);
  ProducerStand loop(maker_, outbox_, in_batches_of(2), 3);
  EXPECT_FALSE(loop->run());
  EXPECT_EQ(outbox_.sizes(), (std::vector<std::size_t>{2, 1}));
}

TEST_F(ProducerLoopTest, GivesBackWhatItDidNotMake) {
  Maker::script = making(1);
  ProducerStand loop(maker_, outbox_, in_batches_of(2), 2);
  EXPECT_FALSE(loop->run());
  EXPECT_FALSE(loop.seat().budget().is_used_up());
}

TEST_F(ProducerLoopTest, DispatchesWhatIsPreparedWhenItIsToStop) {
  ProducerStand loop(maker_, outbox_, in_batches_of(5));
  Maker::script = [&, next = std::int64_t{0}]() mutable {
    if (++next == 2) loop.seat().stop();
    return made(next);
  };
  EXPECT_FALSE(loop->run());
  EXPECT_EQ(outbox_.sizes(), (std::vector<std::size_t>{2}));
  EXPECT_EQ(loop.tally().ok, 2U);
}

TEST_F(ProducerLoopTest, PreparesNothingOnceStopped) {
  Maker::script = making(5);
  ProducerStand loop(maker_, outbox_, in_batches_of(5));
  loop.seat().stop();
  EXPECT_FALSE(loop->run());
  EXPECT_TRUE(outbox_.calls.empty());
}

TEST_F(ProducerLoopTest, AsksAgainWhenItIsStreaming) {
  Policies policies = in_batches_of(2);
  policies.producer.loop.streaming = true;
  ProducerStand loop(maker_, outbox_, std::move(policies));
  int asked = 0;
  Maker::script = [&]() -> MadeItem {
    ++asked;
    if (asked == 4) loop.seat().stop();
    if (asked == 2) return made(1);
    return std::nullopt;
  };
  EXPECT_FALSE(loop->run());
  EXPECT_EQ(asked, 4);
  EXPECT_EQ(outbox_.sizes(), (std::vector<std::size_t>{1}));
}

TEST_F(ProducerLoopTest, DoesNotWaitForMoreOnceStopped) {
  Policies policies = in_batches_of(1);
  policies.producer.loop.streaming = true;
  policies.producer.empty_backoff = {.initial = 1h, .cap = 1h};
  ProducerStand loop(maker_, outbox_, std::move(policies));
  Maker::script = [&]() -> MadeItem {
    loop.seat().stop();
    return std::nullopt;
  };
  EXPECT_FALSE(loop->run());
}

TEST_F(ProducerLoopTest, GoesOnWhenOneCanNotBePrepared) {
  Maker::script = making(4, {2, 3});
  ProducerStand loop(noting_, outbox_, in_batches_of(3));
  EXPECT_FALSE(loop->run());
  EXPECT_EQ(outbox_.sizes(), (std::vector<std::size_t>{1, 1}));
  EXPECT_EQ(loop.tally().ok, 2U);
  EXPECT_EQ(loop.tally().failed, 2U);
  EXPECT_EQ(Noting::notes, (Notes{"dispatched m-1", "dispatched m-4"}));  // there is nothing to hand over
}

TEST_F(ProducerLoopTest, GoesOnAfterAWaitWhenItIsStreaming) {
  Policies policies = in_batches_of(3);
  policies.producer.loop.streaming = true;
  ProducerStand loop(maker_, outbox_, std::move(policies));
  Maker::script = [&, next = std::int64_t{0}]() mutable -> MadeItem {
    if (++next == 2) throw SystemError("no database");
    if (next == 4) loop.seat().stop();
    return made(next);
  };
  EXPECT_FALSE(loop->run());
  EXPECT_EQ(outbox_.sizes(), (std::vector<std::size_t>{1, 2}));  // nothing prepared waits
}

TEST_F(ProducerLoopTest, EndsWhenPreparingFailsAgainAndAgain) {
  std::size_t asked = 0;
  Maker::script = [&]() -> MadeItem {
    if (++asked == 2) return made(1);
    throw SystemError("no database");
  };
  ProducerStand loop(maker_, outbox_, in_batches_of(1));
  const auto failure = loop->run();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->message, "task 'Maker': no database");
  EXPECT_EQ(asked, 2 + ergon::detail::BatchProducer::kMostFailures);
  EXPECT_EQ(loop.tally().failed, 1 + ergon::detail::BatchProducer::kMostFailures);
}

TEST_F(ProducerLoopTest, TriesToDispatchAgain) {
  Maker::script = making(2);
  outbox_.refusals = 2;
  ProducerStand loop(noting_, outbox_, in_batches_of(2, 3));
  EXPECT_FALSE(loop->run());
  EXPECT_EQ(outbox_.sizes(), (std::vector<std::size_t>{2}));
  EXPECT_EQ(Noting::notes, (Notes{"dispatched m-1", "dispatched m-2"}));
}

TEST_F(ProducerLoopTest, FailsTheTransactionsOfADispatchThatFails) {
  Maker::script = making(3);
  outbox_.refusals = 2;
  ProducerStand loop(noting_, outbox_, in_batches_of(2, 2));
  EXPECT_FALSE(loop->run());
  loop->exit();
  EXPECT_EQ(Noting::notes, (Notes{"failed m-1: m-1 the broker is away", "failed m-2: m-2 the broker is away",
                                  "dispatched m-3", "exit"}));
  EXPECT_EQ(loop.tally().ok, 1U);
  EXPECT_EQ(loop.tally().failed, 2U);
}

TEST_F(ProducerLoopTest, FailsTheTransactionWhoseHandlerFails) {
  Maker::script = making(2);
  Noting::fails_at = 1;
  ProducerStand loop(noting_, outbox_, in_batches_of(2));
  EXPECT_FALSE(loop->run());
  EXPECT_EQ(Noting::notes, (Notes{"dispatched m-1", "dispatched m-2"}));  // it was dispatched all the same
  EXPECT_EQ(loop.tally().ok, 1U);
  EXPECT_EQ(loop.tally().failed, 1U);
}

}  // namespace
}  // namespace ergon::test
