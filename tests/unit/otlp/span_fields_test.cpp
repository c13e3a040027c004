#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "unit/otlp/decoded.hpp"

namespace ergon::test {
namespace {

using proto::trace::v1::Status;

ProtoSpan only_span(MemorySession& session) {
  const auto spans = spans_of(session);
  EXPECT_EQ(spans.size(), 1U);
  return spans.empty() ? ProtoSpan() : spans[0];
}

template <std::size_t Size>
std::string bytes_of(const std::array<std::uint8_t, Size>& id) {
  return {reinterpret_cast<const char*>(id.data()), id.size()};
}

SpanContext remote(std::uint8_t flags, bool is_remote = true) {
  SpanContext context;
  context.trace_id.bytes.fill(0xAB);
  context.span_id.bytes.fill(0xCD);
  context.trace_flags = flags;
  context.is_remote = is_remote;
  return context;
}

std::uint64_t now() {
  return static_cast<std::uint64_t>(
      std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count());
}

TEST(SpanMessage, HasTheIdsOfItsSpan) {
  MemorySession session;
  SpanContext context;
  {
    const auto span = get_tracer("fields").scoped_span("name", {}, {.kind = SpanKind::consumer});
    context = span.context();
  }
  const ProtoSpan span = only_span(session);
  EXPECT_EQ(span.trace_id(), bytes_of(context.trace_id.bytes));
  EXPECT_EQ(span.span_id(), bytes_of(context.span_id.bytes));
  EXPECT_EQ(span.parent_span_id(), "");
  EXPECT_EQ(span.name(), "name");
  EXPECT_EQ(span.kind(), ProtoSpan::SPAN_KIND_CONSUMER);
  EXPECT_EQ(span.flags(), 0x103U) << "sampled and random, no remote parent";
}

TEST(SpanMessage, HasTheTraceStateOfItsParentAndLinks) {
  MemorySession session;
  SpanContext parent = remote(SpanContext::kSampled);
  parent.trace_state = TraceState::parse("vendor=1,other=2");
  SpanContext linked = remote(0);
  linked.trace_state = TraceState::parse("linked=3");
  {
    auto span =
        get_tracer("fields").scoped_span("s", {{"k", 1}}, {.parent = &parent, .links = {{linked, {}}}});
    span.add_link(remote(0), {{"k", 2}});
    const auto child = get_tracer("fields").scoped_span("child");
  }
  const auto spans = spans_of(session);
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].trace_state(), "vendor=1,other=2");
  const ProtoSpan& span = spans[1];
  EXPECT_EQ(span.trace_state(), "vendor=1,other=2");
  EXPECT_EQ(span.name(), "s");
  EXPECT_EQ(value_of(span.attributes(), "k").int_value(), 1);
  ASSERT_EQ(span.links_size(), 2);
  EXPECT_EQ(span.links(0).trace_state(), "linked=3");
  EXPECT_EQ(span.links(1).trace_state(), "");
  EXPECT_EQ(value_of(span.links(1).attributes(), "k").int_value(), 2);
}

TEST(SpanMessage, HasEachKind) {
  for (int kind = 1; kind <= 5; ++kind) {
    MemorySession session;
    {
      const auto span = get_tracer("fields").scoped_span("s", {}, {.kind = static_cast<SpanKind>(kind)});
    }
    EXPECT_EQ(only_span(session).kind(), kind);
  }
}

TEST(SpanMessage, SaysWhetherItsParentIsRemote) {
  for (const bool is_remote : {true, false}) {
    for (const std::uint8_t flags : {std::uint8_t{1}, std::uint8_t{3}}) {
      MemorySession session;
      const SpanContext parent = remote(flags, is_remote);
      {
        const auto span = get_tracer("fields").scoped_span("s", {}, {.parent = &parent});
      }
      const ProtoSpan span = only_span(session);
      EXPECT_EQ(span.parent_span_id(), bytes_of(parent.span_id.bytes));
      EXPECT_EQ(span.trace_id(), bytes_of(parent.trace_id.bytes));
      EXPECT_EQ(span.flags(), flags | 0x100U | (is_remote ? 0x200U : 0U));
    }
  }
}

TEST(SpanMessage, SaysWhetherALinkIsRemote) {
  MemorySession session;
  {
    auto span = get_tracer("fields").scoped_span("s");
    span.add_link(remote(1), {{"a", 1}});
    span.add_link(remote(2, false));
  }
  const ProtoSpan span = only_span(session);
  ASSERT_EQ(span.links_size(), 2);
  EXPECT_EQ(span.links(0).trace_id(), bytes_of(remote(1).trace_id.bytes));
  EXPECT_EQ(span.links(0).span_id(), bytes_of(remote(1).span_id.bytes));
  EXPECT_EQ(span.links(0).flags(), 0x301U);
  EXPECT_EQ(span.links(1).flags(), 0x102U);
}

