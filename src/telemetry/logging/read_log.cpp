#include "telemetry/logging/read_log.hpp"

#include <chrono>

#include "telemetry/record/any_value_text.hpp"
#include "telemetry/record/read_values.hpp"

namespace ergon::inline v0::telemetry {

LogData read_log_data(std::string_view message) { return log_data_of(view_log(message, {})); }

LogData log_data_of(const LogView& view) {
  LogData log;
  const std::chrono::nanoseconds since_epoch(view.unix_nanoseconds);
  log.time = Timestamp(std::chrono::duration_cast<Timestamp::duration>(since_epoch));
  log.level = view.level;
  log.message = view.text;
  log.event_name = view.event_name;
  for_each_attribute(view, [&log](std::string_view key, std::string_view value) {
    log.attributes.push_back({std::string(key), read_data_value(value)});
  });
  log.dropped_attributes = view.dropped_attributes;
  log.context.trace_flags = view.trace_flags;
  read_id(log.context.trace_id, view.trace_id);
  read_id(log.context.span_id, view.span_id);
  return log;
}

}  // namespace ergon::inline v0::telemetry
