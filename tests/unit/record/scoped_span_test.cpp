#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

namespace ergon::test {
namespace {

using ergon::testing::find;
using ergon::testing::RecordedSpan;
using ergon::testing::Recorder;
using ergon::testing::Recording;

const Tracer& tracer() {
  static const Tracer kTracer = get_tracer("scoped");
  return kTracer;
}

TEST(ScopedSpan, IsCurrentFromItsStartToItsEnd) {
  Recorder recorder;
  EXPECT_FALSE(current_span_context().is_valid());
  {
    const auto outer = tracer().scoped_span("outer");
    EXPECT_EQ(current_span_context(), outer.context());
    {
      const auto inner = tracer().scoped_span("inner");
      EXPECT_EQ(current_span_context(), inner.context());
    }
    EXPECT_EQ(current_span_context(), outer.context());
  }
  EXPECT_FALSE(current_span_context().is_valid());
  EXPECT_EQ(recorder.stop().spans().tree(), "outer\n  inner\n");
}

TEST(ScopedSpan, IsCurrentOnItsOwnThreadOnly) {
  Recorder recorder;
  const auto outer = tracer().scoped_span("outer");
  SpanContext seen = outer.context();
  std::thread([&] { seen = current_span_context(); }).join();
  EXPECT_FALSE(seen.is_valid());
}

TEST(ScopedSpan, HasIdsOfItsOwnInTheTraceOfItsParent) {
  Recorder recorder;
  const auto outer = tracer().scoped_span("outer");
  const auto inner = tracer().scoped_span("inner");
  EXPECT_EQ(inner.context().trace_id, outer.context().trace_id);
  EXPECT_NE(inner.context().span_id, outer.context().span_id);
  const auto other = tracer().scoped_span("other", {}, {.root = true});
  EXPECT_NE(other.context().trace_id, outer.context().trace_id);
}

TEST(ScopedSpan, TakesTheParentItIsGiven) {
  Recorder recorder;
  SpanContext parent;
  {
    Span detached = tracer().start_span("detached", {}, {.root = true});
    parent = detached.context();
    const auto current = tracer().scoped_span("current");
    const auto child = tracer().scoped_span("child", {}, {.parent = &parent});
    EXPECT_EQ(child.context().trace_id, parent.trace_id);
  }
  const SpanContext invalid;
  EXPECT_NE(tracer().scoped_span("orphan", {}, {.parent = &invalid}).context().trace_id, parent.trace_id);
  const Recording recording = recorder.stop();
  EXPECT_EQ(recording.spans().find("child")->parent_span_id, parent.span_id);
  EXPECT_FALSE(recording.spans().find("orphan")->parent_span_id.is_valid());
  EXPECT_FALSE(recording.spans().find("current")->parent_span_id.is_valid());
}

TEST(ScopedSpan, IgnoresCallsAfterItsEnd) {
  Recorder recorder;
  {
    auto outer = tracer().scoped_span("outer");
    auto span = tracer().scoped_span("span", {{"kept", 1}});
    span.end();
    EXPECT_FALSE(span.is_recording());
    EXPECT_EQ(current_span_context(), outer.context());
    span.set_attribute("late", 1);
    span.add_event("late");
    span.add_link(outer.context());
    span.set_status(StatusCode::error, "late");
    span.record_exception("late", "late");
    span.end();
    EXPECT_EQ(current_span_context(), outer.context());
    EXPECT_TRUE(span.context().is_valid());
  }
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.spans().size(), 2U);
  const RecordedSpan* span = recording.spans().find("span");
  EXPECT_EQ(span->attributes.size(), 1U);
  EXPECT_EQ(span->status, StatusCode::unset);
  EXPECT_TRUE(span->events.empty() && span->links.empty());
}

TEST(ScopedSpan, LeavesNothingCurrentWhenItEndsBeforeAnInnerOne) {
  Recorder recorder;
  {
    auto outer = tracer().scoped_span("outer");
    {
      const auto inner = tracer().scoped_span("inner");
      outer.end();
      EXPECT_EQ(current_span_context(), inner.context());
    }
  }
  EXPECT_FALSE(current_span_context().is_valid());
  const auto next = tracer().scoped_span("next");
  const Recording recording = recorder.stop();
  EXPECT_EQ(recording.spans().tree(), "outer\n  inner\n");
}

TEST(ScopedSpan, IsNotCurrentAgainWhenAnInnerOneEndsAfterIt) {
  Recorder recorder;
  const auto outermost = tracer().scoped_span("outermost");
  auto outer = tracer().scoped_span("outer");
  {
    const auto inner = tracer().scoped_span("inner");
    const SpanScope innermost(inner.context());
    outer.end();
    EXPECT_EQ(current_span_context(), inner.context());
  }
  EXPECT_EQ(current_span_context(), outermost.context());
}

TEST(SpanScope, MayEndBeforeAnInnerOne) {
  Recorder recorder;
  const Span first = tracer().start_span("first");
  const Span second = tracer().start_span("second");
  auto outer = std::make_unique<SpanScope>(first.context());
  auto inner = std::make_unique<SpanScope>(second.context());
  outer.reset();
  EXPECT_EQ(current_span_context(), second.context());
  inner.reset();
  EXPECT_FALSE(current_span_context().is_valid());
}

TEST(ScopedSpan, EndsOnceHoweverOftenItIsAsked) {
  Recorder recorder;
  {
    auto span = tracer().scoped_span("once");
    span.end();
    span.end();
  }
  EXPECT_EQ(recorder.stop().spans().size(), 1U);
}

TEST(ScopedSpan, OutlivesItsSession) {
  auto recorder = std::make_unique<Recorder>();
  auto span = tracer().scoped_span("too late");
  EXPECT_TRUE(recorder->stop().spans().empty());
  span.set_attribute("a", 1);
  span.end();
  recorder.reset();
  Recorder next;
  {
    const auto other = tracer().scoped_span("in the next session");
  }
  EXPECT_EQ(next.stop().spans().tree(), "in the next session\n");
}

void unwind_through(int depth) {
  const auto span = tracer().scoped_span("level " + std::to_string(depth));
  if (depth == 3) throw std::runtime_error("from below");
  unwind_through(depth + 1);
}

void expect_unwound(const RecordedSpan* span) {
  ASSERT_NE(span, nullptr);
  EXPECT_EQ(span->status, StatusCode::error) << span->name;
  EXPECT_EQ(find(span->attributes, "error.type"), "_OTHER") << span->name;
  EXPECT_EQ(span->attributes.size(), 1U);
}

TEST(ScopedSpan, FailsEachTimeAnExceptionPassesThrough) {
  Recorder recorder;
  EXPECT_THROW(unwind_through(0), std::runtime_error);
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.spans().size(), 4U);
  for (int depth = 0; depth <= 3; ++depth) {
    expect_unwound(recording.spans().find("level " + std::to_string(depth)));
  }
}

