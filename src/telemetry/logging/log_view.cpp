#include "telemetry/logging/log_view.hpp"

#include "telemetry/logging/level_text.hpp"

namespace ergon::inline v0::telemetry {

LogView view_log(std::string_view message, std::string_view logger) {
  LogView log{.logger = logger, .fields = message};
  protozero::pbf_reader reader(message.data(), message.size());
  while (reader.next()) {
    switch (reader.tag()) {
      case 1:
        log.unix_nanoseconds = reader.get_fixed64();
        break;
      case 2:
        log.level = level_of_severity(static_cast<std::uint64_t>(reader.get_enum()));
        break;
      case 5:
        log.text = string_in(base::view_of(reader.get_view()));
        break;
      case 7:
        log.dropped_attributes = reader.get_uint32();
        break;
      case 8:
        log.trace_flags = static_cast<std::uint8_t>(reader.get_fixed32());
        break;
      case 9:
        log.trace_id = base::view_of(reader.get_view());
        break;
      case 10:
        log.span_id = base::view_of(reader.get_view());
        break;
      case 12:
        log.event_name = base::view_of(reader.get_view());
        break;
      default:
        reader.skip();
    }
  }
  return log;
}

std::string_view find_event_name(std::string_view fields) {
  constexpr protozero::pbf_tag_type kEventName = 12;
  protozero::pbf_reader reader(fields.data(), fields.size());
  return reader.next(kEventName) ? base::view_of(reader.get_view()) : std::string_view();
}

std::string_view find_attribute(const LogView& log, std::string_view key) {
  std::string_view found;
  for_each_attribute(log, [&](std::string_view name, std::string_view value) {
    if (name == key) found = value;
  });
  return found;
}

}  // namespace ergon::inline v0::telemetry
