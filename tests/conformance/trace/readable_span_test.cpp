#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "conformance/trace/journaling_processor.hpp"

// trace/sdk.md: additional span interfaces, readable span.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;

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
  config.resource.attributes = {{"deployment.environment.name", "test"}};
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
  EXPECT_EQ(g_seen["start"].end, Timestamp{});
  EXPECT_GE(g_seen["ending"].end, g_seen["ending"].start) << "its end time is set already";
  EXPECT_LE(g_seen["ending"].end, ended.end + 5ms);
  EXPECT_GE(g_seen["ending"].end, ended.end - 5ms);
  ASSERT_NE(ended.resource, nullptr);
  ASSERT_NE(find(*ended.resource, "deployment.environment.name"), nullptr);
  EXPECT_EQ(*find(*ended.resource, "deployment.environment.name")->get_if<std::string>(), "test");
}

// trace/sdk.md#onending: "the end timestamp MUST have been computed", the program's own where it gave one.
TEST(ReadableSpanClause, HasTheEndThatTheProgramGave) {
  telemetry::register_extension<KeepingProcessor>("keeping");
  g_seen.clear();
  MemorySession session(processed_by({Custom("keeping")}));
  const Timestamp noon{1'767'323'045s};
  get_tracer("processors.read").scoped_span("order", {}, {.start_time = noon}).end(noon + 7s);
  session.flush();
  for (const char* moment : {"ending", "end"}) EXPECT_EQ(g_seen[moment].end, noon + 7s) << moment;
  get_tracer("processors.read").scoped_span("order", {}, {.start_time = noon}).end(noon - 7s);
  session.flush();
  for (const char* moment : {"ending", "end"}) EXPECT_EQ(g_seen[moment].end, noon) << moment;
}

}  // namespace
}  // namespace ergon::test
