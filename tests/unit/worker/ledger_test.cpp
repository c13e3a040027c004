#include "telemetry/worker/ledger.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

namespace ergon::telemetry {
namespace {

using Outcome = Ledger::Outcome;

std::uint64_t dropped(const Counts& counts, DropReason reason) {
  return counts.dropped[static_cast<std::size_t>(reason)];
}

TEST(Ledger, CountsWhatNobodyWantsAsFiltered) {
  Ledger ledger;
  ledger.open(3, 0);
  EXPECT_EQ(dropped(ledger.counts(), DropReason::filtered), 3U);
  EXPECT_EQ(ledger.counts().queued, 0U);
}

TEST(Ledger, SettlesARecordWithItsLastAnswer) {
  Ledger ledger;
  const std::uint64_t first = ledger.open(1, 3);
  ledger.settle({first, 1}, Outcome::delivered, {});
  ledger.settle({first, 1}, Outcome::dropped, DropReason::shutdown);
  EXPECT_EQ(ledger.counts().queued, 1U);
  EXPECT_EQ(ledger.counts().delivered, 0U);
  ledger.settle({first, 1}, Outcome::rejected, {});
  EXPECT_EQ(ledger.counts().queued, 0U);
  EXPECT_EQ(ledger.counts().delivered, 1U);
}

TEST(Ledger, RanksDeliveredAboveRejectedAboveDropped) {
  const std::vector<std::pair<std::vector<Outcome>, Outcome>> cases{
      {{Outcome::dropped, Outcome::delivered}, Outcome::delivered},
      {{Outcome::delivered, Outcome::dropped}, Outcome::delivered},
      {{Outcome::rejected, Outcome::dropped}, Outcome::rejected},
      {{Outcome::dropped, Outcome::rejected}, Outcome::rejected},
      {{Outcome::rejected, Outcome::delivered, Outcome::dropped}, Outcome::delivered},
      {{Outcome::dropped, Outcome::dropped, Outcome::dropped}, Outcome::dropped}};
  for (const auto& [answers, expected] : cases) {
    Ledger ledger;
    const std::uint64_t first = ledger.open(1, static_cast<std::uint32_t>(answers.size()));
    for (const Outcome answer : answers) ledger.settle({first, 1}, answer, DropReason::timeout);
    const Counts counts = ledger.counts();
    EXPECT_EQ(counts.delivered, expected == Outcome::delivered ? 1U : 0U);
    EXPECT_EQ(counts.rejected, expected == Outcome::rejected ? 1U : 0U);
    EXPECT_EQ(dropped(counts, DropReason::timeout), expected == Outcome::dropped ? 1U : 0U);
  }
}

TEST(Ledger, NamesTheReasonThatCameLast) {
  Ledger ledger;
  const std::uint64_t first = ledger.open(1, 2);
  ledger.settle({first, 1}, Outcome::dropped, DropReason::queue_full);
  ledger.settle({first, 1}, Outcome::dropped, DropReason::shutdown);
  EXPECT_EQ(dropped(ledger.counts(), DropReason::shutdown), 1U);
  EXPECT_EQ(dropped(ledger.counts(), DropReason::queue_full), 0U);
}

TEST(Ledger, NumbersRecordsWithoutGaps) {
  Ledger ledger;
  const std::uint64_t first = ledger.open(5, 1);
  ledger.open(7, 0);  // nobody's: needs no number
  const std::uint64_t second = ledger.open(2, 1);
  EXPECT_EQ(second, first + 5);
  ledger.settle({first, 7}, Outcome::delivered, {});
  EXPECT_EQ(ledger.counts().delivered, 7U);
  EXPECT_EQ(ledger.open(1, 1), second + 2);
}

// One record waits for its answer for ever, a million behind it get theirs.
TEST(Ledger, KeepsNothingOfWhatIsSettledBehindARecordThatIsNot) {
  Ledger ledger;
  const std::uint64_t stuck = ledger.open(1, 2);
  for (int i = 0; i < 1'000'000; ++i) {
    const std::uint64_t number = ledger.open(1, 2);
    ledger.settle({number, 1}, Outcome::dropped, DropReason::queue_full);
    if (i % 500 == 499) ledger.settle({number - 499, 500}, Outcome::delivered, {});
    ASSERT_LE(ledger.open_runs(), 3U);
  }
  EXPECT_EQ(ledger.counts().delivered, 1'000'000U);
  EXPECT_EQ(ledger.counts().queued, 1U);
  ledger.settle({stuck, 1}, Outcome::delivered, {});
  ledger.settle({stuck, 1}, Outcome::delivered, {});
  EXPECT_EQ(ledger.open_runs(), 0U);
}

// One answer of one destination to one record.
struct Answer {
  std::uint64_t record;
  Outcome outcome;
  DropReason reason;
};

// All answers, those of one record in the order in which they stand, mixed with those of others.
Counts expected_of(const std::vector<Answer>& answers) {
  std::map<std::uint64_t, std::pair<Outcome, DropReason>> best;
  for (const Answer& answer : answers) {
    const auto [at, is_new] = best.try_emplace(answer.record, answer.outcome, answer.reason);
    if (!is_new && answer.outcome >= at->second.first) at->second = {answer.outcome, answer.reason};
  }
  Counts counts;
  for (const auto& [record, outcome] : best) {
    if (outcome.first == Outcome::delivered) ++counts.delivered;
    if (outcome.first == Outcome::rejected) ++counts.rejected;
    if (outcome.first == Outcome::dropped) ++counts.dropped[static_cast<std::size_t>(outcome.second)];
  }
  return counts;
}

TEST(Ledger, AgreesWithABookPerRecord) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    Ledger ledger;
    std::vector<Answer> answers;
    std::uint64_t opened = 0;
    for (int i = 0; i < 100; ++i) {
      const auto destinations = static_cast<std::uint32_t>(1 + random() % 3);
      const std::uint64_t count = 1 + random() % 4;
      const std::uint64_t first = ledger.open(count, destinations);
      opened += count;
      for (std::uint64_t record = first; record < first + count; ++record) {
        for (std::uint32_t d = 0; d < destinations; ++d) {
          answers.push_back(
              {record, static_cast<Outcome>(random() % 3), static_cast<DropReason>(random() % kDropReasons)});
        }
      }
    }
    std::ranges::shuffle(answers, random);
    for (const Answer& answer : answers) {
      ledger.settle({answer.record, 1}, answer.outcome, answer.reason);
      Counts so_far = ledger.counts();
      so_far.created = opened;
      ASSERT_TRUE(so_far.closes());
    }
    const Counts expected = expected_of(answers);
    EXPECT_EQ(ledger.counts().delivered, expected.delivered);
    EXPECT_EQ(ledger.counts().rejected, expected.rejected);
    EXPECT_EQ(ledger.counts().dropped, expected.dropped);
    EXPECT_EQ(ledger.counts().queued, 0U);
  }
}

}  // namespace
}  // namespace ergon::telemetry
