#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "conformance/trace/journaling_processor.hpp"
#include "conformance/trace/recorded.hpp"

// trace/sdk.md: span processor, read/write span.
namespace ergon::test {
namespace {

using ::testing::ElementsAre;

// "SpanProcessor … invoked in the same order as they were registered"; "OnStart is called synchronously on
// the thread that started the span".
TEST(SpanProcessorClause, IsCalledInTheOrderOfTheConfigurationOnTheThreadOfTheSpan) {
  MemorySession session(processed_by({journaling("one"), journaling("two")}));
  {
    const auto span = tracer().scoped_span("s");
    EXPECT_THAT(g_journal.take(), ElementsAre("one start s", "one tenant ", "two start s", "two tenant "));
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
  EXPECT_EQ(g_journal.count("one tenant "), 2);
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
// "RECORD_ONLY: IsRecording is true, but the Sampled flag MUST NOT be set": processors get it, exporters do
// not.
TEST(SpanProcessorClause, SeesASpanThatIsRecordedOnlyWhichNoExporterDoes) {
  auto config = processed_by({journaling("one")});
  config.tracing->sampler = AlwaysRecord{.root = AlwaysOff{}};
  MemorySession session(config);
  tracer().scoped_span("only").end();
  EXPECT_TRUE(spans_of(session).empty());
  EXPECT_THAT(g_journal.lines(),
              ::testing::IsSupersetOf({"one start only", "one ending only", "one end only"}));
  EXPECT_TRUE(session.statistics().spans.total.closes());
}

TEST(SpanProcessorClause, SeesNoSpanThatIsNotRecorded) {
  TelemetryConfig config = processed_by({journaling("one")});
  config.tracing->sampler = AlwaysOff{};
  MemorySession session(config);
  tracer().scoped_span("s").end();
  session.flush();
  EXPECT_THAT(g_journal.lines(), ElementsAre("one flush in time"));
}

}  // namespace
}  // namespace ergon::test
