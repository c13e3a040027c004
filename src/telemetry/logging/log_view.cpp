#include "telemetry/logging/log_view.hpp"

#include "telemetry/logging/level_text.hpp"

namespace ergon::telemetry {

namespace {

// Fields of ours, which only lines have.
void read_line_field(LogView& log, protozero::pbf_reader& reader) {
  switch (static_cast<LineField>(reader.tag())) {
    case LineField::thread_id:
      log.thread_id = reader.get_uint64();
      break;
    case LineField::source_file:
      log.source_file = base::view_of(reader.get_view());
      break;
    case LineField::source_line:
      log.source_line = reader.get_uint64();
      break;
    case LineField::source_function:
      log.source_function = base::view_of(reader.get_view());
      break;
    default:
      reader.skip();
  }
}

}  // namespace

LogView view_log(std::string_view message, std::string_view logger) {
  LogView log{.logger = logger, .message = message};
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
        log.body = base::view_of(reader.get_view());
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
        read_line_field(log, reader);
    }
  }
  return log;
}

std::string_view find_attribute(const LogView& log, std::string_view key) {
  std::string_view found;
  for_each_attribute(log, [&](std::string_view name, std::string_view value) {
    if (name == key) found = value;
  });
  return found;
}

}  // namespace ergon::telemetry
