#include "telemetry/logging/line_fields.hpp"

#include <cstddef>
#include <source_location>

#include "base/utf8.hpp"
#include "base/wire.hpp"
#include "telemetry/logging/call_source.hpp"
#include "telemetry/logging/log_view.hpp"

namespace ergon::telemetry {

namespace wire = base::wire;

namespace {

constexpr std::uint32_t number_of(LineField field) { return static_cast<std::uint32_t>(field); }

void append_text(std::string& out, LineField field, std::string_view text) {
  wire::append_field(out, number_of(field), base::is_valid_utf8(text) ? text : base::repair_utf8(text));
}

}  // namespace

void LineFields::append(const LogRecord& record, std::string& out) {
  wire::append_number(out, number_of(LineField::thread_id), record.thread_id);
  if (record.source.line() > 0) out.append(encoded(record.source));
}

const std::string& LineFields::encoded(const std::source_location& source) {
  const char* const file = source.file_name();
  const char* const function = source.function_name();
  const std::uint32_t line = source.line();
  const std::size_t at = (reinterpret_cast<std::uintptr_t>(function) / 16 + line) % places_.size();
  Place& place = places_[at];
  if (place.file == file && place.function == function && place.line == line) return place.encoded;
  place = {.file = file, .function = function, .line = line};
  append_text(place.encoded, LineField::source_file, file);
  wire::append_number(place.encoded, number_of(LineField::source_line), line);
  append_text(place.encoded, LineField::source_function, function_name_of(function));
  return place.encoded;
}

}  // namespace ergon::telemetry
