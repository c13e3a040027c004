#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <ergon/telemetry.hpp>

#include "support/allocation_count.hpp"
#include "unit/support_engine/sinks.hpp"
#include "unit/support_engine/worker_session.hpp"

// What becomes of records that the worker has no memory to take.
namespace ergon::telemetry::test {
namespace {

constexpr std::size_t kRefused = 100'000;

// Delivers. From its first batch on, which comes on the worker's thread, that thread gets no large blocks.
class RefusingSink final : public Sink {
 public:
  explicit RefusingSink(std::shared_ptr<ResultInbox> results) : results_(std::move(results)) {}
  void submit(ExportBatch batch) override {
    ergon::test::refuse_blocks_to_this_thread(kRefused);
    results_->post(delivered(batch));
  }
  void stop() override {}

 private:
  std::shared_ptr<ResultInbox> results_;
};

class WorkerMemory : public ::testing::Test {
 protected:
  void SetUp() override {
    if (ergon::test::heap_bytes() == 0) GTEST_SKIP() << "a sanitizer has the allocator";
  }

  [[nodiscard]] WorkerOptions options(std::uint64_t max_records) const {
    const auto sink = std::make_shared<RefusingSink>(mailbox_);
    WorkerOptions options;
    options.pipelines = {pipeline_to(sink, Signal::spans, max_records),
                         pipeline_to(sink, Signal::logs, max_records)};
    return options;
  }

  static void record(const std::string& text) {
    get_tracer("memory").scoped_span("span", {{"text", text}}).end();
    get_logger("memory").info("{}", text);
  }
  static std::uint64_t dropped(const Counts& counts, DropReason reason) {
    return counts.dropped[static_cast<std::size_t>(reason)];
  }

  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
};

TEST_F(WorkerMemory, CountsWhatCouldNotBeEncodedAndGoesOn) {
  WorkerSession session(mailbox_, options(1));
  for (const std::size_t size : {std::size_t{10}, 3 * kRefused, std::size_t{10}}) {
    get_tracer("memory").scoped_span("span", {{"text", std::string(size, 'x')}}).end();
    EXPECT_TRUE(session.flush());
  }
  const Counts counts = session.statistics().spans.total;
  EXPECT_EQ(counts.delivered, 2U);
  EXPECT_EQ(dropped(counts, DropReason::non_retryable), 1U);
  EXPECT_EQ(counts.queued, 0U);
  EXPECT_TRUE(counts.closes());
}

TEST_F(WorkerMemory, AnswersForWhatABatchCouldNotTake) {
  constexpr std::uint64_t kRecords = 500;
  WorkerSession session(mailbox_, options(1'000'000));
  record("first");
  EXPECT_TRUE(session.flush());
  for (std::uint64_t i = 1; i < kRecords; ++i) record(std::string(1'000, 'x'));
  EXPECT_TRUE(session.flush());
  record("last");
  EXPECT_TRUE(session.flush());
  const Statistics books = session.statistics();
  for (const SignalStatistics* signal : {&books.spans, &books.logs}) {
    EXPECT_GT(signal->total.delivered, 30U);
    EXPECT_GT(dropped(signal->total, DropReason::queue_full), 100U);
    EXPECT_EQ(signal->total.queued, 0U);
    EXPECT_EQ(signal->total.created, kRecords + 1);
    EXPECT_TRUE(signal->total.closes());
    EXPECT_TRUE(signal->destinations[0].counts.closes());
  }
}

}  // namespace
}  // namespace ergon::telemetry::test
