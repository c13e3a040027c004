#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include <ergon/extend/log_filter.hpp>
#include <ergon/extend/register_extension.hpp>
#include <ergon/telemetry.hpp>
#include <ergon/testing/in_memory_store.hpp>

#include "unit/support_engine/fresh_process.hpp"
#include "unit/support_engine/journal.hpp"

// A filter of logs that does not return.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using telemetry::DropReason;

// Never destroyed: the filter may hang at the process's end, too.
Journal& g_journal = *new Journal;
Gate& g_gate = *new Gate;
std::atomic<bool> g_clings{false};

class StuckFilter final : public LogFilter {
 public:
  ~StuckFilter() override {
    if (g_clings) g_gate.pass();
  }

  bool passes(const LogData& record) override {
    g_journal.note("asked about " + record.message);
    if (record.message == "late") g_gate.pass();
    return true;
  }
};

TelemetryConfig filtered_by_a_stuck_one() {
  telemetry::register_extension<StuckFilter>("stuck");
  TelemetryConfig config;
  config.logging = LoggingConfig{
      .handlers = {OtlpHandler{.filters = {"stuck"}, .exporter = testing::InMemoryStore("stuck").exporter()}},
      .filters = {{"stuck", Custom("stuck")}}};
  return config;
}

// A session that has delivered one record.
telemetry::Session session_with_a_record() {
  auto session = telemetry::start(filtered_by_a_stuck_one());
  get_logger("l").info("punctual");
  EXPECT_TRUE(session.flush(20s));
  g_gate.shut();
  return session;
}

// The same, whose worker hangs in the filter.
telemetry::Session hanging_session() {
  auto session = session_with_a_record();
  get_logger("l").info("late");
  EXPECT_FALSE(session.flush(1ms));
  EXPECT_TRUE(g_journal.wait_for("asked about late"));
  return session;
}

void expect_books(const telemetry::SignalStatistics& books, std::uint64_t created) {
  EXPECT_TRUE(books.total.closes());
  EXPECT_EQ(books.total.created, created);
  EXPECT_EQ(books.total.delivered, 1U);
  EXPECT_EQ(books.total.dropped[static_cast<std::size_t>(DropReason::shutdown)], created - 1);
  for (const auto& destination : books.destinations) {
    EXPECT_TRUE(destination.counts.closes());
    EXPECT_EQ(destination.counts.queued, 0U);
  }
}

void end_the_session_in_time() {
  auto session = hanging_session();
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_FALSE(session.shutdown(100ms));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
  expect_books(session.statistics().logs, 2);
  EXPECT_TRUE(session.shutdown(20s)) << "it is over";
}

TEST(StuckFilter, KeepsNoShutdownWaiting) { run_in_fresh_process(&end_the_session_in_time, "a log record"); }

void end_the_session_of_one_that_will_not_go() {
  auto session = session_with_a_record();
  g_clings = true;
  EXPECT_FALSE(session.shutdown(100ms));
  expect_books(session.statistics().logs, 1);
}

TEST(StuckFilter, KeepsNoShutdownWaitingInItsDestructor) {
  run_in_fresh_process(&end_the_session_of_one_that_will_not_go);
}

void start_again_when_it_has_returned() {
  EXPECT_FALSE(hanging_session().shutdown(1ms));
  const auto refused = telemetry::start(filtered_by_a_stuck_one());
  ASSERT_EQ(refused.errors().size(), 1U);
  EXPECT_NE(refused.errors()[0].find("has not returned"), std::string::npos);
  g_gate.open();
  telemetry::Session next;
  while (!next) {
    std::this_thread::yield();
    next = telemetry::start(filtered_by_a_stuck_one());
  }
  get_logger("l").info("of the next");
  EXPECT_TRUE(next.shutdown(20s));
  expect_books(next.statistics().logs, 1);
}

TEST(StuckFilter, LetsASessionStartWhenItHasReturned) {
  run_in_fresh_process(&start_again_when_it_has_returned);
}

}  // namespace
}  // namespace ergon::test
