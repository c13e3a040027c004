#include "telemetry/export/user_threads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "unit/support_engine/journal.hpp"
#include "unit/support_engine/sinks.hpp"

namespace ergon::telemetry {
namespace {

using namespace std::chrono_literals;
using test::KeepingInbox;
using ::testing::ElementsAre;

Deadline in(std::chrono::milliseconds time) { return Deadline::clock::now() + time; }

// What the code and the test share; it outlives both, as the code may be left alone.
struct Stage {
  ergon::test::Journal journal;
  ergon::test::Gate gate;
  std::uint64_t most_taken{UINT64_MAX};
};

class JournalingCode final : public UserCode {
 public:
  explicit JournalingCode(std::shared_ptr<Stage> stage) : stage_(std::move(stage)) {}
  JournalingCode(const JournalingCode&) = delete;
  JournalingCode& operator=(const JournalingCode&) = delete;
  ~JournalingCode() override { stage_->journal.note("destroyed"); }

  std::uint64_t take(const ExportBatch& batch) override {
    stage_->journal.note("take " + std::to_string(batch.id));
    stage_->gate.pass();
    if (stage_->most_taken == 0) throw std::runtime_error("no paper");
    stage_->journal.note("taken " + std::to_string(batch.id));
    return std::min(batch.count, stage_->most_taken);
  }
  bool force_flush(Deadline /*deadline*/) override {
    stage_->journal.note("flush");
    return true;
  }
  void shutdown(Deadline /*deadline*/) override { stage_->journal.note("shutdown"); }

 private:
  std::shared_ptr<Stage> stage_;
};

class UserThreadTest : public ::testing::Test {
 protected:
  [[nodiscard]] static ExportBatch batch(std::uint64_t id, std::uint64_t count = 2) {
    ExportBatch made;
    made.id = id;
    made.count = count;
    return made;
  }

  std::shared_ptr<Stage> stage_ = std::make_shared<Stage>();
  std::shared_ptr<KeepingInbox> results_ = std::make_shared<KeepingInbox>();
  UserThread thread_{"fake", std::make_unique<JournalingCode>(stage_), results_};
};

TEST_F(UserThreadTest, TakesBatchesInOrderAndEndsWithFlushAndShutdownOnce) {
  thread_.submit(batch(1));
  thread_.submit(batch(2));
  static_cast<void>(results_->wait_for(2));
  thread_.begin_stop(in(20s));
  EXPECT_TRUE(thread_.end_stop(in(20s)));
  EXPECT_THAT(stage_->journal.lines(),
              ElementsAre("take 1", "taken 1", "take 2", "taken 2", "flush", "shutdown", "destroyed"));
  for (const ExportResult& result : results_->wait_for(2)) EXPECT_EQ(result.delivered, 2U);
  thread_.submit(batch(3));
  const ExportResult late = results_->wait_for(3).back();
  EXPECT_EQ(late.dropped, 2U);
  EXPECT_EQ(late.reason, DropReason::shutdown);
}

TEST_F(UserThreadTest, ShutsDownWhatNeverGotABatch) {
  thread_.begin_stop(in(20s));
  EXPECT_TRUE(thread_.end_stop(in(20s)));
  EXPECT_THAT(stage_->journal.lines(), ElementsAre("flush", "shutdown", "destroyed"));
}

TEST_F(UserThreadTest, CountsWhatIsNotTaken) {
  stage_->most_taken = 1;
  thread_.submit(batch(1, 3));
  static_cast<void>(results_->wait_for(1));
  stage_->most_taken = 0;  // throws
  thread_.submit(batch(2, 3));
  const auto results = results_->wait_for(2);
  EXPECT_EQ(results[0].delivered, 1U);
  EXPECT_EQ(results[0].dropped, 2U);
  EXPECT_EQ(results[1].delivered, 0U);
  EXPECT_EQ(results[1].dropped, 3U);
  for (const ExportResult& result : results) EXPECT_EQ(result.reason, DropReason::non_retryable);
}

TEST_F(UserThreadTest, FlushesBehindWhatWasSubmittedBefore) {
  stage_->gate.shut();
  thread_.submit(batch(1));
  ASSERT_TRUE(stage_->journal.wait_for("take 1"));
  const auto first = thread_.force_flush(in(20s));
  EXPECT_EQ(thread_.force_flush(in(20s)), first) << "asked once while it waits";
  EXPECT_FALSE(first->wait_until(in(0ms)).has_value());
  stage_->gate.open();
  EXPECT_EQ(first->wait_until(in(20s)), true);
  EXPECT_THAT(stage_->journal.lines(), ElementsAre("take 1", "taken 1", "flush"));
}

TEST_F(UserThreadTest, LeavesAStuckCallAloneAndAnswersForIt) {
  stage_->gate.shut();
  thread_.submit(batch(1));
  thread_.submit(batch(2));
  ASSERT_TRUE(stage_->journal.wait_for("take 1"));
  const auto flush = thread_.force_flush(in(20s));
  thread_.begin_stop(in(0ms));
  EXPECT_EQ(flush->wait_until(in(0ms)), false);
  EXPECT_FALSE(thread_.end_stop(in(10ms)));
  const auto results = results_->wait_for(2);
  EXPECT_EQ(results[0].batch_id, 2U) << "what waited is answered first";
  EXPECT_EQ(results[1].batch_id, 1U);
  for (const ExportResult& result : results) {
    EXPECT_EQ(result.dropped, 2U);
    EXPECT_EQ(result.reason, DropReason::shutdown);
  }
  stage_->gate.open();
  ASSERT_TRUE(stage_->journal.wait_for("taken 1"));
  EXPECT_EQ(results_->count(), 2U) << "it was answered for once";
  EXPECT_THAT(stage_->journal.lines(), ElementsAre("take 1", "taken 1")) << "no call follows";
}

// One of the calls that stop it hangs: what that does later is its own affair.
class LateCode final : public UserCode {
 public:
  LateCode(std::shared_ptr<Stage> stage, std::string late)
      : stage_(std::move(stage)), late_(std::move(late)) {}
  LateCode(const LateCode&) = delete;
  LateCode& operator=(const LateCode&) = delete;
  ~LateCode() override { be_called("destructor"); }

