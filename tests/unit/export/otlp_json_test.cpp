#include "telemetry/export/otlp_json.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/wire.hpp"

namespace ergon::telemetry {
namespace {

namespace wire = base::wire;
using nlohmann::json;

std::string field(std::uint32_t number, std::string_view bytes) {
  std::string out;
  wire::append_field(out, number, bytes);
  return out;
}

std::string number(std::uint32_t field_number, std::uint64_t value) {
  std::string out;
  wire::append_number(out, field_number, value);
  return out;
}

template <class T>
std::string fixed(std::uint32_t field_number, T value) {
  std::string out;
  wire::append_fixed(out, field_number, value);
  return out;
}

// Below a request: one resource group, one scope group, one record.
std::string request_of(std::string_view record) { return field(1, field(2, field(2, record))); }

std::string json_of(Signal signal, std::string_view request) {
  std::string out;
  append_otlp_json(out, signal, request);
  EXPECT_TRUE(json::accept(out)) << out;
  EXPECT_EQ(out.find('\n'), std::string::npos);
  return out;
}

std::string span_json(std::string_view span) {
  const std::string out = json_of(Signal::spans, request_of(span));
  constexpr std::string_view kBefore = R"({"resourceSpans":[{"scopeSpans":[{"spans":[)";
  constexpr std::string_view kAfter = "]}]}]}";
  EXPECT_TRUE(out.starts_with(kBefore) && out.ends_with(kAfter)) << out;
  return out.substr(kBefore.size(), out.size() - kBefore.size() - kAfter.size());
}

std::string metric_json(std::string_view metric) {
  const std::string out = json_of(Signal::metric_points, request_of(metric));
  constexpr std::string_view kBefore = R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[)";
  constexpr std::string_view kAfter = "]}]}]}";
  EXPECT_TRUE(out.starts_with(kBefore) && out.ends_with(kAfter)) << out;
  return out.substr(kBefore.size(), out.size() - kBefore.size() - kAfter.size());
}

// The body of a log record is an AnyValue.
std::string value_json(std::string_view value) {
  const std::string out = json_of(Signal::logs, request_of(field(5, value)));
  constexpr std::string_view kBefore = R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":)";
  constexpr std::string_view kAfter = "}]}]}]}";
  EXPECT_TRUE(out.starts_with(kBefore) && out.ends_with(kAfter)) << out;
  return out.substr(kBefore.size(), out.size() - kBefore.size() - kAfter.size());
}

std::string pair_of(std::string_view key, std::string_view value) { return field(1, key) + field(2, value); }

TEST(OtlpJson, WritesASpanAsTheSpecificationShowsIt) {
  const std::string resource =
      field(1, pair_of("service.name", field(1, "my.service"))) +
      field(3, field(1, "https://schema") + field(2, "service") + field(3, "service.name") +
                   field(3, "service.instance.id") + field(4, "service.version"));
  const std::string scope = field(1, "my.library") + field(2, "1.0.0") + number(4, 2);
  const std::string span =
      field(1, std::string_view("\x5B\x8E\xFF\xF7\x98\x03\x81\x03\xD2\x69\xB6\x33\x81\x3F\xC6\x0C")) +
      field(2, "\xEE\xE1\x9B\x7E\xC3\xC1\xB1\x74") + field(4, "\xEE\xE1\x9B\x7E\xC3\xC1\xB1\x73") +
      field(5, "I'm a server span") + number(6, 2) + fixed(7, std::uint64_t{1'544'712'660'000'000'000}) +
      fixed(16, std::uint32_t{257}) + field(15, number(3, 2));
  const std::string request =
      field(1, field(1, resource) + field(2, field(1, scope) + field(2, span) + field(3, "https://scope")) +
                   field(3, "https://group"));
  EXPECT_EQ(
      json_of(Signal::spans, request),
      R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"my.service"}}],)"
      R"("entityRefs":[{"schemaUrl":"https://schema","type":"service","idKeys":["service.name",)"
      R"("service.instance.id"],"descriptionKeys":["service.version"]}]},)"
      R"("scopeSpans":[{"scope":{"name":"my.library","version":"1.0.0","droppedAttributesCount":2},)"
      R"("spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174",)"
      R"("parentSpanId":"eee19b7ec3c1b173","flags":257,"name":"I'm a server span","kind":2,)"
      R"("startTimeUnixNano":"1544712660000000000","status":{"code":2}}],"schemaUrl":"https://scope"}],)"
      R"("schemaUrl":"https://group"}]})");
}

