#include "telemetry/worker/drain.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <thread>

#include <ergon/telemetry.hpp>

#include "telemetry/worker/ring_mark.hpp"
#include "unit/support_engine/fresh_process.hpp"

namespace ergon::telemetry {
namespace {

void drain_after_threads_that_are_gone() {
  g_budget.set_limit(64U << 20U);
  std::thread([] {
    for (int i = 0; i < 5'000; ++i) const auto span = get_tracer("drain").scoped_span("burst");
  }).join();
  EXPECT_GT(g_budget.used(), 500'000U);
  Drain drain;
  for (int pass = 0; pass < 100; ++pass) {
    static_cast<void>(drain.collect());
    drain.release();
  }
  EXPECT_EQ(g_budget.used(), 0U);
}

constexpr Drain::Signals kSpansHeldBack{true, false, false};
constexpr Drain::Signals kBothHeldBack{true, true, false};

void record_spans(int count) {
  for (int i = 0; i < count; ++i) const auto span = get_tracer("drain").scoped_span("span");
}

struct Pass {
  std::size_t spans{0};
  std::size_t logs{0};
  bool is_in_order{true};
};

// Collects, and keeps what was held back, or is to be from now on.
Pass pass(Drain& drain, const Drain::Signals& is_held_back, const Drain::Signals& keeps) {
  Pass found;
  std::uint64_t last = 0;
  for (const RecordHeader* record : drain.collect(is_held_back)) {
    record->kind == RecordKind::span ? ++found.spans : ++found.logs;
    found.is_in_order &= record->ticks >= last;
    last = record->ticks;
    if (keeps[static_cast<std::size_t>(signal_of(record->kind))]) drain.keep(record);
  }
  drain.release();
  EXPECT_TRUE(found.is_in_order);
  return found;
}

void drain_around_what_is_held_back() {
  g_budget.set_limit(64U << 20U);
  record_spans(5'000);
  get_logger("drain").info("behind them");
  Drain drain;
  const Pass first = pass(drain, {}, kSpansHeldBack);
  EXPECT_EQ(first.spans, 5'000U);
  EXPECT_EQ(first.logs, 1U);
  EXPECT_FALSE(drain.found_more());
  for (int round = 0; round < 3; ++round) {
    get_logger("drain").info("behind them, too");
    record_spans(1);
    const Pass next = pass(drain, kSpansHeldBack, kSpansHeldBack);
    EXPECT_EQ(next.spans, Drain::kMostHeldBack) << "the first of them";
    EXPECT_EQ(next.logs, 1U);
    EXPECT_TRUE(drain.found_more());
    EXPECT_TRUE(drain.has_passed_over(Signal::spans));
    EXPECT_FALSE(drain.has_passed_over(Signal::logs));
  }
  const Pass taken = pass(drain, kSpansHeldBack, {});
  EXPECT_EQ(taken.spans, Drain::kMostHeldBack);
  EXPECT_EQ(pass(drain, {}, {}).spans, 5'003U - Drain::kMostHeldBack);
  EXPECT_FALSE(drain.found_more());
}

TEST(Drain, TakesWhatLiesBehindRecordsThatAreHeldBack) {
  ergon::test::run_in_fresh_process(&drain_around_what_is_held_back);
}

void drain_a_signal_that_has_room_again() {
  g_budget.set_limit(64U << 20U);
  for (int i = 0; i < 3'000; ++i) {
    record_spans(1);
    get_logger("drain").info("between them");
  }
  Drain drain;
  static_cast<void>(pass(drain, {}, kBothHeldBack));
  const Pass second = pass(drain, kBothHeldBack, kSpansHeldBack);
  EXPECT_EQ(second.spans, Drain::kMostHeldBack);
  EXPECT_EQ(second.logs, Drain::kMostHeldBack);
  const Pass third = pass(drain, kSpansHeldBack, kSpansHeldBack);
  EXPECT_EQ(third.logs, 3'000U - Drain::kMostHeldBack) << "though spans are held back still";
  EXPECT_EQ(pass(drain, {}, {}).spans, 3'000U);
}

TEST(Drain, TakesASignalThatHasRoomAgainFromWhatItPassedOver) {
  ergon::test::run_in_fresh_process(&drain_a_signal_that_has_room_again);
}

void mark_and_drain() {
  g_budget.set_limit(64U << 20U);
  record_spans(3'000);
  const RingMark mark = RingMark::of_now();
  record_spans(3'000);
  Drain drain;
  EXPECT_FALSE(mark.is_released(drain.overwritten()) || mark.is_seen(drain.overwritten()));
  static_cast<void>(pass(drain, {}, kSpansHeldBack));
  EXPECT_FALSE(mark.is_released(drain.overwritten()));
  EXPECT_TRUE(mark.is_seen(drain.overwritten()));
  for (int round = 0; round < 3; ++round) {
    EXPECT_FALSE(mark.is_released(drain.overwritten())) << "in round " << round;
    static_cast<void>(pass(drain, kSpansHeldBack, {}));
  }
  EXPECT_TRUE(mark.is_released(drain.overwritten()));
  EXPECT_TRUE(drain.found_more()) << "what came after the mark";
}

TEST(RingMark, IsReachedWhenAllBeforeItHasBeenTaken) { ergon::test::run_in_fresh_process(&mark_and_drain); }

TEST(Drain, FreesTheRingsOfThreadsThatAreGone) {
  ergon::test::run_in_fresh_process(&drain_after_threads_that_are_gone);
}

}  // namespace
}  // namespace ergon::telemetry
