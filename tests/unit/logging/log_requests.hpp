#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/wire.hpp"
#include "telemetry/logging/level_text.hpp"
#include "telemetry/logging/line_record.hpp"
#include "telemetry/logging/log_view.hpp"

namespace ergon::telemetry::test {

namespace wire = base::wire;

inline std::string string_value(std::string_view text) {
  std::string value;
  wire::append_field(value, 1, text);
  return value;
}

inline std::string pair_of(std::string_view key, std::string_view any_value) {
  std::string pair;
  wire::append_field(pair, 1, key);
  wire::append_field(pair, 2, any_value);
  return pair;
}

/// A record as the worker would encode it.
struct TestLog {
  std::uint64_t seconds{0};
  std::uint64_t nanoseconds{0};
  Level level{Level::info};
  std::string message{};
  std::vector<std::pair<std::string, std::string>> attributes{};  // the values AnyValues
  std::string trace_id{};
  std::string span_id{};
  std::string event_name{};
  std::uint32_t thread_id{0};
};

inline std::string encoded(const TestLog& log) {
  std::string out;
  wire::append_fixed(out, 1, log.seconds * 1'000'000'000U + log.nanoseconds);
  wire::append_number(out, 2, severity_number(log.level));
  wire::append_field(out, 5, string_value(log.message));
  for (const auto& [key, value] : log.attributes) wire::append_field(out, 6, pair_of(key, value));
  if (!log.trace_id.empty()) {
    wire::append_fixed(out, 8, std::uint32_t{1});
    wire::append_field(out, 9, log.trace_id);
    wire::append_field(out, 10, log.span_id);
  }
  if (!log.event_name.empty()) wire::append_field(out, 12, log.event_name);
  return out;
}

/// As lines see it, of what `encoded` answers.
inline LogView view_of(const TestLog& log, std::string_view message, std::string_view logger = "orders") {
  LogView view = view_log(message, logger);
  view.thread_id = log.thread_id;
  return view;
}

/// A batch of line records of one logger.
inline std::string line_records_of(const std::vector<TestLog>& logs, std::string_view logger = "orders") {
  std::string records;
  for (const TestLog& log : logs) append_line_record(records, view_of(log, encoded(log), logger));
  return records;
}

/// A Resource with string attributes.
inline std::string resource_of(const std::vector<std::pair<std::string, std::string>>& attributes) {
  std::string resource;
  for (const auto& [key, value] : attributes)
    wire::append_field(resource, 1, pair_of(key, string_value(value)));
  return resource;
}

}  // namespace ergon::telemetry::test
