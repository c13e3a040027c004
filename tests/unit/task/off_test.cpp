#if defined(ERGON_TELEMETRY_OFF)

#include <gtest/gtest.h>

#include <type_traits>

#include <ergon/telemetry.hpp>
#include <ergon/testing/span_tree.hpp>

namespace ergon {
namespace {

static_assert(std::is_empty_v<Tracer> && std::is_empty_v<ScopedSpan> && std::is_empty_v<Span>);
static_assert(std::is_empty_v<SpanScope> && std::is_empty_v<Logger> && std::is_empty_v<LoggerWith>);
static_assert(std::is_empty_v<Meter> && std::is_empty_v<Counter<std::int64_t>> &&
              std::is_empty_v<Counter<double>>);
static_assert(std::is_empty_v<Histogram<double>> && std::is_empty_v<Histogram<std::int64_t>>);
static_assert(std::is_empty_v<telemetry::Session>);

// Every call a program makes compiles and does nothing.
TEST(TelemetryOff, HasTheWholeInterface) {
  auto session = telemetry::start({.service_name = "off"}, {});
  EXPECT_TRUE(session);
  const auto tracer = get_tracer("off", {.version = "1"});
  {
    auto outer = tracer.scoped_span("outer", {{"key", 1}}, {.kind = SpanKind::client});
    outer.set_attribute("key", "value");
    outer.add_event("event", {{"key", true}});
    outer.add_link(outer.context());
    outer.set_status(StatusCode::error, "message");
    outer.record_exception("type", "message");
    EXPECT_FALSE(outer.is_recording());
    EXPECT_FALSE(current_span_context().is_valid());
    auto span = tracer.start_span("inner");
    auto moved = std::move(span);
    const auto scope = moved.make_current();
    moved.end();
  }
  const auto log = get_logger("off");
  log.info("number {}", 1);
  log.with({{"key", "value"}}).error("text {}", "x");
  log.log(Level::critical, "plain");
  EXPECT_FALSE(log.enabled(Level::critical));
  const auto meter = get_meter("off");
  meter.counter("count", {.unit = "{thing}"}).add(1, {{"key", 1}});
  meter.counter<double>("sum").add(0.5);
  meter.histogram("duration", {.unit = "s", .boundaries = {1, 2}}).record(1.5);
  EXPECT_TRUE(session.flush(std::chrono::milliseconds(1)));
  EXPECT_TRUE(session.shutdown(std::chrono::milliseconds(1)));
  EXPECT_EQ(session.statistics().spans.total.created, 0U);
}

TEST(TelemetryOff, RecordsNothing) {
  testing::Recorder recorder;
  get_logger("off").error("unheard");
  const auto recording = recorder.stop();
  EXPECT_TRUE(recording.logs().empty());
  EXPECT_EQ(recording.spans().tree(), "");
  EXPECT_EQ(recording.spans().tree({.kinds = true}), "");
  EXPECT_EQ(recording.spans().find("any"), nullptr);
}

TEST(TelemetryOff, TellsWhyTreesDiffer) {
  EXPECT_TRUE(testing::compare_trees("", ""));
  EXPECT_FALSE(testing::compare_trees("", "order\n"));
  EXPECT_EQ(testing::compare_trees("", "order\n").difference(),
            "telemetry is compiled out: there are no spans");
}

}  // namespace
}  // namespace ergon

#endif
