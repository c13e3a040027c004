#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <random>
#include <regex>
#include <string>
#include <vector>

#include "unit/export/console_batch.hpp"

namespace ergon::telemetry::test {
namespace {

TEST(ConsoleText, ShowsALogOnOneLine) {
  MemorySession session;
  std::string ids;
  {
    const auto span = get_tracer("t").scoped_span("s");
    ids = " trace_id=" + span.context().trace_id.to_hex() + " span_id=" + span.context().span_id.to_hex();
    get_logger("orders").with({{"order.id", "o-1"}, {"n", 3}}).warning("charged {}", 12.5);
  }
  const auto lines = lines_of(logs_as(TextFormatter{}, batch_of(session, Signal::logs)));
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
  const auto lines = lines_of(logs_as(TextFormatter{}, batch));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(is_harmless(lines[0])) << lines[0];
  EXPECT_NE(lines[0].find("é€𝄞"), std::string::npos) << "other characters stay as they are";
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
  const auto lines = lines_of(logs_as(JsonFormatter{}, batch_of(session, Signal::logs)));
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
  const auto lines = lines_of(logs_as(JsonFormatter{}, batch_of(session, Signal::logs)));
  ASSERT_EQ(lines.size(), 300U);
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(nlohmann::json::accept(lines[i])) << lines[i];
    EXPECT_EQ(nlohmann::json::parse(lines[i])["attributes"]["i"], i);
    EXPECT_TRUE(is_harmless(lines[i]));
  }
}

}  // namespace
}  // namespace ergon::telemetry::test
