#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <ergon/extend/register_extension.hpp>

#include "conformance/trace/recorded.hpp"
#include "unit/support_engine/journal.hpp"

// trace/sdk.md: span processor, additional span interfaces.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

Journal g_journal;

// Notes what it is called for, and says in the span who was there.
class JournalingProcessor : public SpanProcessor {
 public:
  struct Options {
    std::string label{"one"};
    ERGON_OPTIONS(Options, label);
  };
  explicit JournalingProcessor(Options options) : label_(std::move(options.label)) {}

  void on_start(WritableSpan& span, const Context& parent) override {
    note("start", span.name());
    g_journal.note(label_ + " tenant " + std::string(parent.baggage().get("tenant").value_or("none")));
    span.set_attribute("started." + label_, true);
    if (span.parent_span_id() != parent.span_context().span_id) g_journal.note("another parent");
  }
  void on_ending(WritableSpan& span) override {
    note("ending", span.name());
    span.set_attribute("ended." + label_, true);
  }
  void on_end(const SpanData& span) override { note("end", span.name); }
  bool force_flush(Deadline deadline) override {
    note("flush", deadline > Deadline::clock::now() ? "in time" : "late");
    return true;
  }
  void shutdown(Deadline /*deadline*/) override { note("shutdown", ""); }

 private:
  void note(const std::string& call, std::string_view name) const {
    g_journal.note(label_ + " " + call + " " + std::string(name));
  }
  std::string label_;
};

Custom journaling(std::string label) {
  return Custom("journaling", JournalingProcessor::Options{.label = std::move(label)});
}

TelemetryConfig processed_by(std::vector<SpanProcessorConfig> processors) {
  telemetry::register_extension<JournalingProcessor>("journaling");
  static_cast<void>(g_journal.take());
  TelemetryConfig config = everything();
  config.tracing->processors = std::move(processors);
  config.tracing->processors.push_back(BatchSpanProcessor{});
  return config;
}

// The calls for one span name, in order; `on_end` comes from other threads, so each label's own only.
std::vector<std::string> of_label(const std::string& label) {
  std::vector<std::string> lines;
  for (const std::string& line : g_journal.lines()) {
    if (line.starts_with(label + " ")) lines.push_back(line);
  }
  return lines;
}

Tracer tracer() { return get_tracer("processors"); }

// "SpanProcessor … invoked in the same order as they were registered"; "OnStart is called synchronously on
// the thread that started the span".
TEST(SpanProcessorClause, IsCalledInTheOrderOfTheConfigurationOnTheThreadOfTheSpan) {
  MemorySession session(processed_by({journaling("one"), journaling("two")}));
  {
    const auto span = tracer().scoped_span("s");
    EXPECT_THAT(g_journal.take(),
                ElementsAre("one start s", "one tenant none", "two start s", "two tenant none"));
  }
  const auto lines = g_journal.lines();
  ASSERT_GE(lines.size(), 2U);
  EXPECT_EQ(lines[0], "one ending s");
  const auto two = std::ranges::find(lines, "two ending s");
  EXPECT_NE(two, lines.end());
  session.flush();
  EXPECT_THAT(of_label("one"), ElementsAre("one ending s", "one end s", "one flush in time"));
  EXPECT_THAT(of_label("two"), ElementsAre("two ending s", "two end s", "two flush in time"));
}

// "parentContext - the parent Context of the span that the SDK determined"
TEST(SpanProcessorClause, GetsTheParentsContextWithBaggage) {
  MemorySession session(processed_by({journaling("one")}));
  {
    const auto root = tracer().scoped_span("root");
    const auto scope = attach(current_context().with_baggage(Baggage().set("tenant", "acme")));
    const auto child = tracer().scoped_span("child");
  }
  const SpanContext remote{TraceId{{1}}, SpanId{{2}}, SpanContext::kSampled, true};
  tracer().start_span("far", {}, {.parent = &remote}).end();
  EXPECT_EQ(g_journal.count("one tenant acme"), 1);
  EXPECT_EQ(g_journal.count("one tenant none"), 2);
  EXPECT_EQ(g_journal.count("another parent"), 0);
}