TEST(OtlpJson, WritesAllKindsOfValues) {
  EXPECT_EQ(value_json(""), "{}") << "empty";
  EXPECT_EQ(value_json(field(1, "")), R"({"stringValue":""})");
  EXPECT_EQ(value_json(number(2, 0)), R"({"boolValue":false})");
  EXPECT_EQ(value_json(number(2, 1)), R"({"boolValue":true})");
  EXPECT_EQ(value_json(number(3, static_cast<std::uint64_t>(INT64_MIN))),
            R"({"intValue":"-9223372036854775808"})");
  EXPECT_EQ(value_json(field(7, std::string_view("\0\xFF\n~", 4))), R"({"bytesValue":"AP8Kfg=="})");
  EXPECT_EQ(value_json(field(5, "")), R"({"arrayValue":{}})");
  EXPECT_EQ(value_json(field(5, field(1, number(3, 1)) + field(1, ""))),
            R"({"arrayValue":{"values":[{"intValue":"1"},{}]}})");
  EXPECT_EQ(
      value_json(field(6, field(1, pair_of("k", field(5, field(1, number(2, 1))))))),
      R"({"kvlistValue":{"values":[{"key":"k","value":{"arrayValue":{"values":[{"boolValue":true}]}}}]}})");
}

TEST(OtlpJson, WritesTheShortestDoubles) {
  using Limits = std::numeric_limits<double>;
  const std::initializer_list<std::pair<double, std::string_view>> expected{
      {0.0, "0"},
      {-0.0, "-0.0"},
      {0.1, "0.1"},
      {1e300, "1e+300"},
      {1.0 / 3, "0.3333333333333333"},
      {Limits::denorm_min(), "5e-324"},
      {Limits::quiet_NaN(), "\"NaN\""},
      {Limits::infinity(), "\"Infinity\""},
      {-Limits::infinity(), "\"-Infinity\""}};
  for (const auto& [value, text] : expected)
    EXPECT_EQ(value_json(fixed(4, value)), "{\"doubleValue\":" + std::string(text) + "}");
}

TEST(OtlpJson, WritesOnlyUtf8AndOneLine) {
  EXPECT_EQ(value_json(field(1, "a\xFF\xE2\x82z")), "{\"stringValue\":\"a\xEF\xBF\xBD\xEF\xBF\xBDz\"}");
  EXPECT_EQ(value_json(field(1, "\"\\\n\r\x01 \xE2\x80\xA8 \xC3\xA9")),
            "{\"stringValue\":\"\\\"\\\\\\n\\u000d\\u0001 \\u2028 \xC3\xA9\"}");
}

TEST(OtlpJson, WritesAHistogram) {
  const std::string exemplar = field(7, pair_of("k", number(2, 1))) + fixed(2, std::uint64_t{7}) +
                               fixed(6, std::int64_t{-5}) + field(4, "12345678") +
                               field(5, "1234567890123456");
  std::string counts;  // packed
  for (const std::uint64_t count : {1, 2, 3}) counts.append(fixed(1, count).substr(1));
  const std::string point = fixed(2, std::uint64_t{1}) + fixed(3, std::uint64_t{2}) + fixed(4, UINT64_MAX) +
                            fixed(5, 0.0) + field(6, counts) + fixed(7, 0.5) + fixed(7, 1.5) +
                            field(8, exemplar) + number(10, UINT32_MAX);
  EXPECT_EQ(
      metric_json(field(1, "h") + field(9, field(1, point) + number(2, 2)) + field(12, pair_of("m", ""))),
      R"({"name":"h","histogram":{"dataPoints":[{"startTimeUnixNano":"1","timeUnixNano":"2",)"
      R"("count":"18446744073709551615","sum":0,"bucketCounts":["1","2","3"],"explicitBounds":[0.5,1.5],)"
      R"("exemplars":[{"filteredAttributes":[{"key":"k","value":{"boolValue":true}}],"timeUnixNano":"7",)"
      R"("asInt":"-5","spanId":"3132333435363738","traceId":"31323334353637383930313233343536"}],)"
      R"("flags":4294967295}],"aggregationTemporality":2},"metadata":[{"key":"m","value":{}}]})");
}

TEST(OtlpJson, WritesAnExponentialHistogram) {
  const std::string buckets = number(1, 5) /* -3 in zigzag */ + number(2, 4) + field(2, "\x05\xAC\x02");
  const std::string point = number(6, 1) /* -1 */ + fixed(7, std::uint64_t{9}) + field(8, buckets) +
                            field(9, number(1, 6)) + fixed(12, -1.0) + fixed(13, 2.0) + fixed(14, 1e-9);
  EXPECT_EQ(
      metric_json(field(10, field(1, point))),
      R"({"exponentialHistogram":{"dataPoints":[{"scale":-1,"zeroCount":"9","positive":{"offset":-3,)"
      R"("bucketCounts":["4","5","300"]},"negative":{"offset":3},"min":-1,"max":2,"zeroThreshold":1e-09}]}})");
}

TEST(OtlpJson, WritesNumbersAndSummaries) {
  const std::string points = field(1, fixed(4, 2.5)) + field(1, fixed(6, std::int64_t{0}));
  EXPECT_EQ(metric_json(field(5, points)), R"({"gauge":{"dataPoints":[{"asDouble":2.5},{"asInt":"0"}]}})");
  EXPECT_EQ(
      metric_json(field(7, points + number(2, 1) + number(3, 1))),
      R"({"sum":{"dataPoints":[{"asDouble":2.5},{"asInt":"0"}],"aggregationTemporality":1,"isMonotonic":true}})");
  const std::string summary =
      fixed(4, std::uint64_t{3}) + field(6, fixed(1, 0.5) + fixed(2, 7.0)) + field(6, "");
  EXPECT_EQ(metric_json(field(11, field(1, summary))),
            R"({"summary":{"dataPoints":[{"count":"3","quantileValues":[{"quantile":0.5,"value":7},{}]}]}})");
}

