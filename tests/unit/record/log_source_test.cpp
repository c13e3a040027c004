#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/export/otlp_reader.hpp"
#include "unit/support_engine/memory_session.hpp"

namespace ergon::test {
namespace {

using ergon::testing::find;
using ergon::testing::RecordedLog;

class LogSource : public ::testing::Test {
 protected:
  static TelemetryConfig with_source(bool is_on) {
    TelemetryConfig config = everything();
    config.logging->source = is_on;
    return config;
  }

  static std::vector<RecordedLog> logs_of(MemorySession& session) {
    std::vector<RecordedLog> logs;
    for (const std::string& request : session.take(telemetry::Signal::logs)) {
      for (RecordedLog& log : telemetry::read_logs(request).logs) logs.push_back(std::move(log));
    }
    return logs;
  }

  const Logger log_ = get_logger("log.source");
};

template <class T>
void log_from_a_template(const Logger& log, T value) {
  log.info("{}", value);
}

TEST_F(LogSource, IsThatOfEachCall) {
  MemorySession session(with_source(true));
  const auto first = std::to_string(__LINE__ + 1);
  log_.info("{}", 1);
  log_.log(Level::info, "{}", 1);
  log_.with({{"key", 1}}).info("{}", 1);
  log_.info(fmt::runtime(std::string("{}")), 1);
  log_.exception("{}", 1);
  ergon::log.info("{}", 1);
  const auto logs = logs_of(session);
  ASSERT_EQ(logs.size(), 6U);
  for (std::size_t i = 0; i < logs.size(); ++i) {
    const auto& attributes = logs[i].attributes;
    EXPECT_TRUE(find(attributes, "code.file.path").ends_with("log_source_test.cpp")) << i;
    EXPECT_EQ(find(attributes, "code.line.number"), std::to_string(std::stoul(first) + i));
    EXPECT_TRUE(find(attributes, "code.function.name").ends_with("::TestBody"))
        << find(attributes, "code.function.name");
  }
}

TEST_F(LogSource, NamesAFunctionWithoutItsTypes) {
  MemorySession session(with_source(true));
  log_from_a_template(log_, 1.5);
  const auto logs = logs_of(session);
  ASSERT_EQ(logs.size(), 1U);
  const auto name = find(logs[0].attributes, "code.function.name");
  EXPECT_TRUE(name.starts_with("ergon::test::") && name.ends_with("::log_from_a_template")) << name;
}

TEST_F(LogSource, IsNoAttributeUnlessAskedFor) {
  MemorySession session(with_source(false));
  log_.info("plain");
  const auto logs = logs_of(session);
  ASSERT_EQ(logs.size(), 1U);
  EXPECT_TRUE(logs[0].attributes.empty());
}

TEST_F(LogSource, GivesWayToWhatTheProgramSays) {
  MemorySession session(with_source(true));
  log_.with({{"code.line.number", 7}, {"other", "value"}}).info("from elsewhere");
  const auto logs = logs_of(session);
  ASSERT_EQ(logs.size(), 1U);
  EXPECT_EQ(logs[0].attributes.size(), 4U);
  EXPECT_EQ(find(logs[0].attributes, "code.line.number"), "7");
  EXPECT_TRUE(find(logs[0].attributes, "code.file.path").ends_with("log_source_test.cpp"));
}

// Its log is of the engine's making, not of a place in the program.
TEST_F(LogSource, IsNoneOfAnExceptionOnASpan) {
  MemorySession session(with_source(true));
  get_tracer("log.source").scoped_span("s").record_exception(std::runtime_error("no"));
  const auto logs = logs_of(session);
  ASSERT_EQ(logs.size(), 1U);
  EXPECT_EQ(find(logs[0].attributes, "code.file.path"), "");
}

}  // namespace
}  // namespace ergon::test
