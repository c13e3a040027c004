#include "telemetry/export/console_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <random>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "unit/support_engine/memory_session.hpp"

namespace ergon::telemetry::test {
namespace {

using ergon::test::MemorySession;

ExportBatch batch_of(MemorySession& session, Signal signal) {
  const auto requests = session.take(signal);
  EXPECT_EQ(requests.size(), 1U);
  ExportBatch batch;
  batch.signal = signal;
  if (!requests.empty()) batch.payload = std::string(kPayloadOffset, '\0') + requests[0];
  return batch;
}

std::vector<std::string> lines_of(const std::string& text) {
  EXPECT_TRUE(text.empty() || text.ends_with('\n'));
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// Everything that a terminal or another program might take for more than text.
const std::string& nasty() {
  static const std::string kNasty =
      "x\n[2026-01-01 00:00:00] [INFO] [root] forged\r\n\x1b[31mred\x1b[0m \x07\x08\x7f \xC2\x9B"
      "31m \xC2\x85next "
      "\xE2\x80\xA8line \xE2\x80\xA9para \xE9 \xF0\x9D \"quoted\" \\ \t é€𝄞" +
      std::string(1, '\0') + "end";
  return kNasty;
}

bool is_harmless(const std::string& line) {
  const bool has_controls = std::ranges::any_of(line, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  const bool has_c1 =
      line.find("\xC2\x85") != std::string::npos || line.find("\xC2\x9B") != std::string::npos;
  return !has_controls && !has_c1 && line.find("\xE2\x80\xA8") == std::string::npos;
}

TEST(ConsoleText, ShowsALogOnOneLine) {
  MemorySession session;
  std::string ids;
  {
    const auto span = get_tracer("t").scoped_span("s");
    ids = " trace_id=" + span.context().trace_id.to_hex() + " span_id=" + span.context().span_id.to_hex();
    get_logger("orders").with({{"order.id", "o-1"}, {"n", 3}}).warning("charged {}", 12.5);
  }
  const auto lines = lines_of(logs_as_text(batch_of(session, Signal::logs)));
  ASSERT_EQ(lines.size(), 1U);
  const std::regex form(R"(\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] (.*))");
  std::smatch parts;
  ASSERT_TRUE(std::regex_match(lines[0], parts, form)) << lines[0];
  EXPECT_EQ(parts[1], "[WARNING] [orders] charged 12.5 order.id=o-1 n=3" + ids);
}

TEST(ConsoleText, LetsNoLogForgeALine) {
  MemorySession session;
  get_logger("log" + nasty())
      .with({{"key" + nasty(), nasty()}, {"list", std::vector<std::string>{nasty()}}})
      .info("{}", nasty());
  const auto batch = batch_of(session, Signal::logs);
  const auto lines = lines_of(logs_as_text(batch));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(is_harmless(lines[0])) << lines[0];
  EXPECT_NE(lines[0].find("é€𝄞"), std::string::npos) << "other characters stay as they are";
}

TEST(ConsoleText, LetsNoSpanOrMetricForgeALine) {
  MemorySession session;
  {
    auto span = get_tracer("t").scoped_span(nasty(), {{nasty(), nasty()}});
    span.set_status(StatusCode::error, nasty());
  }
  get_meter("m").counter("console.counter", {.unit = "{order}"}).add(1, {{"k", nasty()}});
  const auto spans = lines_of(spans_as_text(batch_of(session, Signal::spans)));
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_TRUE(is_harmless(spans[0])) << spans[0];
  const auto points = lines_of(points_as_text(batch_of(session, Signal::metric_points)));
  for (const std::string& line : points)
    EXPECT_TRUE(is_harmless(line) && line.starts_with("[metric] ")) << line;
}

TEST(ConsoleText, ShowsASpanWithItsEvents) {
  MemorySession session;
  SpanContext outer_context;
  SpanContext context;
  {
    const auto outer = get_tracer("t").scoped_span("outer");
    auto span = get_tracer("t").scoped_span("charge", {{"order.id", "o-1"}}, {.kind = SpanKind::consumer});
    outer_context = outer.context();
    context = span.context();
    span.record_exception("ergon::BusinessError", "no money");
  }
  const auto lines = lines_of(spans_as_text(batch_of(session, Signal::spans)));
  ASSERT_EQ(lines.size(), 3U);
  const std::regex form(R"(\[span\] charge CONSUMER [0-9.]+(ns|us|ms|s) ERROR\(no money\) (.*))");
  std::smatch parts;
  ASSERT_TRUE(std::regex_match(lines[0], parts, form)) << lines[0];
  EXPECT_EQ(parts[2], "trace_id=" + context.trace_id.to_hex() + " span_id=" + context.span_id.to_hex() +
                          " parent=" + outer_context.span_id.to_hex() +
                          " service=test order.id=o-1 error.type=ergon::BusinessError");
  EXPECT_EQ(lines[1], "  [event] exception exception.type=ergon::BusinessError exception.message=no money");
  EXPECT_TRUE(lines[2].starts_with("[span] outer INTERNAL ")) << lines[2];
}

TEST(ConsoleText, ShowsBytesAsBase64) {
  MemorySession session;
  const std::vector<std::byte> one(1, std::byte{0xFF});
  const std::vector<std::byte> three{std::byte{'M'}, std::byte{'a'}, std::byte{'n'}};
  const std::vector<std::byte> five{std::byte{'M'}, std::byte{'a'}, std::byte{'n'}, std::byte{0},
                                    std::byte{1}};
  get_tracer("t").scoped_span("s", {{"one", one}, {"three", three}, {"five", five}}).end();
  const auto lines = lines_of(spans_as_text(batch_of(session, Signal::spans)));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].ends_with(" one=\"/w==\" three=\"TWFu\" five=\"TWFuAAE=\"")) << lines[0];
}

TEST(ConsoleText, ShowsMetrics) {
  MemorySession session;
  get_meter("m").counter("shown.counter", {.unit = "{order}"}).add(7, {{"currency", "EUR"}});
  get_meter("m").histogram("shown.histogram", {.unit = "s", .boundaries = {1}}).record(0.5);
  const auto lines = lines_of(points_as_text(batch_of(session, Signal::metric_points)));
  EXPECT_EQ(std::ranges::count(lines, "[metric] shown.counter currency=EUR = 7 {order} service=test"), 1);
  EXPECT_EQ(
      std::ranges::count(lines, "[metric] shown.histogram count=1 sum=0.5 buckets=[1 0] s service=test"), 1);
}

TEST(ConsoleJson, IsOneObjectALineWithEverything) {
  MemorySession session;
  SpanContext context;
  {
    const auto span = get_tracer("t").scoped_span("s");
    context = span.context();
    get_logger("orders")
        .with({{"text", nasty()},
               {"n", -3},
               {"f", 0.5},
               {"b", true},
               {"list", std::vector<int>{1, 2}},
               {"map", Map{{"k", "v"}}},
               {"none", AttributeValue()},
               {"nan", std::nan("")}})
        .error("{}", nasty());
  }
  const auto lines = lines_of(logs_as_json(batch_of(session, Signal::logs)));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(is_harmless(lines[0])) << lines[0];
  const auto json = nlohmann::json::parse(lines[0]);
  EXPECT_TRUE(std::regex_match(json["time"].get<std::string>(),
                               std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z)")));
  EXPECT_EQ(json["level"], "ERROR");
  EXPECT_EQ(json["logger"], "orders");
  EXPECT_EQ(json["trace_id"], context.trace_id.to_hex());
  EXPECT_EQ(json["span_id"], context.span_id.to_hex());
  EXPECT_EQ(json["trace_flags"], context.trace_flags);
  EXPECT_EQ(json["resource"]["service.name"], "test");
  const auto& attributes = json["attributes"];
  EXPECT_EQ(attributes["n"], -3);
  EXPECT_EQ(attributes["f"], 0.5);
  EXPECT_EQ(attributes["b"], true);
  EXPECT_EQ(attributes["list"], (nlohmann::json{1, 2}));
  EXPECT_EQ(attributes["map"]["k"], "v");
  EXPECT_TRUE(attributes["none"].is_null());
  EXPECT_EQ(attributes["nan"], "NaN");
  EXPECT_EQ(json["message"], attributes["text"]);
  EXPECT_NE(json["message"].get<std::string>().find("\n[2026-01-01"), std::string::npos) << "nothing is lost";
}

TEST(ConsoleJson, ParsesWhateverIsLogged) {
  std::mt19937_64 random(31);
  const auto random_text = [&random] {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random() % 256);
    return text;
  };
  MemorySession session;
  for (int i = 0; i < 300; ++i) {
    get_logger("random").with({{"k" + random_text(), random_text()}, {"i", i}}).info("{}", random_text());
  }
  const auto lines = lines_of(logs_as_json(batch_of(session, Signal::logs)));
  ASSERT_EQ(lines.size(), 300U);
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(nlohmann::json::accept(lines[i])) << lines[i];
    EXPECT_EQ(nlohmann::json::parse(lines[i])["attributes"]["i"], i);
    EXPECT_TRUE(is_harmless(lines[i]));
  }
}

// A request that ends anywhere, as only a bug of ours could make it, is read as far as it goes.
TEST(ConsoleText, ReadsARequestThatIsCutOff) {
  MemorySession session;
  {
    auto span = get_tracer("t").scoped_span("s", {{"a", Map{{"b", std::vector<int>{1}}}}});
    span.add_event("e", {{"k", "v"}});
    span.add_link(span.context(), {{"k", "v"}});
    span.set_status(StatusCode::error, "bad");
  }
  const ExportBatch whole = batch_of(session, Signal::spans);
  for (std::size_t size = kPayloadOffset; size < whole.payload.size(); ++size) {
    ExportBatch cut;
    cut.payload = whole.payload.substr(0, size);
    static_cast<void>(spans_as_text(cut));
  }
}

}  // namespace
}  // namespace ergon::telemetry::test