// "Modifications of the span are visible to later processors and exporters", of OnStart and OnEnding.
TEST(SpanProcessorClause, ChangesWhatIsExported) {
  MemorySession session(processed_by({journaling("one"), journaling("two")}));
  tracer().scoped_span("scoped").end();
  tracer().start_span("movable").end();
  const auto spans = spans_of(session);
  ASSERT_EQ(spans.size(), 2U);
  for (const ProtoSpan& span : spans) {
    for (const char* key : {"started.one", "started.two", "ended.one", "ended.two"})
      EXPECT_TRUE(value_of(span.attributes(), key).bool_value()) << span.name() << " " << key;
  }
}

class RenamingProcessor final : public SpanProcessor {
 public:
  void on_ending(WritableSpan& span) override {
    EXPECT_EQ(span.kind(), SpanKind::client);
    EXPECT_EQ(span.status(), StatusCode::unset);
    span.update_name(std::string(span.name()) + ".renamed");
    span.add_event("late", {{"n", 1}});
    span.add_link(SpanContext{TraceId{{1}}, SpanId{{2}}});
    span.set_status(StatusCode::error, "by the processor");
    EXPECT_EQ(span.status(), StatusCode::error);
  }
  [[nodiscard]] bool takes_ended_spans() const override { return false; }
  void on_end(const SpanData& span) override { g_journal.note("unwanted " + span.name); }
};

// "Read/write span": all of the API works until OnEnding has returned.
TEST(SpanProcessorClause, MayChangeAllOfASpanThatEnds) {
  telemetry::register_extension<RenamingProcessor>("renaming");
  MemorySession session(processed_by({Custom("renaming")}));
  tracer().scoped_span("call", {}, {.kind = SpanKind::client}).end();
  const ProtoSpan span = only_span(session);
  EXPECT_EQ(span.name(), "call.renamed");
  ASSERT_EQ(span.events_size(), 1);
  EXPECT_EQ(span.events(0).name(), "late");
  ASSERT_EQ(span.links_size(), 1);
  EXPECT_EQ(span.status().message(), "by the processor");
  EXPECT_EQ(g_journal.count("unwanted call.renamed"), 0);
  for (const auto& destination : session.statistics().spans.destinations)
    EXPECT_NE(destination.name, "renaming");
}

// Keeps the spans it sees, at their start, before their end, and after it.
std::map<std::string, SpanData> g_seen;
class KeepingProcessor final : public SpanProcessor {
 public:
  void on_start(WritableSpan& span, const Context& /*parent*/) override { g_seen["start"] = span.data(); }
  void on_ending(WritableSpan& span) override { g_seen["ending"] = span.data(); }
  void on_end(const SpanData& span) override { g_seen["end"] = span; }
};

void expect_is_read(const SpanData& span) {
  EXPECT_EQ(span.name, "order");
  EXPECT_EQ(span.kind, SpanKind::server);
  EXPECT_TRUE(span.parent_span_id.is_valid());
  EXPECT_TRUE(span.parent_is_remote);
  ASSERT_NE(span.scope, nullptr);
  EXPECT_EQ(span.scope->name, "processors.read");
  EXPECT_EQ(span.scope->version, "1.2");
  EXPECT_EQ(span.scope->schema_url, "https://example.org/1");
  ASSERT_NE(find(span.scope->attributes, "tier"), nullptr);
  EXPECT_EQ(*find(span.scope->attributes, "tier")->get_if<std::int64_t>(), 3);
  ASSERT_NE(find(span.attributes, "text"), nullptr);
  EXPECT_EQ(*find(span.attributes, "text")->get_if<std::string>(), "a");
  EXPECT_EQ(*find(span.attributes, "whole")->get_if<std::int64_t>(), -7);
  EXPECT_EQ(*find(span.attributes, "half")->get_if<double>(), 0.5);
  EXPECT_EQ(*find(span.attributes, "yes")->get_if<bool>(), true);
  EXPECT_EQ(find(span.attributes, "bytes")->get_if<DataValue::Bytes>()->at(1), std::byte{2});
  const auto* array = find(span.attributes, "array")->get_if<DataValue::Array>();
  ASSERT_TRUE(array != nullptr && array->size() == 2);
  EXPECT_EQ(*array->at(1).get_if<std::int64_t>(), 9);
  const auto* map = find(span.attributes, "map")->get_if<DataValue::Map>();
  ASSERT_TRUE(map != nullptr && map->size() == 1);
  EXPECT_EQ(*find(*map, "inner")->get_if<std::string>(), "b");
  ASSERT_EQ(span.links.size(), 1U);
  EXPECT_EQ(span.links[0].context.span_id, (SpanId{{4}}));
  EXPECT_EQ(span.dropped_attributes, 1U) << "the one without a key";
}

