#include "telemetry/logging/json_line.hpp"

#include <gtest/gtest.h>

#include <string>

#include "unit/logging/log_requests.hpp"

namespace ergon::telemetry::test {
namespace {

std::string line_of(const JsonFormatter& formatter, const TestLog& log) {
  const std::string resource = resource_of({{"service.name", "billing"}});
  JsonLine line(formatter, {.resource = resource});
  std::string out;
  const std::string message = encoded(log);
  line.append(out, view_of(log, message));
  return out;
}

TEST(JsonLine, HasWhatTheRecordHas) {
  const TestLog log{.seconds = 1'773'480'413,
                    .nanoseconds = 5,
                    .message = "a\n\"b\"",
                    .attributes = {{"k", string_value("v")}},
                    .trace_id = std::string(16, '\x1f'),
                    .span_id = std::string(8, '\x2e'),
                    .event_name = "e",
                    .thread_id = 7};
  EXPECT_EQ(
      line_of({}, log),
      R"({"time":"2026-03-14T09:26:53.000000005Z","level":"INFO","logger":"orders","message":"a\n\"b\"",)"
      R"("event_name":"e","trace_id":"1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f","span_id":"2e2e2e2e2e2e2e2e",)"
      R"("trace_flags":1,"thread":7,"attributes":{"k":"v"},"resource":{"service.name":"billing"}})"
      "\n");
  EXPECT_EQ(line_of({}, {.message = "m"}),
            R"({"time":"1970-01-01T00:00:00.000000000Z","level":"INFO","logger":"orders","message":"m",)"
            R"("attributes":{},"resource":{"service.name":"billing"}})"
            "\n");
}

TEST(JsonLine, HasChosenFieldsByOtherNames) {
  const JsonFormatter formatter{.fields = {{"message", "msg"}, {"level", ""}, {"trace_id", "trace\"id"}}};
  EXPECT_EQ(line_of(formatter, {.message = "m"}), "{\"level\":\"INFO\",\"msg\":\"m\"}\n");
  const TestLog log{.message = "m", .trace_id = std::string(16, '\x01'), .span_id = std::string(8, '\x01')};
  EXPECT_EQ(line_of(formatter, log),
            "{\"level\":\"INFO\",\"msg\":\"m\",\"trace\\\"id\":\"01010101010101010101010101010101\"}\n");
  EXPECT_EQ(line_of({.fields = {{"thread", ""}}}, {.message = "m"}), "{}\n");
}

TEST(JsonLine, KnowsItsFields) {
  for (const char* name : {"time", "message", "resource"}) EXPECT_TRUE(is_json_field(name)) << name;
  EXPECT_FALSE(is_json_field("msg"));
}

}  // namespace
}  // namespace ergon::telemetry::test
