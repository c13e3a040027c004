#include "telemetry/logging/json_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "base/hex.hpp"
#include "base/json_text.hpp"
#include "telemetry/logging/level_text.hpp"
#include "telemetry/logging/time_text.hpp"
#include "telemetry/record/any_value_text.hpp"

namespace ergon::inline v0::telemetry {

namespace {

void append_member(std::string& out, std::string_view key, std::string_view value) {
  if (out.back() != '{') out.push_back(',');
  base::append_json_string(out, key);
  out.push_back(':');
  append_json_value(out, value);
}

std::string resource_as_json(std::string_view resource) {
  std::string out = "{";
  protozero::pbf_reader message(resource.data(), resource.size());
  while (message.next(1)) {
    const AttributeView attribute = view_attribute(base::view_of(message.get_view()));
    append_member(out, attribute.key, attribute.value);
  }
  out.push_back('}');
  return out;
}

}  // namespace

struct JsonLine::Writers {
  static bool time(JsonLine& line, std::string& out, const LogView& log) {
    out.push_back('"');
    line.time_.append(out, log.unix_nanoseconds);
    out.push_back('"');
    return true;
  }
  static bool level(JsonLine& /*line*/, std::string& out, const LogView& log) {
    out.append("\"").append(level_name(log.level)).append("\"");
    return true;
  }
  static bool logger(JsonLine& /*line*/, std::string& out, const LogView& log) {
    base::append_json_string(out, log.logger);
    return true;
  }
  static bool message(JsonLine& /*line*/, std::string& out, const LogView& log) {
    base::append_json_string(out, log.text);
    return true;
  }
  static bool event(JsonLine& /*line*/, std::string& out, const LogView& log) {
    if (log.event_name.empty()) return false;
    base::append_json_string(out, log.event_name);
    return true;
  }
  static bool trace_id(JsonLine& /*line*/, std::string& out, const LogView& log) {
    return id(out, log.trace_id);
  }
  static bool span_id(JsonLine& /*line*/, std::string& out, const LogView& log) {
    return id(out, log.span_id);
  }
  static bool flags(JsonLine& /*line*/, std::string& out, const LogView& log) {
    return !log.trace_id.empty() && number(out, log.trace_flags);
  }
  static bool thread(JsonLine& /*line*/, std::string& out, const LogView& log) {
    return log.thread_id != 0 && number(out, log.thread_id);
  }
  static bool source(JsonLine& line, std::string& out, const LogView& log) {
    if (log.source.line() == 0) return false;
    out.append(line.sources_.json_of(log.source));
    return true;
  }
  static bool attributes(JsonLine& /*line*/, std::string& out, const LogView& log) {
    out.push_back('{');
    for_each_attribute(
        log, [&out](std::string_view key, std::string_view value) { append_member(out, key, value); });
    out.push_back('}');
    return true;
  }

  // In the order of a line.
  static constexpr std::array<std::pair<std::string_view, Write>, 12> kAll{{
      {"time", &time},
      {"level", &level},
      {"logger", &logger},
      {"message", &message},
      {"event_name", &event},
      {"trace_id", &trace_id},
      {"span_id", &span_id},
      {"trace_flags", &flags},
      {"thread", &thread},
      {"source", &source},
      {"attributes", &attributes},
      {"resource", nullptr},
  }};

 private:
  static bool id(std::string& out, std::string_view id) {
    if (id.empty()) return false;
    out.push_back('"');
    const std::size_t size = out.size();
    out.resize(size + 2 * id.size());
    base::write_hex(out.data() + size, reinterpret_cast<const std::uint8_t*>(id.data()), id.size());
    out.push_back('"');
    return true;
  }
  static bool number(std::string& out, std::uint32_t number) {
    const fmt::format_int digits(number);
    out.append(digits.data(), digits.size());
    return true;
  }
};

JsonLine::JsonLine(const JsonFormatter& formatter, const LineContext& context) {
  for (const auto& [name, write] : Writers::kAll) {
    const auto chosen = formatter.fields.find(std::string(name));
    if (!formatter.fields.empty() && chosen == formatter.fields.end()) continue;
    const bool is_renamed = chosen != formatter.fields.end() && !chosen->second.empty();
    Field field{.text = ",", .write = write};
    base::append_json_string(field.text, is_renamed ? std::string_view(chosen->second) : name);
    field.text.push_back(':');
    if (write == nullptr) field.text.append(resource_as_json(context.resource));
    fields_.push_back(std::move(field));
  }
}

// Every field begins with a comma, and the first one's becomes the brace.
void JsonLine::append(std::string& out, const LogView& log) {
  const std::size_t start = out.size();
  for (const Field& field : fields_) {
    const std::size_t before = out.size();
    out.append(field.text);
    if (field.write != nullptr && !field.write(*this, out, log)) out.resize(before);
  }
  if (out.size() == start) out.push_back(',');
  out[start] = '{';
  out.append("}\n");
}

bool JsonLine::has_field(std::string_view name) {
  return std::ranges::find(Writers::kAll, name, &std::pair<std::string_view, Write>::first) !=
         Writers::kAll.end();
}

bool is_json_field(std::string_view name) { return JsonLine::has_field(name); }

}  // namespace ergon::inline v0::telemetry