TEST(SpanMessage, LiesWithinTheTimeInWhichItHappened) {
  MemorySession session;
  const std::uint64_t before = now();
  {
    auto span = get_tracer("fields").scoped_span("s");
    for (int i = 0; i < 10; ++i) {
      span.add_event("event");
      const std::uint64_t until = now() + 200'000;
      while (now() < until) {
      }
    }
  }
  const std::uint64_t after = now();
  const ProtoSpan span = only_span(session);
  constexpr std::uint64_t kMillisecond = 1'000'000;
  EXPECT_GE(span.start_time_unix_nano() + kMillisecond, before);
  EXPECT_LE(span.end_time_unix_nano(), after + kMillisecond);
  EXPECT_NEAR(static_cast<double>(span.end_time_unix_nano() - span.start_time_unix_nano()),
              static_cast<double>(after - before), 1e6);
  std::uint64_t last = span.start_time_unix_nano();
  ASSERT_EQ(span.events_size(), 10);
  for (const auto& event : span.events()) {
    EXPECT_GE(event.time_unix_nano(), last);
    last = event.time_unix_nano();
  }
  EXPECT_LE(last, span.end_time_unix_nano());
  EXPECT_GE(last - span.start_time_unix_nano(), 9 * 200'000U - 100'000U);
}

// A large event moves its length's room: attributes, times and what follows must stay in place.
TEST(SpanMessage, HoldsEventsOfAllSizes) {
  MemorySession session;
  {
    auto span = get_tracer("fields").scoped_span("s");
    for (const std::size_t size : {0U, 100U, 128U, 16'300U, 16'384U, 40'000U}) {
      span.add_event("event", {{"text", std::string(size, 'e')}});
      span.set_attribute("after", size);
    }
  }
  const ProtoSpan span = only_span(session);
  ASSERT_EQ(span.events_size(), 6);
  EXPECT_EQ(value_of(span.events(5).attributes(), "text").string_value(), std::string(40'000, 'e'));
  EXPECT_EQ(value_of(span.events(0).attributes(), "text").string_value(), "");
  EXPECT_EQ(value_of(span.attributes(), "after").int_value(), 40'000);
  for (const auto& event : span.events()) {
    EXPECT_GE(event.time_unix_nano(), span.start_time_unix_nano());
    EXPECT_LE(event.time_unix_nano(), span.end_time_unix_nano());
  }
}

struct StatusStep {
  StatusCode code;
  std::string_view message;
};

Status after_steps(std::initializer_list<StatusStep> steps) {
  MemorySession session;
  {
    auto span = get_tracer("fields").scoped_span("s", {{"a", 1}});
    for (const StatusStep& step : steps) {
      span.set_status(step.code, step.message);
      span.set_attribute("between", 1);
    }
  }
  const ProtoSpan span = only_span(session);
  EXPECT_EQ(value_of(span.attributes(), "a").int_value(), 1);
  return span.status();
}

void expect_status(const Status& status, Status::StatusCode code, const std::string& message) {
  EXPECT_EQ(status.code(), code);
  EXPECT_EQ(status.message(), message);
}

// Specification: trace/api.md#set-status.
TEST(SpanStatus, RanksOkAboveErrorAboveUnset) {
  constexpr auto kUnset = StatusCode::unset;
  constexpr auto kOk = StatusCode::ok;
  constexpr auto kError = StatusCode::error;
  expect_status(after_steps({}), Status::STATUS_CODE_UNSET, "");
  expect_status(after_steps({{kError, "bad"}}), Status::STATUS_CODE_ERROR, "bad");
  expect_status(after_steps({{kError, ""}}), Status::STATUS_CODE_ERROR, "");
  expect_status(after_steps({{kError, "bad"}, {kUnset, "x"}}), Status::STATUS_CODE_ERROR, "bad");
  expect_status(after_steps({{kError, "bad"}, {kError, "worse"}}), Status::STATUS_CODE_ERROR, "worse");
  expect_status(after_steps({{kError, "bad"}, {kError, ""}}), Status::STATUS_CODE_ERROR, "");
  expect_status(after_steps({{kOk, ""}, {kError, "bad"}}), Status::STATUS_CODE_OK, "");
  expect_status(after_steps({{kError, "bad"}, {kOk, ""}}), Status::STATUS_CODE_OK, "");
  expect_status(after_steps({{kOk, ""}, {kUnset, ""}}), Status::STATUS_CODE_OK, "");
}

TEST(SpanStatus, KeepsAMessageForErrorsOnly) {
  expect_status(after_steps({{StatusCode::ok, "fine"}}), Status::STATUS_CODE_OK, "");
  expect_status(after_steps({{StatusCode::unset, "nothing"}}), Status::STATUS_CODE_UNSET, "");
  expect_status(after_steps({{StatusCode::error, "bad"}, {StatusCode::ok, "fine"}}), Status::STATUS_CODE_OK,
                "");
  const std::string large(20'000, 'm');
  expect_status(after_steps({{StatusCode::error, large}}), Status::STATUS_CODE_ERROR, large);
}

}  // namespace
}  // namespace ergon::test
