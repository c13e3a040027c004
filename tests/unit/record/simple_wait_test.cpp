#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <utility>

#include <ergon/telemetry.hpp>

#include "telemetry/record/recording_state.hpp"
#include "telemetry/record/thread_block.hpp"
#include "unit/support_engine/memory_session.hpp"

// What waits for its export under a `simple` processor: each call that has put a record on its way, once.
namespace ergon::test {
namespace {

using telemetry::g_recording;
using telemetry::Signal;

constinit std::atomic<int> g_waits{0};

// In place of the session's, whose processors are none of that kind.
class SimpleWait : public ::testing::Test {
 protected:
  SimpleWait() {
    g_waits = 0;
    g_recording.wait_for_export = [](Signal /*signal*/) { ++g_waits; };
    for (auto& waits : g_recording.waits_for_export) waits = true;
  }
  ~SimpleWait() override {
    for (auto& waits : g_recording.waits_for_export) waits = false;
    g_recording.wait_for_export = before_;
  }

  [[nodiscard]] static int waits() { return g_waits.exchange(0); }
  [[nodiscard]] static SpanContext unsampled() {
    SpanContext parent;
    parent.trace_id.bytes.fill(1);
    parent.span_id.bytes.fill(2);
    return parent;
  }

  MemorySession session_;
  void (*before_)(Signal){g_recording.wait_for_export};
  const Tracer tracer_ = get_tracer("simple");
};

TEST_F(SimpleWait, IsOneForEachSpanOfEitherKind) {
  tracer_.scoped_span("scoped").end();
  EXPECT_EQ(waits(), 1);
  {
    auto span = tracer_.scoped_span("scoped");
    span.end();
    EXPECT_EQ(waits(), 1);
  }
  EXPECT_EQ(waits(), 0) << "it had ended";
  {
    const Span span = tracer_.start_span("movable");
  }
  EXPECT_EQ(waits(), 1);
  {
    Span span = tracer_.start_span("movable");
    span.end();
    EXPECT_EQ(waits(), 1);
    span.end();
  }
  EXPECT_EQ(waits(), 0) << "it had ended";
}

TEST_F(SimpleWait, IsNotForWhatIsNotRecorded) {
  const SpanContext parent = unsampled();
  tracer_.scoped_span("scoped", {}, {.parent = &parent}).end();
  {
    Span span = tracer_.start_span("movable", {}, {.parent = &parent});
    span.end();
  }
  const Span empty;
  Span live = tracer_.start_span("live at the end");
  session_.stop();
  g_recording.waits_for_export[static_cast<std::size_t>(Signal::spans)] = true;
  tracer_.scoped_span("late").end();
  live.end();
  EXPECT_EQ(waits(), 0);
}

// It may be the one that exports.
TEST_F(SimpleWait, IsNotOnAThreadOfTelemetrysOwn) {
  Span span = tracer_.start_span("ends there");
  std::thread([moved = std::move(span)]() mutable {
    telemetry::suppress_telemetry_on_this_thread();
    moved.end();
    get_logger("simple").error("there");
  }).join();
  EXPECT_EQ(waits(), 0);
  get_logger("simple").error("here");
  EXPECT_EQ(waits(), 1);
}

}  // namespace
}  // namespace ergon::test
