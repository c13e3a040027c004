#include "telemetry/logging/json_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

#include "base/hex.hpp"
#include "base/json_text.hpp"
#include "telemetry/logging/level_text.hpp"
#include "telemetry/logging/time_text.hpp"
#include "telemetry/record/any_value_text.hpp"

namespace ergon::telemetry {

namespace {

bool append_id(std::string& out, std::string_view id) {
  if (id.empty()) return false;
  out.push_back('"');
  const std::size_t size = out.size();
  out.resize(size + 2 * id.size());
  base::write_hex(out.data() + size, reinterpret_cast<const std::uint8_t*>(id.data()), id.size());
  out.push_back('"');
  return true;
}

bool append_time(std::string& out, const LogView& log) {
  out.push_back('"');
  append_utc_time(out, log.unix_nanoseconds);
  out.push_back('"');
  return true;
}

bool append_level(std::string& out, const LogView& log) {
  out.append("\"").append(level_name(log.level)).append("\"");
  return true;
}

bool append_logger(std::string& out, const LogView& log) {
  base::append_json_string(out, log.logger);
  return true;
}

bool append_message(std::string& out, const LogView& log) {
  append_json_value(out, log.body);
  return true;
}

bool append_event(std::string& out, const LogView& log) {
  if (log.event_name.empty()) return false;
  base::append_json_string(out, log.event_name);
  return true;
}

bool append_flags(std::string& out, const LogView& log) {
  if (log.trace_id.empty()) return false;
  fmt::format_to(std::back_inserter(out), "{}", log.trace_flags);
  return true;
}

bool append_thread(std::string& out, const LogView& log) {
  if (log.thread_id == 0) return false;
  fmt::format_to(std::back_inserter(out), "{}", log.thread_id);
  return true;
}

bool append_source(std::string& out, const LogView& log) {
  if (log.source_file.empty()) return false;
  base::append_json_string(out.append("{\"file\":"), log.source_file);
  fmt::format_to(std::back_inserter(out), ",\"line\":{},\"function\":", log.source_line);
  base::append_json_string(out, log.source_function);
  out.push_back('}');
  return true;
}

void append_member(std::string& out, std::string_view key, std::string_view value) {
  if (out.back() != '{') out.push_back(',');
  base::append_json_string(out, key);
  out.push_back(':');
  append_json_value(out, value);
}

bool append_attributes(std::string& out, const LogView& log) {
  out.push_back('{');
  for_each_attribute(
      log, [&out](std::string_view key, std::string_view value) { append_member(out, key, value); });
  out.push_back('}');
  return true;
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

struct Known {
  std::string_view name;
  bool (*append)(std::string& out, const LogView& log);
};

// In the order of a line.
constexpr std::array<Known, 12> kFields{{
    {"time", &append_time},
    {"level", &append_level},
    {"logger", &append_logger},
    {"message", &append_message},
    {"event_name", &append_event},
    {"trace_id", [](std::string& out, const LogView& log) { return append_id(out, log.trace_id); }},
    {"span_id", [](std::string& out, const LogView& log) { return append_id(out, log.span_id); }},
    {"trace_flags", &append_flags},
    {"thread", &append_thread},
    {"source", &append_source},
    {"attributes", &append_attributes},
    {"resource", nullptr},
}};

}  // namespace

JsonLine::JsonLine(const JsonFormatter& formatter, const LineContext& context) {
  for (const Known& known : kFields) {
    const auto chosen = formatter.fields.find(std::string(known.name));
    if (!formatter.fields.empty() && chosen == formatter.fields.end()) continue;
    const bool is_renamed = chosen != formatter.fields.end() && !chosen->second.empty();
    Field field{.key = {}, .append = known.append};
    base::append_json_string(field.key, is_renamed ? std::string_view(chosen->second) : known.name);
    field.key.push_back(':');
    if (known.append == nullptr) field.constant = resource_as_json(context.resource);
    fields_.push_back(std::move(field));
  }
}

void JsonLine::append(std::string& out, const LogView& log) {
  out.push_back('{');
  bool is_first = true;
  for (const Field& field : fields_) {
    const std::size_t before = out.size();
    if (!is_first) out.push_back(',');
    out.append(field.key);
    if (field.append == nullptr) {
      out.append(field.constant);
    } else if (!field.append(out, log)) {
      out.resize(before);
      continue;
    }
    is_first = false;
  }
  out.append("}\n");
}

bool is_json_field(std::string_view name) {
  return std::ranges::find(kFields, name, &Known::name) != kFields.end();
}

}  // namespace ergon::telemetry