TEST(OtlpJson, CollectsWhatIsNotTogetherOnTheWire) {
  EXPECT_EQ(
      span_json(field(11, field(2, "e1")) + field(13, field(3, "l1")) + field(11, field(2, "e2")) +
                field(5, "name") + field(13, field(3, "l2"))),
      R"({"name":"name","events":[{"name":"e1"},{"name":"e2"}],"links":[{"traceState":"l1"},{"traceState":"l2"}]})");
  const std::string point = fixed(7, 0.5) + field(6, "") + fixed(6, std::uint64_t{1}) +
                            field(7, fixed(1, 1.5).substr(1)) + fixed(6, std::uint64_t{2});
  EXPECT_EQ(metric_json(field(9, field(1, point))),
            R"({"histogram":{"dataPoints":[{"bucketCounts":["1","2"],"explicitBounds":[0.5,1.5]}]}})");
}

// As protobuf's parsers do (encoding.md#last-one-wins).
TEST(OtlpJson, TakesTheLastOfWhatShouldBeOnce) {
  EXPECT_EQ(span_json(field(5, "first") + number(6, 1) + field(5, "last")), R"({"name":"last","kind":1})");
  EXPECT_EQ(span_json(field(15, field(2, "message")) + field(5, "name") + field(15, number(3, 2))),
            R"({"name":"name","status":{"message":"message","code":2}})")
      << "messages are merged";
  EXPECT_EQ(value_json(number(3, 1) + field(1, "text")), R"({"stringValue":"text"})");
  EXPECT_EQ(value_json(field(1, "text") + number(3, 1)), R"({"intValue":"1"})");
  const std::string gauge = field(5, field(1, fixed(4, 1.0)));
  EXPECT_EQ(metric_json(gauge + field(7, number(3, 1)) + field(5, field(1, ""))),
            R"({"gauge":{"dataPoints":[{}]}})");
}

TEST(OtlpJson, LeavesOutWhatItDoesNotKnow) {
  const std::string unknown =
      number(17, 5) + field(1'000, "x") + fixed(100, 1.0) + fixed(18'000, std::uint32_t{1});
  EXPECT_EQ(span_json(unknown + field(5, "name") + unknown), R"({"name":"name"})");
  EXPECT_EQ(
      span_json(number(1, 5) + number(5, 5) + field(6, "kind") + fixed(7, std::uint32_t{1}) + number(9, 1)),
      "{}")
      << "fields of another wire type";
  EXPECT_EQ(json_of(Signal::logs, ""), "{}");
}

TEST(OtlpJson, EndsAMessageWhereItCannotBeRead) {
  EXPECT_EQ(span_json(field(5, "name") + "\x2A\x7F"), R"({"name":"name"})");
  EXPECT_EQ(span_json(field(11, field(2, "e") + "\xFF") + field(5, "name")),
            R"({"name":"name","events":[{"name":"e"}]})");
  const std::string buckets = field(2, "\x05\x06\xAC") + number(1, 2);
  EXPECT_EQ(
      metric_json(field(10, field(1, field(8, buckets)))),
      R"({"exponentialHistogram":{"dataPoints":[{"positive":{"offset":1,"bucketCounts":["5","6"]}}]}})");
  const std::string whole = request_of(field(5, "name") + field(11, field(2, "event")) + fixed(7, 1.0));
  for (std::size_t size = 0; size <= whole.size(); ++size) json_of(Signal::spans, whole.substr(0, size));
}

TEST(OtlpJson, WritesValuesAsDeepAsOurs) {
  std::string value = field(1, "innermost");
  std::string expected = R"({"stringValue":"innermost"})";
  for (int depth = 0; depth < 30; ++depth) {
    value = field(6, field(1, pair_of("k", value)));
    expected = R"({"kvlistValue":{"values":[{"key":"k","value":)" + expected + "}]}}";
  }
  EXPECT_EQ(value_json(value), expected);
  const std::string exemplar = field(7, pair_of("k", value));
  EXPECT_NE(metric_json(field(9, field(1, field(8, exemplar)))).find("innermost"), std::string::npos);
}

TEST(OtlpJson, BoundsTheDepth) {
  std::string value = field(1, "innermost");
  for (int depth = 0; depth < 20'000; ++depth) value = field(5, field(1, value));
  const std::string out = value_json(value);
  EXPECT_EQ(out.find("innermost"), std::string::npos);
  EXPECT_LT(out.size(), 10'000U);
}

TEST(OtlpJson, AppendsToWhatIsThere) {
  std::string out = "before\n";
  append_otlp_json(out, Signal::logs, request_of(field(12, "event.name")));
  EXPECT_EQ(out,
            "before\n"
            R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[{"eventName":"event.name"}]}]}]})");
}

}  // namespace
}  // namespace ergon::telemetry
