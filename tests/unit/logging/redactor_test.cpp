#include "telemetry/logging/redactor.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "telemetry/record/any_value_text.hpp"
#include "unit/logging/log_requests.hpp"

namespace ergon::telemetry::test {
namespace {

constexpr const char* kCards = R"(\b\d{4}( ?\d{4}){3}\b)";

std::string field(std::uint32_t number, std::string_view content) {
  std::string out;
  wire::append_field(out, number, content);
  return out;
}

std::string redacted_log(const RedactConfig& config, const TestLog& log) {
  std::string message = encoded(log);
  Redactor(config).redact_log(message);
  return message;
}

TEST(Redactor, ReplacesWhatMatchesInMessagesAndAttributes) {
  const TestLog log{.seconds = 7,
                    .message = "charged 4111 1111 1111 1111 and 4111111111111112, not 123",
                    .attributes = {{"card", string_value("4111111111111111")}, {"n", field(5, "")}},
                    .trace_id = std::string(16, '\x1f'),
                    .span_id = std::string(8, '\x2e')};
  const TestLog expected{.seconds = 7,
                         .message = "charged [redacted] and [redacted], not 123",
                         .attributes = {{"card", string_value("[redacted]")}, {"n", field(5, "")}},
                         .trace_id = log.trace_id,
                         .span_id = log.span_id};
  EXPECT_EQ(redacted_log({.patterns = {kCards}}, log), encoded(expected));
}

TEST(Redactor, ReplacesValuesByKeyWhateverTheyAre) {
  std::string number;
  wire::append_number(number, 3, 4711);
  const TestLog log{.message = "m",
                    .attributes = {{"user.password", number}, {"user.name", string_value("ann")}}};
  const TestLog expected{
      .message = "m",
      .attributes = {{"user.password", string_value("***")}, {"user.name", string_value("ann")}}};
  EXPECT_EQ(redacted_log({.keys = {"*password*"}, .replacement = "***"}, log), encoded(expected));
}

TEST(Redactor, LooksInsideOfListsAndMaps) {
  const auto map_of = [](std::string_view key, std::string_view value) {
    return field(6, field(1, pair_of(key, value)));
  };
  const auto list_of = [](std::string_view value) { return field(5, field(1, value)); };
  const TestLog log{.message = "m",
                    .attributes = {{"deep", list_of(map_of("token", string_value("t")))},
                                   {"list", list_of(string_value("a secret here"))}}};
  const TestLog expected{.message = "m",
                         .attributes = {{"deep", list_of(map_of("token", string_value("[redacted]")))},
                                        {"list", list_of(string_value("a [redacted] here"))}}};
  EXPECT_EQ(redacted_log({.keys = {"token"}, .patterns = {"secret"}}, log), encoded(expected));
}

TEST(Redactor, TakesItsReplacementAsItIs) {
  EXPECT_EQ(redacted_log({.patterns = {"(a)"}, .replacement = "\\1\\"}, {.message = "bab"}),
            encoded({.message = "b\\1\\b"}));
}

TEST(Redactor, LooksAtAllTextOfASpan) {
  const auto pair = [](std::string_view text) { return pair_of("k", string_value(text)); };
  const auto span_with = [&](std::string_view text) {
    return field(1, std::string(16, 't')) + field(5, "name with secret") + field(9, pair(text)) +
           field(11, field(2, "event") + field(3, pair(text))) + field(13, field(4, pair(text))) +
           field(15, field(2, text) + "\x18\x02");
  };
  std::string span = span_with("my secret");
  Redactor({.patterns = {"secret"}}).redact_span(span);
  EXPECT_EQ(span, span_with("my [redacted]")) << "all but its name";
}

}  // namespace
}  // namespace ergon::telemetry::test
