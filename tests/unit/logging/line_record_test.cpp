#include "telemetry/logging/line_record.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "unit/logging/log_requests.hpp"

namespace ergon::telemetry::test {
namespace {

void expect_same(const LogView& found, const LogView& made) {
  EXPECT_EQ(found.unix_nanoseconds, made.unix_nanoseconds);
  EXPECT_EQ(found.level, made.level);
  EXPECT_EQ(found.logger, made.logger);
  EXPECT_EQ(found.text, made.text);
  EXPECT_EQ(found.trace_id, made.trace_id);
  EXPECT_EQ(found.span_id, made.span_id);
  EXPECT_EQ(found.trace_flags, made.trace_flags);
  EXPECT_EQ(found.event_name, made.event_name);
  EXPECT_EQ(found.dropped_attributes, made.dropped_attributes);
  EXPECT_EQ(found.fields, made.fields);
  EXPECT_EQ(found.thread_id, made.thread_id);
  EXPECT_EQ(found.source.line(), made.source.line());
  EXPECT_STREQ(found.source.file_name(), made.source.file_name());
}

TEST(LineRecord, IsReadAsItWasMade) {
  std::mt19937 random(20'261'130);
  std::vector<std::string> messages;
  std::vector<TestLog> logs;
  for (std::uint64_t i = 0; i < 100; ++i) {
    TestLog log{.seconds = i, .level = static_cast<Level>(i % 6), .message = std::string(random() % 30, 'm')};
    while (random() % 2 == 0)
      log.attributes.emplace_back("key", string_value(std::string(random() % 9, 'v')));
    if (random() % 2 == 0) log.trace_id = std::string(16, '\x1f'), log.span_id = std::string(8, '\x2e');
    if (random() % 2 == 0) log.event_name = "event";
    log.thread_id = static_cast<std::uint32_t>(random());
    messages.push_back(encoded(log));
    logs.push_back(log);
  }
  std::string records;
  std::vector<LogView> made;
  for (std::size_t i = 0; i < logs.size(); ++i) {
    made.push_back(view_of(logs[i], messages[i]));
    if (i % 3 == 0) made.back().source = std::source_location::current();
    append_line_record(records, made.back());
  }
  std::size_t read = 0;
  for_each_line_record(records, [&](const LogView& log) { expect_same(log, made[read++]); });
  EXPECT_EQ(read, logs.size());
}

}  // namespace
}  // namespace ergon::telemetry::test
