#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <ergon/testing/in_memory_store.hpp>

#include "conformance/trace/recorded.hpp"
#include "unit/support_engine/fresh_process.hpp"

// trace/api.md: get a tracer, enabled; trace/sdk.md: tracer configurator.
namespace ergon::test {
namespace {

TelemetryConfig with_tracers(const TracerConfigurator& configurator) {
  TelemetryConfig config = everything();
  config.tracing->tracer_configurator = configurator;
  return config;
}

std::vector<std::string> names_of(MemorySession& session) {
  std::vector<std::string> names;
  for (const ProtoSpan& span : spans_of(session)) names.push_back(span.name());
  std::ranges::sort(names);
  return names;
}

const TracerConfigurator kDatabaseOff{.tracers = {{.name = "db.*", .config = {.enabled = false}}}};

TEST(GetTracer, PassesVersionSchemaUrlAndAttributesOn) {
  MemorySession session;
  get_tracer("shop", {.version = "1.2", .schema_url = "https://example.org/1", .attributes = {{"tier", 3}}})
      .scoped_span("s")
      .end();
  get_tracer("shop", {.version = "2.0"}).scoped_span("s").end();
  int found = 0;
  for (const std::string& bytes : session.take(telemetry::Signal::spans)) {
    const auto request = decode<ExportTraceServiceRequest>(bytes);
    for (const auto& scope : request.resource_spans(0).scope_spans()) {
      EXPECT_EQ(scope.scope().name(), "shop");
      if (scope.scope().version() == "2.0") {
        EXPECT_EQ(scope.schema_url(), "");
        ++found;
        continue;
      }
      EXPECT_EQ(scope.scope().version(), "1.2");
      EXPECT_EQ(scope.schema_url(), "https://example.org/1");
      EXPECT_EQ(value_of(scope.scope().attributes(), "tier").int_value(), 3);
      ++found;
    }
  }
  EXPECT_EQ(found, 2);
}

TEST(TracerEnabled, IsTrueWhileASessionRecordsSpans) {
  const Tracer tracer = get_tracer("conformance.enabled");
  {
    MemorySession session;
    EXPECT_TRUE(tracer.enabled());
    EXPECT_TRUE(get_tracer("conformance.enabled.new").enabled());
    session.stop();
    EXPECT_FALSE(tracer.enabled());
  }
  TelemetryConfig config = everything();
  config.tracing.reset();
  MemorySession session(config);
  EXPECT_FALSE(tracer.enabled()) << "no tracing section, so no processor";
  EXPECT_FALSE(get_tracer("conformance.enabled.newer").enabled());
}

class TracerAfterShutdown : public ::testing::TestWithParam<Sampler> {};

// trace/sdk.md#shutdown of the provider: what begins after it is for nobody, so nobody is told that it is
// sampled. Whatever the session's sampler was.
TEST_P(TracerAfterShutdown, StartsNothingThatRecordsOrIsSampled) {
  TelemetryConfig config = everything();
  config.tracing->sampler = GetParam();
  MemorySession session(config);
  const Tracer tracer = get_tracer("conformance.shutdown");
  auto open = tracer.start_span("open");
  session.stop();
  const auto before = session.statistics().spans.total;
  for (const Tracer& one : {tracer, get_tracer("conformance.shutdown.new")}) {
    const auto scoped = one.scoped_span("late");
    const auto movable = one.start_span("late", {}, {.root = true});
    EXPECT_FALSE(scoped.is_recording() || movable.is_recording());
    EXPECT_TRUE(scoped.context().is_valid() && movable.context().is_valid());
    EXPECT_EQ(scoped.context().trace_flags, SpanContext::kRandom);
    EXPECT_EQ(movable.context().trace_flags, SpanContext::kRandom);
    std::map<std::string, std::string> headers;
    inject(headers);
    EXPECT_TRUE(headers["traceparent"].ends_with("-02")) << headers["traceparent"];
  }
  const auto after = session.statistics().spans.total;
  constexpr auto kLate = static_cast<std::size_t>(telemetry::DropReason::already_shutdown);
  EXPECT_EQ(after.created - before.created, 4U);
  EXPECT_EQ(after.dropped[kLate] - before.dropped[kLate], 4U);
  EXPECT_TRUE(after.closes());
}

INSTANTIATE_TEST_SUITE_P(Samplers, TracerAfterShutdown,
                         ::testing::Values(AlwaysOn{}, ParentBased{}, Probability{0.5}, RateLimiting{},
                                           AlwaysRecord{AlwaysOff{}}));

TEST(TracerEnabled, IsTrueBeforeASession) {
  run_in_fresh_process([] { EXPECT_TRUE(get_tracer("early").enabled()); });
}

TEST(TracerConfigurator, SwitchesTracersOffByName) {
  const Tracer early = get_tracer("db.postgres");
  MemorySession session(with_tracers(kDatabaseOff));
  const Tracer late = get_tracer("db.redis");
  EXPECT_FALSE(early.enabled());
  EXPECT_FALSE(late.enabled());
  EXPECT_TRUE(get_tracer("db").enabled());
  EXPECT_TRUE(get_tracer("my.db.x").enabled());
  early.scoped_span("early").end();
  late.start_span("late").end();
  get_tracer("db").scoped_span("kept").end();
  EXPECT_EQ(names_of(session), std::vector<std::string>{"kept"});
}

TEST(TracerConfigurator, LetsTheFirstMatchDecideElseTheDefault) {
  MemorySession session(with_tracers({.default_config = {.enabled = false},
                                      .tracers = {{.name = "shop.?", .config = {.enabled = true}},
                                                  {.name = "shop.*", .config = {.enabled = false}},
                                                  {.name = "*.audit", .config = {.enabled = true}}}}));
  EXPECT_TRUE(get_tracer("shop.a").enabled());
  EXPECT_FALSE(get_tracer("shop.ab").enabled());
  EXPECT_FALSE(get_tracer("shop.audit").enabled());
  EXPECT_TRUE(get_tracer("x.audit").enabled());
  EXPECT_FALSE(get_tracer("others").enabled());
}

TEST(TracerConfigurator, IsThatOfTheSession) {
  const Tracer tracer = get_tracer("db.sessions");
  {
    MemorySession session(with_tracers(kDatabaseOff));
  }
  MemorySession session;
  EXPECT_TRUE(tracer.enabled());
}

// "Any changes to the configurator" take effect on tracers that exist, both ways.
TEST(TracerConfigurator, ChangesWhileTheSessionRuns) {
  testing::InMemoryStore store("changing tracers");
  store.clear();
  auto session = telemetry::start(
      {.tracing = TracingConfig{.processors = {SimpleSpanProcessor{.exporter = store.exporter()}},
                                .tracer_configurator = kDatabaseOff}});
  const Tracer database = get_tracer("db.changing");
  const Tracer shop = get_tracer("shop.changing");
  EXPECT_FALSE(database.enabled());
  auto begun = shop.start_span("begun before");
  ASSERT_TRUE(session.set_tracers({.tracers = {{.name = "shop.*", .config = {.enabled = false}}}}));
  EXPECT_TRUE(database.enabled());
  EXPECT_FALSE(shop.enabled());
  database.scoped_span("query").end();
  shop.scoped_span("left out").end();
  begun.end();
  const auto names = [&] {
    std::vector<std::string> all;
    for (const auto& span : store.spans()) all.push_back(span.name);
    return all;
  };
  EXPECT_EQ(names(), (std::vector<std::string>{"query", "begun before"}));
  session.shutdown(std::chrono::seconds(20));
  EXPECT_FALSE(session.set_tracers({})) << "it is over";
  EXPECT_FALSE(telemetry::Session().set_tracers({}));
}

// "If a Tracer is disabled, it MUST behave equivalently to a No-op Tracer": whose spans carry their parent's
// context on, with no id of their own.
TEST(DisabledTracer, PassesTheParentsContextOn) {
  MemorySession session(with_tracers(kDatabaseOff));
  const Tracer off = get_tracer("db.pass");
  const Tracer on = get_tracer("conformance.tracers");
  SpanContext outer_context;
  {
    const auto outer = on.scoped_span("outer");
    outer_context = outer.context();
    const auto query = off.scoped_span("query", {{"a", 1}});
    EXPECT_EQ(query.context(), outer.context());
    EXPECT_FALSE(query.is_recording());
    EXPECT_EQ(current_span_context(), outer.context());
    const auto inner = on.scoped_span("inner");
    const auto movable = off.start_span("movable");
    EXPECT_EQ(movable.context(), inner.context());
    const auto given = off.start_span("given", {}, {.parent = &outer_context});
    EXPECT_EQ(given.context(), outer_context);
  }
  EXPECT_FALSE(current_span_context().is_valid());
  const auto spans = spans_of(session);
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].name(), "inner");
  EXPECT_EQ(spans[0].parent_span_id(), spans[1].span_id());
}

