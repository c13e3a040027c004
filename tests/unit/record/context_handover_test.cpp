#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/buffer/ring.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "telemetry/record/recording_state.hpp"
#include "unit/support_engine/memory_session.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;

// A pool as a program may have one, that knows nothing of contexts.
class Pool {
 public:
  explicit Pool(int threads) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  }

  void run(std::function<void()> job) {
    std::unique_lock lock(mutex_);
    has_room_.wait(lock, [this] { return jobs_.size() < 256; });
    jobs_.push(std::move(job));
    has_job_.notify_one();
  }

  void finish() {
    {
      const std::lock_guard guard(mutex_);
      is_closed_ = true;
    }
    has_job_.notify_all();
    threads_.clear();
  }

 private:
  void work() {
    for (;;) {
      std::unique_lock lock(mutex_);
      has_job_.wait(lock, [this] { return is_closed_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      const std::function<void()> job = std::move(jobs_.front());
      jobs_.pop();
      lock.unlock();
      has_room_.notify_one();
      job();
    }
  }

  std::mutex mutex_;
  std::condition_variable has_job_;
  std::condition_variable has_room_;
  std::queue<std::function<void()>> jobs_;
  bool is_closed_{false};
  std::vector<std::jthread> threads_;
};

constexpr ContextKey<std::int64_t> kNumber{"number"};

// Of the full figure a share that a sanitizer's run has time for; the soak takes all of it.
std::int64_t spans_per_thread() {
  const char* wanted = std::getenv("ERGON_HANDOVER_SPANS");
  return wanted != nullptr ? std::atoll(wanted) : 2'000;
}

// Each span of the one side names itself in an attribute of the span of the other side that is made of it.
struct Books {
  std::uint64_t children{0};
  std::uint64_t wrong{0};

  void add(const std::vector<ergon::testing::RecordedSpan>& spans) {
    for (const auto& span : spans) {
      if (span.name != "handed over") continue;
      ++children;
      if (ergon::testing::find(span.attributes, "parent") != span.parent_span_id.to_hex()) ++wrong;
      if (ergon::testing::find(span.attributes, "trace") != span.context.trace_id.to_hex()) ++wrong;
    }
  }
};

// Blocking, so that none is lost however slow the worker is. The soak's spans of a thread, 20 MB, are more
// than its ring may ever hold, so it wraps around; and it has grown, as is seen where no earlier test has
// left rings.
TEST(ContextHandover, EveryParentIsRightConcurrentSafe) {
  constexpr int kThreads = 8;
  constexpr int kPoolThreads = 3;
  constexpr std::int64_t kSoak = 100'000;
  const std::int64_t count = spans_per_thread();
  MemorySession session(everything(), {.on_full = telemetry::OnFull::block, .max_block = 60s});
  const Tracer tracer = get_tracer("handover");
  std::atomic<std::int64_t> wrong_values{0};
  Pool pool(kPoolThreads);
  Books books;
  const auto room = [] { return telemetry::g_budget.room_to_grow(telemetry::Signal::spans); };
  const std::size_t room_before = room();
  std::size_t least_room = room_before;
  const auto take = [&] {
    least_room = std::min(least_room, room());
    for (const std::string& request : session.take(telemetry::Signal::spans))
      books.add(telemetry::read_spans(request).spans);
  };
  std::atomic<int> at_work{kThreads};
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t number = thread * count + i;
        const auto scope = attach(Context().with(kNumber, number));
        const auto span = tracer.scoped_span("handing over", {{"number", number}});
        pool.run(bind_context([&, number, parent = span.context()] {
          if (*current_context().get(kNumber) != number) ++wrong_values;
          const auto child = tracer.scoped_span(
              "handed over", {{"parent", parent.span_id.to_hex()}, {"trace", parent.trace_id.to_hex()}});
        }));
      }
      --at_work;
    });
  }
  while (at_work > 0) take();
  pool.finish();
  take();
  EXPECT_EQ(wrong_values, 0);
  EXPECT_EQ(books.wrong, 0U);
  EXPECT_EQ(books.children, static_cast<std::uint64_t>(kThreads * count));
  if (count >= kSoak) {
    constexpr std::size_t kUngrown = (kThreads + kPoolThreads) * telemetry::Ring::kFirstSegment;
    EXPECT_GT(room_before - least_room, 2 * kUngrown);
  }
}

}  // namespace
}  // namespace ergon::test
