#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <latch>
#include <random>
#include <thread>

#include "telemetry/buffer/ring.hpp"
#include "unit/buffer/record_writer.hpp"

namespace ergon::telemetry::test {
namespace {

constexpr std::chrono::milliseconds kLength{300};

// Pushes numbered records of random sizes until the time is over; what is refused is counted, not repeated.
struct Producer {
  Ring& ring;
  MemoryBudget& budget;
  std::atomic<bool> is_done{false};
  std::uint64_t taken{0};
  std::uint64_t refused{0};

  void run() {
    std::mt19937 random(9);
    const auto until = std::chrono::steady_clock::now() + kLength;
    while (std::chrono::steady_clock::now() < until) {
      for (int i = 0; i < 64; ++i) {
        const std::uint32_t size =
            kUnit * (1 + random() % (random() % 16 == 0 ? Ring::kLargestRecord / kUnit : 12));
        push(ring, budget, size, taken) ? ++taken : ++refused;
      }
    }
    is_done.store(true, std::memory_order_release);
  }
};

// Takes records one batch at a time and checks that none is missing, repeated or changed.
std::uint64_t consume(Ring& ring, MemoryBudget& budget, const Producer& producer) {
  std::uint64_t expected = 0;
  for (bool is_last = false; !is_last;) {
    is_last = producer.is_done.load(std::memory_order_acquire);
    Ring::Cursor cursor = ring.begin();
    std::uint64_t found = 0;
    while (const RecordHeader* record = ring.peek(cursor)) {
      if (record->ticks != expected || !is_whole(*record)) ADD_FAILURE() << "record " << expected;
      ++expected;
      if (++found == 500 && !is_last) break;
    }
    if (found > 0) {
      ring.release(cursor, budget);
    } else {
      ring.note_idle();
    }
  }
  return expected;
}

void stress(std::size_t limit) {
  Ring ring;
  MemoryBudget budget(limit);
  Producer producer{ring, budget};
  std::thread thread([&] { producer.run(); });
  const std::uint64_t consumed = consume(ring, budget, producer);
  thread.join();
  EXPECT_EQ(consumed, producer.taken);
  EXPECT_GT(consumed, 100U);
  EXPECT_TRUE(ring.is_drained());
  EXPECT_LE(budget.used(), budget.limit());
}

TEST(Ring, LosesNothingBetweenTwoThreadsConcurrentSafe) { stress(64U << 20U); }

TEST(Ring, LosesNothingInASingleSegmentConcurrentSafe) { stress(std::size_t{2} * Ring::kFirstSegment); }

// What the registry does for a new thread while the worker frees the segments of a dead one's ring.
TEST(Ring, TellsThatItIsDrainedWhileItIsReleasedConcurrentSafe) {
  MemoryBudget budget(64U << 20U);
  for (int round = 0; round < 500; ++round) {
    Ring ring;
    for (std::uint64_t number = 0; number < 400; ++number) ASSERT_TRUE(push(ring, budget, 128, number));
    std::latch both(2);
    std::thread worker([&] {
      Ring::Cursor cursor = ring.begin();
      while (ring.peek(cursor) != nullptr) {
      }
      both.arrive_and_wait();
      ring.release(cursor, budget);
    });
    both.arrive_and_wait();
    while (!ring.is_drained()) std::this_thread::yield();
    worker.join();
  }
}

}  // namespace
}  // namespace ergon::telemetry::test
