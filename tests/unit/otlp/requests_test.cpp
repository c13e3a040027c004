#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "telemetry/export/otlp_reader.hpp"
#include "unit/otlp/decoded.hpp"

// Whole requests: resource, scopes and what stands in them.
namespace ergon::test {
namespace {

using telemetry::Signal;

ExportTraceServiceRequest only_trace_request(MemorySession& session) {
  const auto requests = session.take(Signal::spans);
  EXPECT_EQ(requests.size(), 1U);
  return requests.empty() ? ExportTraceServiceRequest() : decode<ExportTraceServiceRequest>(requests[0]);
}

TEST(Request, GroupsRecordsByScope) {
  MemorySession session;
  const Tracer plain = get_tracer("plain");
  const Tracer full = get_tracer(
      "full", {.version = "1.2", .schema_url = "https://schema/1", .attributes = {{"team", "payments"}}});
  const Tracer other_schema = get_tracer("full", {.version = "1.2", .schema_url = "https://schema/2"});
  for (int i = 0; i < 3; ++i) {
    for (const Tracer& tracer : {plain, full, other_schema}) const auto span = tracer.scoped_span("s");
  }
  const auto request = only_trace_request(session);
  ASSERT_EQ(request.resource_spans_size(), 1);
  ASSERT_EQ(request.resource_spans(0).scope_spans_size(), 3);
  std::set<std::tuple<std::string, std::string, std::string, int, int>> found;
  for (const auto& scope : request.resource_spans(0).scope_spans()) {
    found.emplace(scope.scope().name(), scope.scope().version(), scope.schema_url(),
                  scope.scope().attributes_size(), scope.spans_size());
  }
  EXPECT_EQ(found, (std::set<std::tuple<std::string, std::string, std::string, int, int>>{
                       {"plain", "", "", 0, 3},
                       {"full", "1.2", "https://schema/1", 1, 3},
                       {"full", "1.2", "https://schema/2", 0, 3}}));
}

TEST(Request, HasTheResourceOnEachSignal) {
  TelemetryConfig config = everything();
  config.resource.attributes = {
      {"text", std::string("t")}, {"yes", true}, {"three", std::int64_t{3}}, {"half", 0.5}};
  MemorySession session(config);
  {
    const auto span = get_tracer("r").scoped_span("s");
  }
  get_logger("r").info("l");
  get_meter("r").counter("requests.counter").add(1);
  const auto trace = only_trace_request(session);
  get_logger("r").info("l");
  const auto logs = decode<ExportLogsServiceRequest>(session.take(Signal::logs).at(0));
  const auto metrics = decode<ExportMetricsServiceRequest>(session.take(Signal::metric_points).at(0));
  for (const auto* resource : {&trace.resource_spans(0).resource(), &logs.resource_logs(0).resource(),
                               &metrics.resource_metrics(0).resource()}) {
    EXPECT_EQ(value_of(resource->attributes(), "service.name").string_value(), "test");
    EXPECT_EQ(value_of(resource->attributes(), "text").string_value(), "t");
    EXPECT_TRUE(value_of(resource->attributes(), "yes").bool_value());
    EXPECT_EQ(value_of(resource->attributes(), "three").int_value(), 3);
    EXPECT_EQ(value_of(resource->attributes(), "half").double_value(), 0.5);
    EXPECT_GE(value_of(resource->attributes(), "host.ip").array_value().values_size(), 1);
    EXPECT_EQ(value_of(resource->attributes(), "telemetry.sdk.language").string_value(), "cpp");
  }
}

TEST(Request, HasTheSchemaOfTheResource) {
  TelemetryConfig config = everything();
  config.resource.schema_url = "https://schema/of/all";
  config.logging->resource.schema_url = "https://schema/of/logs";
  MemorySession session(config);
  get_tracer("r").scoped_span("s").end();
  get_logger("r").info("l");
  const auto spans = session.take(Signal::spans);
  EXPECT_EQ(decode<ExportTraceServiceRequest>(spans.at(0)).resource_spans(0).schema_url(),
            "https://schema/of/all");
  EXPECT_EQ(ergon::testing::find(telemetry::read_spans(spans.at(0)).resource.attributes, "service.name"),
            "test")
      << "as the console reads it";
  const auto logs = decode<ExportLogsServiceRequest>(session.take(Signal::logs).at(0));
  EXPECT_EQ(logs.resource_logs(0).schema_url(), "https://schema/of/logs") << "the section's own";
}

TEST(Request, HasALogWithAllItsFields) {
  MemorySession session;
  SpanContext context;
  {
    const auto span = get_tracer("r").scoped_span("s");
    context = span.context();
    get_logger("payments", {.version = "3"}).with({{"order.id", "o-1"}}).error("failed {}", 7);
  }
  get_logger("payments").debug("outside");
  const auto logs = logs_of(session);
  ASSERT_EQ(logs.size(), 2U);
  const ProtoLog& log = logs[0].body().string_value() == "failed 7" ? logs[0] : logs[1];
  EXPECT_EQ(log.body().string_value(), "failed 7");
  EXPECT_EQ(log.severity_number(), proto::logs::v1::SEVERITY_NUMBER_ERROR);
  EXPECT_EQ(log.severity_text(), "ERROR");
  EXPECT_EQ(value_of(log.attributes(), "order.id").string_value(), "o-1");
  EXPECT_EQ(log.trace_id(), std::string(context.trace_id.bytes.begin(), context.trace_id.bytes.end()));
  EXPECT_EQ(log.span_id(), std::string(context.span_id.bytes.begin(), context.span_id.bytes.end()));
  EXPECT_EQ(log.flags(), context.trace_flags);
  EXPECT_GT(log.time_unix_nano(), 1'700'000'000'000'000'000U);
  EXPECT_GE(log.observed_time_unix_nano(), log.time_unix_nano());
  const ProtoLog& outside = &log == &logs[0] ? logs[1] : logs[0];
  EXPECT_EQ(outside.trace_id() + outside.span_id(), "");
  EXPECT_EQ(outside.severity_number(), proto::logs::v1::SEVERITY_NUMBER_DEBUG);
}

TEST(Request, HasTheSpecificationsSeverities) {
  const std::map<Level, int> expected{{Level::trace, 1},    {Level::debug, 5},  {Level::info, 9},
                                      {Level::warning, 13}, {Level::error, 17}, {Level::critical, 21}};
  MemorySession session;
  for (const auto& [level, number] : expected) get_logger("s").log(level, "{}", number);
  for (const ProtoLog& log : logs_of(session))
    EXPECT_EQ(std::to_string(log.severity_number()), log.body().string_value());
}

// One string of Latin-1 would make a protobuf receiver refuse the whole request.
TEST(Request, ArrivesWholeWithInvalidTextsEverywhere) {
  const std::string bad = "caf\xE9 \xF0\x9D";
  const std::string repaired = "caf\xEF\xBF\xBD \xEF\xBF\xBD";
  TelemetryConfig config = everything();
  config.service_name = bad;
  config.resource.attributes = {{bad, bad}, {"list", std::vector<std::string>{bad}}};
  MemorySession session(config);
  const ScopeOptions scope{.version = bad, .schema_url = bad, .attributes = {{bad, bad}}};
  {
    auto span = get_tracer(bad, scope).scoped_span(bad, {{bad, bad}});
    span.add_event(bad, {{bad, bad}});
    span.add_link(span.context(), {{bad, bad}});
    span.set_status(StatusCode::error, bad);
    span.set_attribute("list", std::vector<std::string>{bad, "good"});
    span.set_attribute("map", std::map<std::string, std::string>{{bad, bad}});
    const auto good = get_tracer("good").scoped_span("good");
  }
  const auto spans = spans_of(session);
  ASSERT_EQ(spans.size(), 2U);
  const ProtoSpan& span = spans[0].name() == "good" ? spans[1] : spans[0];
  EXPECT_EQ(span.name(), repaired);
  EXPECT_EQ(value_of(span.attributes(), repaired).string_value(), repaired);
  EXPECT_EQ(value_of(span.attributes(), "list").array_value().values(0).string_value(), repaired);
  EXPECT_EQ(value_of(span.events(0).attributes(), repaired).string_value(), repaired);
  EXPECT_EQ(span.status().message(), repaired);
  get_logger(bad, scope).with({{bad, bad}}).info("{} {}", bad, bad.c_str());
  const auto logs = logs_of(session);
  ASSERT_EQ(logs.size(), 1U);
  EXPECT_EQ(logs[0].body().string_value(), repaired + " " + repaired);
  get_meter(bad, scope).counter("bad" + bad, {.unit = bad, .description = bad}).add(1, {{bad, bad}});
  get_meter(bad, scope).histogram("bad.h" + bad, {.unit = bad}).record(1, {{bad, bad}});
  EXPECT_GE(metrics_of(session).size(), 2U);
}

}  // namespace
}  // namespace ergon::test
