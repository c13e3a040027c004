#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/telemetry.hpp>

#include "support/allocation_count.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "unit/support_engine/memory_session.hpp"

// Sanitizers stand where the count is taken.
#if !defined(ERGON_SANITIZED_ADDRESS) && !defined(ERGON_SANITIZED_THREAD)

namespace ergon::test {
namespace {

// What one call allocates once the thread is warm: its ring may grow by a segment meanwhile, so the least of
// several looks is taken, each long enough to notice one allocation in a thousand calls.
template <class Call>
std::size_t allocations_of_a_thousand(MemorySession& session, Call call) {
  std::size_t least = SIZE_MAX;
  for (int look = 0; look < 5; ++look) {
    session.flush();
    std::size_t count = 0;
    for (int burst = 0; burst < 50; ++burst) {
      const std::size_t before = allocations_of_this_thread();
      for (int i = 0; i < 20; ++i) call();
      count += allocations_of_this_thread() - before;
      session.flush();
    }
    least = std::min(least, count);
  }
  return least;
}

TEST(Allocation, IsSeenByThisTest) {
  const std::size_t before = allocations_of_this_thread();
  const std::string long_enough(100, 'x');
  EXPECT_GT(allocations_of_this_thread(), before) << long_enough;
}

TEST(Allocation, IsNotNeededForAScopedSpan) {
  MemorySession session;
  const Tracer tracer = get_tracer("hot");
  const std::string id = "o-12345";
  EXPECT_EQ(allocations_of_a_thousand(session,
                                      [&] {
                                        auto span = tracer.scoped_span(
                                            "outer", {{"order.id", id}, {"amount", 12.5}, {"count", 3}});
                                        span.set_attribute("currency", "EUR");
                                        span.add_event("charged", {{"ok", true}});
                                        const auto inner = tracer.scoped_span("inner");
                                        span.set_status(StatusCode::error, "no");
                                      }),
            0U);
}

TEST(Allocation, IsNotNeededWithinAContext) {
  MemorySession session;
  const Tracer tracer = get_tracer("hot");
  SpanContext parent;
  parent.trace_id.bytes.fill(1);
  parent.span_id.bytes.fill(2);
  parent.trace_flags = SpanContext::kSampled;
  parent.trace_state = TraceState::parse("vendor=1");
  const auto surroundings =
      attach(Context().with_span_context(parent).with_baggage(Baggage().set("tenant", "acme")));
  EXPECT_EQ(allocations_of_a_thousand(session,
                                      [&] {
                                        const auto outer = tracer.scoped_span("outer", {{"a", 1}});
                                        const Context captured = current_context();
                                        const auto scope = attach(captured);
                                        const auto inner = tracer.scoped_span("inner", {{"b", 2}});
                                      }),
            0U);
}

TEST(Allocation, IsNotNeededToFindNoThresholdInATraceState) {
  TelemetryConfig config = everything();
  config.tracing->sampler = AlwaysOn{};  // decides for itself, so an inherited threshold would go
  MemorySession session(config);
  const Tracer tracer = get_tracer("hot");
  SpanContext parent;
  parent.trace_id.bytes.fill(1);
  parent.span_id.bytes.fill(2);
  parent.trace_state = TraceState::parse("ot=rv:0123456789abcd");
  EXPECT_EQ(allocations_of_a_thousand(
                session, [&] { const auto span = tracer.scoped_span("s", {}, {.parent = &parent}); }),
            0U);
}

TEST(Allocation, IsNotNeededForAMovableSpan) {
  MemorySession session;
  const Tracer tracer = get_tracer("hot");
  EXPECT_EQ(allocations_of_a_thousand(session,
                                      [&] {
                                        Span span = tracer.start_span("movable", {{"a", 1}});
                                        const SpanScope scope = span.make_current();
                                        span.set_attribute("b", "two");
                                        Span moved = std::move(span);
                                        moved.end();
                                      }),
            0U);
}

TEST(Allocation, IsNotNeededForSpansOfAKilobyteOfAttributes) {
  MemorySession session;
  const Tracer tracer = get_tracer("hot");
  const std::string text(1'000, 'x');
  EXPECT_EQ(allocations_of_a_thousand(session,
                                      [&] {
                                        const auto outer = tracer.scoped_span("outer", {{"text", text}});
                                        const auto inner = tracer.scoped_span("inner", {{"text", text}});
                                      }),
            0U);
}

TEST(Allocation, IsNotNeededForValuesThatAreCut) {
  TelemetryConfig config = everything();
  config.tracing->limits.attribute_value_length_limit = 100;
  MemorySession session(config);
  const Tracer tracer = get_tracer("hot");
  const std::string text(300, 'x');
  const std::vector<std::byte> bytes(300, std::byte{0xFF});
  EXPECT_EQ(allocations_of_a_thousand(session,
                                      [&] {
                                        auto span = tracer.scoped_span("s", {{"text", text}});
                                        span.set_attribute("bytes", bytes);
                                      }),
            0U);
}

TEST(Allocation, IsNotNeededForTimesAndNamesOfTheProgramsOwn) {
  MemorySession session;
  const Tracer tracer = get_tracer("hot");
  const Timestamp then = std::chrono::system_clock::now();
  EXPECT_EQ(allocations_of_a_thousand(session,
                                      [&] {
                                        auto span = tracer.scoped_span("s", {}, {.start_time = then});
                                        span.add_event("e", {}, then);
                                        span.update_name("another");
                                        span.end(then);
                                      }),
            0U);
}

TEST(Allocation, IsNotNeededForATracerThatIsOff) {
  TelemetryConfig config = everything();
  config.tracing->tracer_configurator.default_config.enabled = false;
  MemorySession session(config);
  const Tracer tracer = get_tracer("hot");
  EXPECT_EQ(allocations_of_a_thousand(session,
                                      [&] {
                                        const auto outer = tracer.scoped_span("outer", {{"a", 1}});
                                        const auto inner = tracer.start_span("inner");
                                      }),
            0U);
}

TEST(Allocation, IsNotNeededForASpanThatIsNotSampled) {
  TelemetryConfig config = everything();
  config.tracing->sampler = AlwaysOff{};
  MemorySession session(config);
  const Tracer tracer = get_tracer("hot");
  EXPECT_EQ(allocations_of_a_thousand(session,
                                      [&] {
                                        auto span = tracer.scoped_span("unsampled", {{"a", 1}});
                                        span.set_attribute("b", std::string_view("two"));
                                      }),
            0U);
}

TEST(Allocation, IsNotNeededForALogCall) {
  MemorySession session;
  const Logger log = get_logger("hot");
  const std::string text = "a text that is longer than the small strings of the library";
  EXPECT_EQ(allocations_of_a_thousand(session,
                                      [&] {
                                        log.info("number {} text {} pi {:.3}", 42, text, 3.14159);
                                        log.with({{"key", text}, {"n", 7}}).warning("with attributes");
                                        log.event("order.charged").with({{"key", text}}).info("event");
                                        log.every(std::chrono::hours(1)).info("held back {}", text);
                                      }),
            0U);
}

TEST(Allocation, IsNotNeededForMetricsOfKnownAttributes) {
  MemorySession session;
  const Counter<std::int64_t> counter = get_meter("hot").counter("allocations.counter");
  const Histogram<double> histogram = get_meter("hot").histogram("allocations.histogram");
  EXPECT_EQ(allocations_of_a_thousand(session,
                                      [&] {
                                        counter.add(1,
                                                    {{"currency", "EUR"}, {"status", "ok"}, {"attempt", 1}});
                                        histogram.record(0.5, {{"currency", "EUR"}});
                                        counter.add(1);
                                      }),
            0U);
}

// Keys are compared as they will be sent, which took a copy of each.
TEST(NoMemory, CostsIllFormedKeysAndNoMore) {
  MemorySession session;
  const std::string one = "\xff" + std::string(100, 'k');
  const std::string other = "\xfe" + std::string(100, 'k');
  {
    auto span = get_tracer("memory").scoped_span("span");
    without_memory([&] { span.add_event("event", {{one, 1}, {other, 2}, {"kept", 3}}); });
  }
  const auto requests = session.take(telemetry::Signal::spans);
  ASSERT_EQ(requests.size(), 1U);
  const auto span = telemetry::read_spans(requests[0]).spans.at(0);
  ASSERT_EQ(span.events.size(), 1U);
  EXPECT_EQ(span.events[0].attributes, (testing::RecordedAttributes{{"kept", "3"}}));
}

std::size_t count_of(const testing::RecordedAttributes& attributes, std::string_view key) {
  return static_cast<std::size_t>(
      std::ranges::count(attributes, key, &testing::RecordedAttributes::value_type::first));
}

// The attribute that could not be replaced is lost, and no other is there twice for it.
TEST(NoMemory, ForAReplacementLeavesOtherKeysUnique) {
  MemorySession session;
  const std::string large(100'000, 'x');
  const std::vector<int> numbers{1, 2};
  for (const bool is_walked : {false, true}) {
    {
      auto span = get_tracer("memory").scoped_span("span", {{"a", 1}, {"b", 2}, {"c", 3}});
      without_memory([&] {
        is_walked ? span.set_attribute("a", numbers) : span.set_attribute("a", std::string_view(large));
      });
      span.set_attribute("c", 4);
    }
    const auto requests = session.take(telemetry::Signal::spans);
    ASSERT_EQ(requests.size(), 1U);
    const auto attributes = telemetry::read_spans(requests[0]).spans.at(0).attributes;
    EXPECT_EQ(count_of(attributes, "c"), 1U) << is_walked;
    EXPECT_EQ(testing::find(attributes, "c"), "4");
    EXPECT_EQ(testing::find(attributes, "b"), "2");
  }
}

}  // namespace
}  // namespace ergon::test

#endif