TEST(ScopedSpan, DoesNotFailForAnExceptionCaughtInside) {
  Recorder recorder;
  {
    const auto span = tracer().scoped_span("catches");
    try {
      unwind_through(3);
    } catch (const std::runtime_error&) {
      const auto handler = tracer().scoped_span("handler");
    }
  }
  const Recording recording = recorder.stop();
  EXPECT_EQ(recording.spans().find("catches")->status, StatusCode::unset);
  EXPECT_EQ(recording.spans().find("handler")->status, StatusCode::unset);
  expect_unwound(recording.spans().find("level 3"));
}

struct RecordsWhileUnwinding {
  ~RecordsWhileUnwinding() { const auto span = tracer().scoped_span("cleanup"); }
};

TEST(ScopedSpan, DoesNotFailForAnExceptionThatWasOnItsWayBefore) {
  Recorder recorder;
  try {
    const RecordsWhileUnwinding guard;
    throw std::runtime_error("on its way");
  } catch (const std::runtime_error&) {
  }
  const Recording recording = recorder.stop();
  EXPECT_EQ(recording.spans().find("cleanup")->status, StatusCode::unset);
}

TEST(ScopedSpan, StaysOkWhenAnExceptionPassesThrough) {
  Recorder recorder;
  try {
    auto span = tracer().scoped_span("fine");
    span.set_status(StatusCode::ok);
    throw std::runtime_error("not its own");
  } catch (const std::runtime_error&) {
  }
  const Recording recording = recorder.stop();
  const RecordedSpan* span = recording.spans().find("fine");
  EXPECT_EQ(span->status, StatusCode::ok);
  EXPECT_TRUE(span->attributes.empty());
}

TEST(ScopedSpan, SaysThatAnExceptionPassedThroughWhatHadFailedAlready) {
  Recorder recorder;
  try {
    auto span = tracer().scoped_span("failed");
    span.set_status(StatusCode::error, "refused");
    throw std::runtime_error("refused");
  } catch (const std::runtime_error&) {
  }
  const Recording recording = recorder.stop();
  const RecordedSpan* span = recording.spans().find("failed");
  EXPECT_EQ(span->status_message, "refused");
  EXPECT_EQ(find(span->attributes, "error.type"), "_OTHER");
}

TEST(ScopedSpan, KeepsWhatItSaidOfAnException) {
  Recorder recorder;
  try {
    auto span = tracer().scoped_span("tells");
    span.record_exception("my::Error", "what happened");
    throw std::runtime_error("what happened");
  } catch (const std::runtime_error&) {
  }
  const Recording recording = recorder.stop();
  const RecordedSpan* span = recording.spans().find("tells");
  EXPECT_EQ(find(span->attributes, "error.type"), "my::Error");
  EXPECT_EQ(span->status_message, "what happened");
  ASSERT_EQ(span->events.size(), 1U);
  EXPECT_EQ(span->events[0].name, "exception");
  EXPECT_EQ(find(span->events[0].attributes, "exception.type"), "my::Error");
  EXPECT_EQ(find(span->events[0].attributes, "exception.message"), "what happened");
}

}  // namespace
}  // namespace ergon::test