TEST(DisabledTracer, HasNoContextWithoutAParent) {
  MemorySession session(with_tracers(kDatabaseOff));
  const Tracer off = get_tracer("db.orphans");
  const auto orphan = off.scoped_span("orphan");
  EXPECT_FALSE(orphan.context().is_valid());
  EXPECT_FALSE(current_span_context().is_valid());
  EXPECT_FALSE(off.start_span("movable").context().is_valid());
  const auto current = get_tracer("conformance.tracers").scoped_span("current");
  EXPECT_FALSE(off.start_span("root", {}, {.root = true}).context().is_valid());
}

TEST(DisabledTracer, StandsForTheParentThatItWasGiven) {
  MemorySession session(with_tracers(kDatabaseOff));
  const Tracer off = get_tracer("db.given");
  const Tracer on = get_tracer("conformance.tracers");
  const auto outer = on.scoped_span("outer");
  const Context given = Context().with_baggage(Baggage().set("tenant", "acme"));
  const auto cut_off = off.scoped_span("cut off", {}, {.context = &given});
  EXPECT_EQ(current_baggage().get("tenant"), "acme");
  const auto inner = on.scoped_span("inner");
  EXPECT_NE(inner.context().trace_id, outer.context().trace_id);
}

// A tracer's switch is none of the logs'.
TEST(DisabledTracer, StillLogsAnExceptionThatIsHandled) {
  MemorySession session(with_tracers(kDatabaseOff));
  {
    get_tracer("db.failing").scoped_span("query").record_exception("db::Error", "gone");
  }
  {
    get_tracer("db.failing").start_span("query").record_exception("db::Error", "gone");
  }
  const auto logs = logs_of(session);
  ASSERT_EQ(logs.size(), 2U);
  for (const ProtoLog& log : logs) EXPECT_EQ(log.body().string_value(), "db.failing failed: db::Error: gone");
  EXPECT_FALSE(current_span_context().is_valid());
}

// Nothing of it is created, sampled out or dropped.
TEST(DisabledTracer, IsNotInTheBooks) {
  MemorySession session(with_tracers(kDatabaseOff));
  const auto before = session.statistics().spans.total;
  for (int i = 0; i < 10; ++i) get_tracer("db.books").scoped_span("s").end();
  session.flush();
  const auto after = session.statistics().spans.total;
  EXPECT_EQ(after.created, before.created);
  EXPECT_EQ(after.sampled_out, before.sampled_out);
}

// What was recorded before the session obeys its configuration.
TEST(DisabledTracer, RecordsNothingOfTheTimeBeforeTheSession) {
  run_in_fresh_process([] {
    get_tracer("db.early").scoped_span("left out").end();
    get_tracer("shop").scoped_span("kept").end();
    MemorySession session(with_tracers(kDatabaseOff));
    EXPECT_EQ(names_of(session), std::vector<std::string>{"kept"});
    const auto total = session.statistics().spans.total;
    EXPECT_EQ(total.created, 2U);
    EXPECT_EQ(total.sampled_out, 1U);
    EXPECT_EQ(total.delivered, 1U);
  });
}

}  // namespace
}  // namespace ergon::test