// "Readable span: … must be able to access all information that was added to the span", its scope and
// resource included.
TEST(ReadableSpanClause, HasAllThatWasAdded) {
  telemetry::register_extension<KeepingProcessor>("keeping");
  g_seen.clear();
  TelemetryConfig config = processed_by({Custom("keeping")});
  config.resource = {{"deployment.environment.name", "test"}};
  MemorySession session(config);
  const SpanContext remote{TraceId{{1}}, SpanId{{2}}, SpanContext::kSampled, true};
  const SpanContext linked{TraceId{{3}}, SpanId{{4}}};
  const std::vector<std::byte> bytes{std::byte{1}, std::byte{2}};
  const std::vector<int> array{8, 9};
  const auto before = std::chrono::system_clock::now();
  {
    auto span =
        get_tracer("processors.read",
                   {.version = "1.2", .schema_url = "https://example.org/1", .attributes = {{"tier", 3}}})
            .scoped_span("order",
                         {{"text", "a"},
                          {"whole", -7},
                          {"half", 0.5},
                          {"yes", true},
                          {"bytes", bytes},
                          {"array", array},
                          {"map", Map{{"inner", "b"}}},
                          {"", "no key"}},
                         {.kind = SpanKind::server, .parent = &remote, .links = {{linked, {}}}});
    span.add_event("paid", {{"sum", 12}});
    span.set_status(StatusCode::error, "late");
  }
  const auto after = std::chrono::system_clock::now();
  session.flush();
  for (const char* moment : {"start", "ending", "end"}) {
    SCOPED_TRACE(moment);
    const SpanData& span = g_seen[moment];
    expect_is_read(span);
    EXPECT_GE(span.start, before - 5ms);
    EXPECT_LE(span.start, after + 5ms);
    EXPECT_EQ(span.context, g_seen["start"].context);
    if (moment == std::string("start")) continue;
    EXPECT_EQ(span.status, StatusCode::error);
    EXPECT_EQ(span.status_message, "late");
    ASSERT_EQ(span.events.size(), 1U);
    EXPECT_EQ(span.events[0].name, "paid");
    EXPECT_EQ(*find(span.events[0].attributes, "sum")->get_if<std::int64_t>(), 12);
    EXPECT_GE(span.events[0].time, before - 5ms);
    EXPECT_LE(span.events[0].time, after + 5ms);
  }
  const SpanData& ended = g_seen["end"];
  EXPECT_GE(ended.end, ended.start);
  ASSERT_NE(ended.resource, nullptr);
  ASSERT_NE(find(*ended.resource, "deployment.environment.name"), nullptr);
  EXPECT_EQ(*find(*ended.resource, "deployment.environment.name")->get_if<std::string>(), "test");
}

// "Shutdown MUST include the effects of ForceFlush", and is called once.
TEST(SpanProcessorClause, IsFlushedAndShutDownOnceAfterItsLastSpan) {
  MemorySession session(processed_by({journaling("one")}));
  for (int i = 0; i < 3; ++i) tracer().scoped_span("s").end();
  EXPECT_TRUE(session.stop());
  EXPECT_TRUE(session.stop());
  const auto lines = of_label("one");
  ASSERT_GE(lines.size(), 5U);
  EXPECT_EQ(std::vector(lines.end() - 5, lines.end()),
            (std::vector<std::string>{"one end s", "one end s", "one end s", "one flush in time",
                                      "one shutdown "}));
  tracer().scoped_span("late").end();
  EXPECT_EQ(of_label("one").size(), lines.size()) << "no call follows";
}

// Only what is recorded comes to processors.
TEST(SpanProcessorClause, SeesNoSpanThatIsNotRecorded) {
  TelemetryConfig config = processed_by({journaling("one")});
  config.tracing->sampler = AlwaysOff{};
  MemorySession session(config);
  tracer().scoped_span("s").end();
  session.flush();
  EXPECT_THAT(g_journal.lines(), ElementsAre("one flush in time"));
}

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
