#include "telemetry/logging/source_text.hpp"

#include <cstddef>
#include <string_view>

#include "base/json_text.hpp"
#include "base/utf8.hpp"
#include "telemetry/logging/function_name.hpp"

namespace ergon::inline v0::telemetry {

namespace {

void append_text(std::string& out, std::string_view text) {
  base::is_valid_utf8(text) ? base::append_json_string(out, text)
                            : base::append_json_string(out, base::repair_utf8(text));
}

}  // namespace

const std::string& SourceText::json_of(const std::source_location& source) {
  const char* const file = source.file_name();
  const char* const function = source.function_name();
  const std::uint32_t line = source.line();
  const std::size_t at = (reinterpret_cast<std::uintptr_t>(function) / 16 + line) % places_.size();
  Place& place = places_[at];
  if (place.file == file && place.function == function && place.line == line) return place.json;
  place = {.file = file, .function = function, .line = line, .json = "{\"file\":"};
  append_text(place.json, file);
  place.json.append(",\"line\":").append(std::to_string(line)).append(",\"function\":");
  append_text(place.json, function_name_of(function));
  place.json.push_back('}');
  return place.json;
}

}  // namespace ergon::inline v0::telemetry
