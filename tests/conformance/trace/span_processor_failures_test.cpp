#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "conformance/trace/journaling_processor.hpp"
#include "conformance/trace/recorded.hpp"

// error-handling.md and trace/sdk.md: what a processor does wrong, and calls that meet.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;

class ThrowingProcessor final : public SpanProcessor {
 public:
  void on_start(WritableSpan& /*span*/, const Context& /*parent*/) override {
    throw std::runtime_error("start");
  }
  void on_ending(WritableSpan& /*span*/) override { throw 7; }
  void on_end(const SpanData& /*span*/) override { throw std::runtime_error("end"); }
  bool force_flush(Deadline /*deadline*/) override { throw std::runtime_error("flush"); }
  void shutdown(Deadline /*deadline*/) override { throw std::runtime_error("shutdown"); }
};

// error-handling.md: the SDK must not throw unhandled exceptions of plugins.
TEST(SpanProcessorClause, ThrowsAtNobody) {
  telemetry::register_extension<ThrowingProcessor>("throwing");
  MemorySession session(processed_by({Custom("throwing"), journaling("two")}));
  tracer().scoped_span("s").end();
  EXPECT_EQ(only_span(session).name(), "s");
  EXPECT_FALSE(session.stop());
  EXPECT_EQ(g_journal.count("two end s"), 1);
  const auto books = session.statistics().spans;
  EXPECT_TRUE(books.total.closes());
  ASSERT_EQ(books.destinations[0].name, "throwing");
  EXPECT_EQ(
      books.destinations[0].counts.dropped[static_cast<std::size_t>(telemetry::DropReason::non_retryable)],
      1U);
}

// Starts and ends spans of its own in each call.
class RecordingProcessor final : public SpanProcessor {
 public:
  void on_start(WritableSpan& /*span*/, const Context& /*parent*/) override { record(); }
  void on_ending(WritableSpan& /*span*/) override { record(); }
  void on_end(const SpanData& /*span*/) override { record(); }

 private:
  static void record() {
    tracer().scoped_span("of a processor").end();
    get_logger("processors").error("of a processor");
  }
};

TEST(SpanProcessorClause, RecordsNothingItself) {
  telemetry::register_extension<RecordingProcessor>("recording");
  MemorySession session(processed_by({Custom("recording")}));
  {
    const auto span = tracer().scoped_span("s");
    EXPECT_EQ(current_span_context(), span.context());
  }
  EXPECT_EQ(only_span(session).name(), "s");
  EXPECT_TRUE(session.take(telemetry::Signal::logs).empty());
}

Gate g_gate;
class StuckProcessor final : public SpanProcessor {
 public:
  void on_end(const SpanData& span) override {
    g_journal.note("stuck at " + span.name);
    g_gate.pass();
  }
};

// "Shutdown … SHOULD NOT block indefinitely"; a stuck processor harms no destination.
TEST(SpanProcessorClause, KeepsNoShutdownWaiting) {
  telemetry::register_extension<StuckProcessor>("stuck");
  g_gate.shut();
  {
    MemorySession session(processed_by({Custom("stuck"), journaling("two")}));
    tracer().scoped_span("s").end();
    ASSERT_TRUE(g_journal.wait_for("stuck at s"));
    ASSERT_TRUE(g_journal.wait_for("two end s"));
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_FALSE(session.stop_within(100ms));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 100ms + 400ms);
    EXPECT_EQ(g_journal.count("two shutdown "), 1);
    const auto books = session.statistics().spans;
    EXPECT_TRUE(books.total.closes());
    EXPECT_EQ(books.total.delivered, 1U);
  }
  g_gate.open();
}

// Many threads, whose spans start and end while a session stops.
TEST(SpanProcessorClause, IsCalledByManyThreadsConcurrentSafe) {
  MemorySession session(processed_by({journaling("one")}));
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int n = 0; n < 500; ++n) {
        auto span = tracer().start_span("s");
        const auto scoped = tracer().scoped_span("s");
      }
    });
  }
  session.stop();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(g_journal.count("one shutdown "), 1);
  EXPECT_TRUE(session.statistics().spans.total.closes());
}

}  // namespace
}  // namespace ergon::test
