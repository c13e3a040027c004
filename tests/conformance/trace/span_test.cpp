#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "conformance/trace/recorded.hpp"

// trace/api.md: spans, their times, names, events and links; the flags of OTLP's trace.proto.
namespace ergon::test {
namespace {

using std::chrono::seconds;

// 2026-01-02 03:04:05 UTC and what follows it.
constexpr Timestamp kNoon{seconds{1'767'323'045}};
constexpr std::uint64_t kNoonNanoseconds = 1'767'323'045'000'000'000U;
constexpr std::uint64_t kSecond = 1'000'000'000U;

const Tracer& tracer() {
  static const Tracer kTracer = get_tracer("conformance.span");
  return kTracer;
}

std::uint64_t now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(since).count());
}

SpanContext other_context(bool is_remote) {
  SpanContext context;
  context.trace_id.bytes.fill(7);
  context.span_id.bytes.fill(9);
  context.trace_flags = SpanContext::kSampled;
  context.is_remote = is_remote;
  return context;
}

// "Start timestamp, default to current time": given, both kinds of span take it.
TEST(SpanCreation, TakesAStartTimestamp) {
  MemorySession session;
  {
    const auto scoped = tracer().scoped_span("scoped", {}, {.start_time = kNoon});
    const auto movable = tracer().start_span("movable", {}, {.start_time = kNoon});
  }
  const std::uint64_t after = now();
  for (const ProtoSpan& span : spans_of(session)) {
    EXPECT_EQ(span.start_time_unix_nano(), kNoonNanoseconds) << span.name();
    EXPECT_GT(span.end_time_unix_nano(), after - 60 * kSecond) << "the end is now, " << span.name();
    EXPECT_LT(span.end_time_unix_nano(), after + 60 * kSecond);
  }
}

TEST(SpanEnd, TakesAnEndTimestamp) {
  MemorySession session;
  {
    auto scoped = tracer().scoped_span("scoped", {}, {.start_time = kNoon});
    auto movable = tracer().start_span("movable", {}, {.start_time = kNoon});
    scoped.end(kNoon + seconds(2));
    movable.end(kNoon + seconds(2));
    scoped.end(kNoon + seconds(9));
    movable.end(kNoon + seconds(9));
  }
  const auto spans = spans_of(session);
  ASSERT_EQ(spans.size(), 2U);
  for (const ProtoSpan& span : spans) {
    EXPECT_EQ(span.start_time_unix_nano(), kNoonNanoseconds) << span.name();
    EXPECT_EQ(span.end_time_unix_nano(), kNoonNanoseconds + 2 * kSecond) << span.name();
  }
}

TEST(SpanEnd, IsTheCurrentTimeWhereNoneIsGiven) {
  MemorySession session;
  const std::uint64_t before = now();
  tracer().scoped_span("now").end();
  const ProtoSpan span = only_span(session);
  EXPECT_GE(span.start_time_unix_nano(), before - kSecond);
  EXPECT_LE(span.start_time_unix_nano(), now() + kSecond);
  EXPECT_GE(span.end_time_unix_nano(), span.start_time_unix_nano());
  EXPECT_LT(span.end_time_unix_nano(), span.start_time_unix_nano() + 10 * kSecond);
}

TEST(SpanEnd, IsNeverBeforeTheStart) {
  MemorySession session;
  tracer().scoped_span("s", {}, {.start_time = kNoon}).end(kNoon - seconds(5));
  const ProtoSpan span = only_span(session);
  EXPECT_EQ(span.end_time_unix_nano(), kNoonNanoseconds);
}

// A span that ends at a time given behaves as any: it stops being current, and its parent follows.
TEST(SpanEnd, AtATimeGivenLeavesTheParentCurrent) {
  MemorySession session;
  const auto outer = tracer().scoped_span("outer");
  auto inner = tracer().scoped_span("inner");
  inner.end(std::chrono::system_clock::now());
  EXPECT_EQ(current_span_context(), outer.context());
}

TEST(UpdateName, OverridesTheName) {
  MemorySession session;
  {
    auto scoped = tracer().scoped_span("GET", {{"first", 1}});
    scoped.update_name("GET /orders/{id}");
    scoped.update_name("GET /orders");
    scoped.set_attribute("last", 2);
    auto movable = tracer().start_span("a");
    movable.update_name(std::string(1'000, 'n'));
    movable.update_name("caf\xE9");
    scoped.end();
    scoped.update_name("too late");
  }
  const auto spans = spans_of(session);
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].name(), "GET /orders");
  EXPECT_EQ(value_of(spans[0].attributes(), "first").int_value(), 1);
  EXPECT_EQ(value_of(spans[0].attributes(), "last").int_value(), 2);
  EXPECT_EQ(spans[1].name(), "caf\xEF\xBF\xBD");
}

template <class NewSpan>
void expect_recording_until_the_end(NewSpan new_span) {
  auto span = new_span();
  EXPECT_TRUE(span.is_recording());
  span.end();
  EXPECT_FALSE(span.is_recording());
}

TEST(IsRecording, IsFalseOnceEnded) {
  for (const Sampler& sampler : {Sampler(AlwaysOn{}), Sampler(AlwaysRecord{AlwaysOff{}})}) {
    TelemetryConfig config = everything();
    config.tracing->sampler = sampler;
    MemorySession session(config);
    expect_recording_until_the_end([] { return tracer().scoped_span("s"); });
    expect_recording_until_the_end([] { return tracer().start_span("s"); });
  }
}

// trace/sdk.md, SDK span creation: "generate a new span ID independently of the sampling decision".
TEST(NonRecordingSpan, HasASpanIdOfItsOwnInItsParentsTrace) {
  TelemetryConfig config = everything();
  config.tracing->sampler = AlwaysOff{};
  MemorySession session(config);
  const SpanContext parent = other_context(true);
  const auto scoped = tracer().scoped_span("s", {}, {.parent = &parent});
  const auto movable = tracer().start_span("s", {}, {.parent = &parent});
  for (const SpanContext& context : {scoped.context(), movable.context()}) {
    EXPECT_TRUE(context.is_valid());
    EXPECT_EQ(context.trace_id, parent.trace_id);
    EXPECT_NE(context.span_id, parent.span_id);
    EXPECT_FALSE(context.is_sampled());
  }
  EXPECT_NE(scoped.context().span_id, movable.context().span_id);
  EXPECT_FALSE(scoped.is_recording() || movable.is_recording());
}

TEST(AddEvent, KeepsTheOrderInWhichEventsWereRecorded) {
  MemorySession session;
  {
    auto span = tracer().scoped_span("s");
    span.add_event("first");
    span.add_event("second", {{"k", 1}}, kNoon + seconds(1));
    span.add_event("third", {}, kNoon);
    span.add_event("fourth");
  }
  const ProtoSpan span = only_span(session);
  ASSERT_EQ(span.events_size(), 4);
  EXPECT_EQ(span.events(0).name(), "first");
  EXPECT_EQ(span.events(1).name(), "second");
  EXPECT_EQ(span.events(2).name(), "third");
  EXPECT_EQ(span.events(3).name(), "fourth");
}

TEST(AddEvent, TakesATimestampElseTheCurrentTime) {
  MemorySession session;
  {
    auto span = tracer().scoped_span("s", {}, {.start_time = kNoon});
    span.add_event("then", {{"k", 1}, {"list", std::vector<int>{1, 2}}}, kNoon + seconds(1));
    span.add_event("now");
    auto movable = tracer().start_span("m");
    movable.add_event("then", {}, kNoon + seconds(1));
  }
  const auto spans = spans_of(session);
  ASSERT_EQ(spans.size(), 2U);
  const ProtoSpan& span = spans[0].name() == "s" ? spans[0] : spans[1];
  const ProtoSpan& movable = spans[0].name() == "s" ? spans[1] : spans[0];
  ASSERT_EQ(span.events_size(), 2);
  EXPECT_EQ(span.events(0).time_unix_nano(), kNoonNanoseconds + kSecond);
  EXPECT_EQ(value_of(span.events(0).attributes(), "k").int_value(), 1);
  EXPECT_EQ(value_of(span.events(0).attributes(), "list").array_value().values_size(), 2);
  EXPECT_GT(span.events(1).time_unix_nano(), now() - 60 * kSecond) << "whatever start the span was given";
  EXPECT_LT(span.events(1).time_unix_nano(), now() + 60 * kSecond);
  ASSERT_EQ(movable.events_size(), 1);
  EXPECT_EQ(movable.events(0).time_unix_nano(), kNoonNanoseconds + kSecond);
}

TEST(AddLink, WorksAfterCreationAndKeepsTheOrder) {
  MemorySession session;
  {
    auto span = tracer().scoped_span("s", {}, {.links = {{other_context(false), {{"n", 1}}}}});
    span.add_link(other_context(true), {{"n", 2}});
  }
  const ProtoSpan span = only_span(session);
  ASSERT_EQ(span.links_size(), 2);
  EXPECT_EQ(value_of(span.links(0).attributes(), "n").int_value(), 1);
  EXPECT_EQ(value_of(span.links(1).attributes(), "n").int_value(), 2);
  EXPECT_EQ(span.links(0).trace_id(), std::string(16, 7));
  EXPECT_EQ(span.links(0).span_id(), std::string(8, 9));
}

// trace.proto, SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK (bit 8) and SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK (bit 9).
TEST(LinkFlags, SayWhetherTheLinkedContextIsRemote) {
  MemorySession session;
  {
    auto span = tracer().scoped_span("s");
    span.add_link(other_context(false));
    span.add_link(other_context(true));
  }
  const ProtoSpan span = only_span(session);
  ASSERT_EQ(span.links_size(), 2);
  EXPECT_EQ(span.links(0).flags(), 0x101U);
  EXPECT_EQ(span.links(1).flags(), 0x301U);
}

TEST(SpanFlags, SayWhetherTheParentIsRemote) {
  MemorySession session;
  const SpanContext remote = other_context(true);
  const SpanContext local = other_context(false);
  SpanContext random = other_context(true);
  random.trace_flags |= SpanContext::kRandom;
  tracer().scoped_span("root").end();
  tracer().scoped_span("of a remote parent", {}, {.parent = &remote}).end();
  tracer().scoped_span("of a local parent", {}, {.parent = &local}).end();
  tracer().scoped_span("of a random trace", {}, {.parent = &random}).end();
  const auto spans = spans_of(session);
  ASSERT_EQ(spans.size(), 4U);
  EXPECT_EQ(spans[0].flags(), 0x103U) << "sampled, random";
  EXPECT_EQ(spans[1].flags(), 0x301U);
  EXPECT_EQ(spans[2].flags(), 0x101U);
  EXPECT_EQ(spans[3].flags(), 0x303U);
}

TEST(SpanCreation, TakesAnExplicitParentOrNone) {
  MemorySession session;
  const auto current = tracer().scoped_span("current");
  const SpanContext parent = other_context(false);
  const auto child = tracer().scoped_span("child", {}, {.parent = &parent});
  EXPECT_EQ(child.context().trace_id, parent.trace_id);
  const auto root = tracer().scoped_span("root", {}, {.root = true});
  EXPECT_NE(root.context().trace_id, parent.trace_id);
  EXPECT_NE(root.context().trace_id, current.context().trace_id);
}

// "The API MUST accept the parent as a full Context", of both kinds of span; without a span in it they begin
// a trace.
TEST(SpanCreation, TakesTheParentFromAContext) {
  MemorySession session;
  const SpanContext parent = other_context(false);
  SpanContext other = other_context(false);
  other.trace_id.bytes.fill(8);
  const Context context = Context().with_span_context(parent);
  const Context empty;
  {
    const auto current = tracer().scoped_span("current");
    tracer().scoped_span("in a context", {}, {.context = &context}).end();
    tracer().start_span("in a context", {}, {.context = &context}).end();
    tracer().scoped_span("in an empty one", {}, {.context = &empty}).end();
    tracer().start_span("in an empty one", {}, {.context = &empty}).end();
    tracer().start_span("of another parent", {}, {.parent = &other, .context = &context}).end();
  }
  for (const ProtoSpan& span : spans_of(session)) {
    if (span.name() == "in a context") {
      EXPECT_EQ(span.trace_id(), std::string(16, 7));
      EXPECT_EQ(span.parent_span_id(), std::string(8, 9));
    } else if (span.name() == "of another parent") {
      EXPECT_EQ(span.trace_id(), std::string(16, 8));
      EXPECT_EQ(span.parent_span_id(), std::string(8, 9));
    } else {
      EXPECT_EQ(span.parent_span_id(), "") << span.name();
    }
  }
}

TEST(SpanCreation, KnowsAllFiveKinds) {
  MemorySession session;
  for (const SpanKind kind :
       {SpanKind::internal, SpanKind::server, SpanKind::client, SpanKind::producer, SpanKind::consumer}) {
    tracer().scoped_span("s", {}, {.kind = kind}).end();
  }
  const auto spans = spans_of(session);
  ASSERT_EQ(spans.size(), 5U);
  EXPECT_EQ(spans[0].kind(), ProtoSpan::SPAN_KIND_INTERNAL);
  EXPECT_EQ(spans[1].kind(), ProtoSpan::SPAN_KIND_SERVER);
  EXPECT_EQ(spans[2].kind(), ProtoSpan::SPAN_KIND_CLIENT);
  EXPECT_EQ(spans[3].kind(), ProtoSpan::SPAN_KIND_PRODUCER);
  EXPECT_EQ(spans[4].kind(), ProtoSpan::SPAN_KIND_CONSUMER);
}

}  // namespace
}  // namespace ergon::test
