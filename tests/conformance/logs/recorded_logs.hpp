#pragma once

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "unit/otlp/decoded.hpp"

namespace ergon::test {

/// The one log record that the session has sent since the last look.
inline ProtoLog only_log(MemorySession& session) {
  const auto logs = logs_of(session);
  EXPECT_EQ(logs.size(), 1U);
  return logs.size() == 1 ? logs[0] : ProtoLog();
}

/// A session's configuration with these ways of logs to a backend, of every level.
inline TelemetryConfig with_log_processors(std::vector<LogProcessor> processors) {
  TelemetryConfig config;
  config.service_name = "test";
  config.logging =
      LoggingConfig{.level = Level::trace,
                    .handlers = {OtlpHandler{.level = Level::trace, .processors = std::move(processors)}}};
  return config;
}

}  // namespace ergon::test
