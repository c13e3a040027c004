#include "telemetry/logging/call_source.hpp"

#include <cstddef>
#include <cstdint>

#include "base/utf8.hpp"
#include "base/wire.hpp"
#include "telemetry/logging/function_name.hpp"
#include "telemetry/record/append_attribute.hpp"
#include "telemetry/record/record_body.hpp"

namespace ergon::inline v0::telemetry {

namespace wire = base::wire;

namespace {

constexpr std::uint32_t kAttributes = 6;
constexpr std::uint32_t kKey = 1;
constexpr std::uint32_t kValue = 2;
constexpr std::uint32_t kStringValue = 1;
constexpr std::uint32_t kIntValue = 3;

bool has_attribute(std::string_view fields, std::string_view key) {
  const auto* bytes = reinterpret_cast<const std::byte*>(fields.data());
  for (std::uint32_t at = 0; at < fields.size();) {
    const BodyField field = field_at(bytes, at);
    if (field.tag == static_cast<std::uint8_t>(AttributeTag::log) && key_of(field.content) == key)
      return true;
    at += field.size;
  }
  return false;
}

void append_value(std::string_view attributes, std::string_view key, std::string_view value,
                  std::string& out) {
  if (has_attribute(attributes, key)) return;
  std::string pair;
  wire::append_field(pair, kKey, key);
  wire::append_field(pair, kValue, value);
  wire::append_field(out, kAttributes, pair);
}

void append_text_value(std::string_view attributes, std::string_view key, std::string_view text,
                       std::string& out) {
  std::string value;
  wire::append_field(value, kStringValue, base::is_valid_utf8(text) ? text : base::repair_utf8(text));
  append_value(attributes, key, value, out);
}

}  // namespace

CallSource source_of(const LogRecord& record) {
  const std::source_location& source = record.source;
  return {.file = source.file_name(), .function = source.function_name(), .line = source.line()};
}

void append_source(std::string_view attributes, const CallSource& source, std::string& out) {
  if (source.line == 0) return;
  append_text_value(attributes, "code.file.path", source.file, out);
  std::string line;
  wire::append_number(line, kIntValue, source.line);
  append_value(attributes, "code.line.number", line, out);
  append_text_value(attributes, "code.function.name", function_name_of(source.function), out);
}

}  // namespace ergon::inline v0::telemetry