  std::uint64_t take(const ExportBatch& batch) override { return batch.count; }
  bool force_flush(Deadline /*deadline*/) override {
    be_called("force_flush");
    return true;
  }
  void shutdown(Deadline /*deadline*/) override { be_called("shutdown"); }

 private:
  void be_called(const std::string& call) {
    stage_->journal.note(call);
    if (call != late_) return;
    stage_->gate.pass();
    stage_->journal.note("late");
  }

  std::shared_ptr<Stage> stage_;
  std::string late_;
};

// Stops one whose call hangs, lets it go on, and answers all the calls that there were.
std::vector<std::string> calls_of(const std::string& late) {
  const auto stage = std::make_shared<Stage>();
  stage->gate.shut();
  UserThread thread("late", std::make_unique<LateCode>(stage, late), std::make_shared<KeepingInbox>());
  thread.begin_stop(in(20s));
  EXPECT_TRUE(stage->journal.wait_for(late));
  EXPECT_FALSE(thread.end_stop(in(0ms)));
  stage->gate.open();
  EXPECT_TRUE(stage->journal.wait_for("late"));
  return stage->journal.lines();
}

TEST(UserThread, CallsNothingOnceItIsLeftAlone) {
  EXPECT_THAT(calls_of("force_flush"), ElementsAre("force_flush", "late"));
  EXPECT_THAT(calls_of("shutdown"), ElementsAre("force_flush", "shutdown", "late"));
  EXPECT_THAT(calls_of("destructor"), ElementsAre("force_flush", "shutdown", "destructor", "late"));
}

TEST(UserThreads, AreStoppedSideBySide) {
  const auto stuck = std::make_shared<Stage>();
  const auto healthy = std::make_shared<Stage>();
  stuck->gate.shut();
  UserThreads threads(std::make_shared<KeepingInbox>());
  static_cast<void>(threads.add("late", std::make_unique<LateCode>(stuck, "force_flush")));
  static_cast<void>(threads.add("healthy", std::make_unique<JournalingCode>(healthy)));
  EXPECT_FALSE(threads.stop(in(200ms)));
  EXPECT_THAT(healthy->journal.lines(), ElementsAre("flush", "shutdown", "destroyed"));
  stuck->gate.open();
  ASSERT_TRUE(stuck->journal.wait_for("late"));
  EXPECT_THAT(stuck->journal.lines(), ElementsAre("force_flush", "late"));
}

}  // namespace
}  // namespace ergon::telemetry
