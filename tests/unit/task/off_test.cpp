#if defined(ERGON_TELEMETRY_OFF)

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <ergon/extend/exporter.hpp>
#include <ergon/extend/metric_exporter.hpp>
#include <ergon/extend/register_extension.hpp>
#include <ergon/extend/span_processor.hpp>
#include <ergon/telemetry.hpp>
#include <ergon/telemetry/environment_carrier.hpp>
#include <ergon/testing/in_memory_store.hpp>
#include <ergon/testing/span_tree.hpp>

namespace ergon {
namespace {

static_assert(std::is_empty_v<Tracer> && std::is_empty_v<ScopedSpan> && std::is_empty_v<Span>);
static_assert(std::is_empty_v<SpanScope> && std::is_empty_v<Logger> && std::is_empty_v<LoggerWith>);
static_assert(std::is_empty_v<Meter> && std::is_empty_v<Counter<std::int64_t>> &&
              std::is_empty_v<Counter<double>>);
static_assert(std::is_empty_v<Histogram<double>> && std::is_empty_v<Histogram<std::int64_t>>);
static_assert(std::is_empty_v<telemetry::Session>);
static_assert(std::is_empty_v<TraceState> && std::is_empty_v<Baggage>);
static_assert(std::is_empty_v<Context> && std::is_empty_v<ContextScope>);

struct OffProcessor final : SpanProcessor {
  void on_start(WritableSpan& span, const Context& parent) override {
    span.set_attribute("tenant", parent.baggage().get("tenant"));
    span.add_event("event");
    span.add_link(span.context());
    span.set_status(StatusCode::ok);
    span.update_name(span.name());
  }
  void on_ending(WritableSpan& span) override { EXPECT_EQ(span.data().name, ""); }
  void on_end(const SpanData& span) override { EXPECT_EQ(find(span.attributes, "key"), nullptr); }
};

struct OffExporter final : TelemetryExporter {
  bool export_batch(const ExportedBatch& batch) override {
    return batch.spans().empty() && batch.resource().empty() && batch.otlp().empty();
  }
};

struct OffMetricExporter final : MetricExporter {
  bool export_metrics(std::span<const MetricData> metrics) override { return metrics.empty(); }
};

TEST(TelemetryOff, TakesExtensionsThatAreNeverCalled) {
  telemetry::register_extension<OffProcessor>("off");
  telemetry::register_extension<OffExporter>("off");
  telemetry::register_extension<OffMetricExporter>("off metrics");
  EXPECT_TRUE(OffExporter().export_batch({telemetry::Signal::spans, 0, ""}));
  EXPECT_TRUE(OffMetricExporter().export_batch({telemetry::Signal::metric_points, 0, ""}));
  TelemetryConfig config;
  config.tracing =
      TracingConfig{.processors = {Custom("off"), BatchSpanProcessor{.exporter = Custom("off")}}};
  auto session = telemetry::start(config);
  get_tracer("off").scoped_span("s").end();
  EXPECT_TRUE(session.shutdown(std::chrono::seconds(1)));
}

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
    outer.record_exception("type", "message", {{"key", 1}}, "operation");
    outer.record_exception(std::runtime_error("message"), {{"key", 1}});
    outer.record_current_exception();
    outer.update_name("other");
    outer.add_event("event", {}, std::chrono::system_clock::now());
    outer.end(std::chrono::system_clock::now());
    EXPECT_FALSE(tracer.enabled());
    EXPECT_EQ(traced("traced", [] { return 5; }), 5);
    traced(tracer, "traced", [] {}, {{"key", 1}});
    EXPECT_FALSE(outer.is_recording());
    EXPECT_FALSE(current_span_context().is_valid());
    EXPECT_EQ(outer.context().trace_id.to_hex(), std::string(32, '0'));
    EXPECT_EQ((SpanId{{0x0a, 0xff}}.to_hex()), "0aff000000000000");
    auto span = tracer.start_span("inner", {}, {.start_time = std::chrono::system_clock::now()});
    auto moved = std::move(span);
    moved.update_name("other");
    moved.record_exception(std::runtime_error("message"));
    moved.record_current_exception({{"key", 1}});
    moved.add_event("event", {}, std::chrono::system_clock::now());
    const auto scope = moved.make_current();
    moved.end();
  }
  const auto log = get_logger("off");
  log.info("number {}", 1);
  log.with({{"key", "value"}}).error("text {}", "x");
  log.log(Level::critical, "plain");
  log.event("order.charged").with({{"key", 1}}).every_n(2).every(std::chrono::seconds(1)).info("{}", 1);
  log.every_n(2).event("order.charged").warning("often");
  log.every(std::chrono::seconds(1)).exception("text {}", 1);
  log.exception(std::runtime_error("message"), "text");
  ergon::log.info("number {}", 1);
  EXPECT_FALSE(log.enabled(Level::critical));
  EXPECT_TRUE(session.set_level("off", Level::debug));
  EXPECT_TRUE(session.flush(std::chrono::milliseconds(1)));
  EXPECT_TRUE(session.shutdown(std::chrono::milliseconds(1)));
  EXPECT_EQ(session.statistics().spans.total.created, 0U);
}

TEST(TelemetryOff, HasTheWholeInterfaceOfMetrics) {
  const auto meter = get_meter("off");
  meter.counter("count", {.unit = "{thing}"}).add(1, {{"key", 1}});
  meter.counter<double>("sum").add(0.5);
  meter.histogram("duration", {.unit = "s", .boundaries = {1, 2}}).record(1.5);
  meter.up_down_counter("level").add(-1);
  meter.gauge("now").record(1.5, {{"key", 1}});
  meter.counter("bound").bind({{"key", 1}}).add(1);
  EXPECT_FALSE(meter.histogram("off").enabled());
  const auto observed = meter.observable_counter("asked");
  const auto gauge = meter.observable_gauge("asked.now");
  auto registration = observed.observe([](const auto& observer) { observer.observe(1, {{"key", 1}}); });
  const auto both =
      meter.observe([&](const BatchObserver& observer) { observer.observe(gauge, 1); }, observed, gauge);
  registration.remove();
  const auto process = telemetry::observe_process();
}

TEST(TelemetryOff, HasTheWholeInterfaceOfContexts) {
  constexpr ContextKey<int> key{"key"};
  const Context context =
      current_context().with(key, 1).with_baggage(Baggage().set("a", "b", "c").remove("a"));
  EXPECT_EQ(context.get(key), nullptr);
  const auto scope = attach(context.with_span_context(current_span_context()));
  const auto of_baggage = attach(Baggage::parse("a=b"));
  EXPECT_TRUE(current_baggage().is_empty());
  EXPECT_TRUE(context.span_context().trace_state.set("a", "1").erase("b").is_empty());
  EXPECT_TRUE(TraceState::parse("a=1") == TraceState::immortal("b=2"));
  const auto span = get_tracer("off").scoped_span("span", {}, {.context = &context});
  EXPECT_EQ(bind_context([](int number) { return number + 1; })(2), 3);
  std::map<std::string, std::string> headers;
  inject(headers);
  EXPECT_TRUE(headers.empty());
  EXPECT_FALSE(extract(headers).span_context().is_valid());
  EnvironmentWriter writer;
  inject(writer, extract(EnvironmentReader()));
  EXPECT_TRUE(writer.variables().empty());
  EXPECT_TRUE(global_propagator().fields().empty());
  EXPECT_EQ(built_in_propagator("b3"), nullptr);
}

TEST(TelemetryOff, RecordsNothing) {
  EXPECT_TRUE(testing::InMemoryStore().spans().empty());
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
