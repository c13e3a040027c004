#include "telemetry/logging/text_line.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/logging/log_requests.hpp"

namespace ergon::telemetry::test {
namespace {

const TestLog& charged() {
  static const TestLog kCharged{.seconds = 1'773'480'413,
                                .nanoseconds = 5'000'000,
                                .level = Level::warning,
                                .message = "charged 12 EUR",
                                .attributes = {{"order.id", string_value("o-1")}},
                                .trace_id = std::string(16, '\x1f'),
                                .span_id = std::string(8, '\x2e'),
                                .event_name = "order.charged",
                                .thread_id = 4711};
  return kCharged;
}

std::string line_of(std::string_view format, const TestLog& log = charged(), LineContext context = {}) {
  TextLine line({.format = std::string(format), .date_format = "%H:%M:%S.%3f", .utc = true}, context);
  std::string out;
  const std::string message = encoded(log);
  line.append(out, view_of(log, message, "orders.payments"));
  return out;
}

TEST(TextLine, HasEveryField) {
  const std::string ids =
      "trace_id=" + std::string("1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f") + " span_id=2e2e2e2e2e2e2e2e";
  EXPECT_EQ(line_of("{time} {level} {logger} {message}"),
            "09:26:53.005 WARNING orders.payments charged 12 EUR\n");
  EXPECT_EQ(line_of("{trace_id}/{span_id}"), "1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f/2e2e2e2e2e2e2e2e\n");
  EXPECT_EQ(line_of("{event} {thread}{attributes}{context}"),
            "order.charged 4711 order.id=o-1 " + ids + "\n");
}

TEST(TextLine, LeavesOutWhatARecordHasNot) {
  const TestLog plain{.message = "m"};
  EXPECT_EQ(
      line_of("{message}|{event}|{thread}|{attributes}|{context}|{trace_id}|{exception}|{source}|", plain),
      "m||||||||\n");
}

TEST(TextLine, TakesTheResourceOnce) {
  const std::string resource = resource_of({{"process.pid", "7"},
                                            {"ergon.task.name", "Orders"},
                                            {"host.name", "h"},
                                            {"service.instance.id", "i"},
                                            {"deployment.environment.name", "a\nb"}});
  EXPECT_EQ(line_of("{pid} {task} {host} {instance} {resource.deployment.environment.name} {resource.none}|",
                    charged(), {.resource = resource}),
            "7 Orders h i a\\nb |\n");
}

TEST(TextLine, HasWidths) {
  EXPECT_EQ(line_of("[{level:<9}] [{logger:>18}] {message:.7}"),
            "[WARNING  ] [   orders.payments] charged\n");
  EXPECT_EQ(line_of("{pid:*^5}", charged(), {.resource = resource_of({{"process.pid", "7"}})}), "**7**\n");
}

TEST(TextLine, HasBracesWhereTheyAreDoubled) { EXPECT_EQ(line_of("{{{level}}} }}{{"), "{WARNING} }{\n"); }

TEST(TextLine, ShowsAnException) {
  TestLog log{.message = "failed"};
  log.attributes = {{"exception.type", string_value("std::out_of_range")},
                    {"exception.message", string_value("a\nb")}};
  EXPECT_EQ(line_of("{message} {exception}", log), "failed std::out_of_range: a\\nb\n");
  log.attributes.pop_back();
  EXPECT_EQ(line_of("{exception}", log), "std::out_of_range\n");
}

TEST(TextLine, ShowsOtherValuesAsJson) {
  std::string list;
  wire::append_field(list, 1, string_value("a\n\"b"));
  wire::append_field(list, 1, string_value("c"));
  std::string value;
  wire::append_field(value, 5, list);
  TestLog log{.message = "m"};
  log.attributes = {{"list", value}, {"empty", string_value("")}};
  EXPECT_EQ(line_of("{message}{attributes}", log), "m list=[\"a\\n\\\"b\",\"c\"] empty=\n");
}

TEST(TextLine, ColoursTheLevelOnATerminal) {
  EXPECT_EQ(line_of("{level:<9}|", charged(), {.has_colours = true}), "\x1b[33mWARNING  \x1b[0m|\n");
}

TEST(TextLine, SaysWhatIsWrongWithAFormat) {
  EXPECT_EQ(find_format_error("{time} {message}"), std::nullopt);
  EXPECT_EQ(find_format_error("{mesage}"), "no field is named 'mesage'");
  EXPECT_EQ(find_format_error("a } b"), "a single '}' at 2: write it twice");
  EXPECT_EQ(find_format_error("{time"), "a single '{' at 0: write it twice");
  for (const char* wrong : {"{level:q}", "{level:<}9}", "{}", "{resource.}", "{level:{}}"})
    EXPECT_NE(find_format_error(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace ergon::telemetry::test
