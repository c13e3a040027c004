#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

namespace ergon::test {
namespace {

using ergon::testing::find;
using ergon::testing::RecordedSpan;
using ergon::testing::Recorder;
using ergon::testing::Recording;

const Tracer& tracer() {
  static const Tracer kTracer = get_tracer("movable");
  return kTracer;
}

TEST(Span, IsNotCurrentByItself) {
  Recorder recorder;
  const Span span = tracer().start_span("movable");
  EXPECT_TRUE(span.context().is_valid());
  EXPECT_FALSE(current_span_context().is_valid());
}

TEST(Span, IsCurrentForAScopeOnDemand) {
  Recorder recorder;
  {
    const Span span = tracer().start_span("movable");
    {
      const SpanScope scope = span.make_current();
      EXPECT_EQ(current_span_context(), span.context());
      const auto child = tracer().scoped_span("child");
    }
    EXPECT_FALSE(current_span_context().is_valid());
  }
  EXPECT_EQ(recorder.stop().spans().tree(), "movable\n  child\n");
}

TEST(Span, MayEndWhileItIsCurrent) {
  Recorder recorder;
  {
    auto span = std::make_unique<Span>(tracer().start_span("movable"));
    const SpanContext context = span->context();
    const SpanScope scope = span->make_current();
    span.reset();
    const Span other = tracer().start_span("in its storage", {}, {.root = true});
    EXPECT_EQ(current_span_context(), context);
    const auto child = tracer().scoped_span("child");
  }
  EXPECT_EQ(recorder.stop().spans().tree(), "movable\n  child\nin its storage\n");
}

TEST(Span, MakesNothingCurrentWhenItIsEmpty) {
  Recorder recorder;
  const auto outer = tracer().scoped_span("outer");
  const Span empty;
  const SpanScope scope = empty.make_current();
  EXPECT_EQ(current_span_context(), outer.context());
}

TEST(Span, EndsWithItsHandle) {
  Recorder recorder;
  {
    const Span span = tracer().start_span("ended");
  }
  EXPECT_EQ(recorder.stop().spans().size(), 1U);
}

void use_everything(Span& span) {
  span.set_attribute("late", 1);  // NOLINT(*.Move): the test's point
  span.add_event("late");
  span.add_link(SpanContext{});
  span.set_status(StatusCode::error, "late");
  span.record_exception("late", "late");
  span.end();
}

TEST(Span, IgnoresCallsThroughAMovedFromHandle) {
  Recorder recorder;
  Span span = tracer().start_span("moved");
  Span owner = std::move(span);
  use_everything(span);
  EXPECT_FALSE(span.is_recording());
  EXPECT_FALSE(span.context().is_valid());
  EXPECT_TRUE(owner.is_recording());
  owner.end();
  use_everything(owner);
  EXPECT_FALSE(owner.is_recording());
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.spans().size(), 1U);
  EXPECT_TRUE(recording.spans()[0].attributes.empty());
  EXPECT_EQ(recording.spans()[0].status, StatusCode::unset);
}

TEST(Span, EndsTheOldSpanWhenItIsAssignedTo) {
  Recorder recorder;
  Span span = tracer().start_span("first");
  span = tracer().start_span("second");
  Span& same = span;
  span = std::move(same);
  EXPECT_TRUE(span.is_recording());
  span = Span();
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.spans().size(), 2U);
  EXPECT_EQ(recording.spans()[0].name, "first");
}

TEST(Span, GoesToAnotherThreadAndEndsThere) {
  Recorder recorder;
  Span span = tracer().start_span("travels");
  std::thread([moved = std::move(span)]() mutable {
    moved.set_attribute("where", "there");
    const SpanScope scope = moved.make_current();
    const auto child = tracer().scoped_span("child");
  }).join();
  const Recording recording = recorder.stop();
  EXPECT_EQ(recording.spans().tree(), "travels\n  child\n");
  EXPECT_EQ(find(recording.spans().find("travels")->attributes, "where"), "there");
}

// Storage that was given back by one thread serves others.
TEST(Span, ComesFromStorageThatThreadsPassOn) {
  Recorder recorder;
  std::vector<Span> spans;
  for (int i = 0; i < 100; ++i) spans.push_back(tracer().start_span("span"));
  std::thread([moved = std::move(spans)]() mutable { moved.clear(); }).join();
  std::thread([] {
    for (int i = 0; i < 100; ++i) const Span span = tracer().start_span("span");
  }).join();
  EXPECT_EQ(recorder.stop().spans().size(), 200U);
}

TEST(Span, TakesCallsFromManyThreadsConcurrentSafe) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 30;
  Recorder recorder;
  Span span = tracer().start_span("shared");
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&span, t] {
      for (int i = 0; i < kCalls; ++i) {
        span.set_attribute(fmt::format("t{}.{}", t, i), i);
        span.set_attribute("shared", t);
        span.add_event("event", {{"t", t}});
        EXPECT_TRUE(span.is_recording());
        EXPECT_TRUE(span.context().is_valid());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  span.end();
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.spans().size(), 1U);
  EXPECT_EQ(recording.spans()[0].attributes.size(), std::size_t{kThreads} * kCalls + 1);
  EXPECT_EQ(recording.spans()[0].events.size(), std::size_t{kThreads} * kCalls);
}

TEST(Span, EndsOnceWhenManyThreadsEndItConcurrentSafe) {
  Recorder recorder;
  for (int round = 0; round < 50; ++round) {
    Span span = tracer().start_span("contested");
    std::atomic<int> ready{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&] {
        ++ready;
        while (ready < 3) std::this_thread::yield();
        span.set_attribute("key", "value");
        span.end();
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(recorder.stop().spans().size(), 50U);
}

// A text of more than 4 GiB, whose size would wrap to a small one. Nothing of it may be read: it is not
// there.
TEST(Span, LeavesOutWhatIsFarTooLarge) {
  Recorder recorder;
  const std::string text = "hello";
  const std::string_view huge(text.data(), (std::size_t{1} << 32U) + 5);
  {
    Span span = tracer().start_span("movable");
    span.set_attribute("huge", huge);
    span.set_attribute("kept", text);
    span.add_event(huge);
    span.set_status(StatusCode::error, huge);
  }
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.spans().size(), 1U);
  EXPECT_EQ(find(recording.spans()[0].attributes, "kept"), text);
  EXPECT_EQ(recording.spans()[0].attributes.size(), 1U);
  EXPECT_TRUE(recording.spans()[0].events.empty());
}

TEST(Span, CarriesKindAndLinksFromItsStart) {
  Recorder recorder;
  SpanContext linked;
  linked.trace_id.bytes.fill(1);
  linked.span_id.bytes.fill(2);
  linked.trace_flags = 1;
  linked.is_remote = true;
  {
    const Span span = tracer().start_span(
        "s", {}, {.kind = SpanKind::producer, .links = {{linked, {{"a", 1}}}, {linked, {{"a", 2}}}}});
  }
  const Recording recording = recorder.stop();
  const RecordedSpan& span = recording.spans().at(0);
  EXPECT_EQ(span.kind, SpanKind::producer);
  ASSERT_EQ(span.links.size(), 2U);
  EXPECT_EQ(span.links[0].context, linked);
  EXPECT_EQ(find(span.links[1].attributes, "a"), "2");
}

}  // namespace
}  // namespace ergon::test
