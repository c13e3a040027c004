#include "telemetry/export/otlp_values.hpp"

#include <algorithm>
#include <cstdint>

#include "base/json_text.hpp"

namespace ergon::telemetry {

using protozero::pbf_reader;

namespace {

// As OTLP's JSON form has bytes.
void append_base64(std::string& out, std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const auto byte = [&](std::size_t i) {
      return at + i < bytes.size() ? static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[at + i]))
                                   : 0U;
    };
    const std::uint32_t group = byte(0) << 16U | byte(1) << 8U | byte(2);
    const std::size_t present = std::min<std::size_t>(bytes.size() - at, 3);
    for (std::size_t digit = 0; digit < 4; ++digit)
      out.push_back(digit <= present ? kDigits[group >> (18U - 6U * digit) & 63U] : '=');
  }
}

void append_json(std::string& out, pbf_reader value, int depth);

// ArrayValue {values = 1}
void append_json_array(std::string& out, pbf_reader list, int depth) {
  out.push_back('[');
  for (bool is_first = true; list.next(1); is_first = false) {
    if (!is_first) out.push_back(',');
    append_json(out, list.get_message(), depth);
  }
  out.push_back(']');
}

// KeyValueList {values = 1 {key = 1, value = 2}}
void append_json_map(std::string& out, pbf_reader list, int depth) {
  out.push_back('{');
  for (bool is_first = true; list.next(1); is_first = false) {
    if (!is_first) out.push_back(',');
    pbf_reader pair = list.get_message();
    while (pair.next()) {
      if (pair.tag() == 1) {
        base::append_json_string(out, view_of(pair.get_view()));
        out.push_back(':');
      } else {
        append_json(out, pair.get_message(), depth);
      }
    }
  }
  out.push_back('}');
}

// AnyValue
void append_json(std::string& out, pbf_reader value, int depth) {
  constexpr int kMostDepth = 100;
  if (depth > kMostDepth || !value.next()) {
    out.append("null");
    return;
  }
  switch (value.tag()) {
    case 1:
      return base::append_json_string(out, view_of(value.get_view()));
    case 2:
      out.append(value.get_bool() ? "true" : "false");
      return;
    case 3:
      out.append(std::to_string(value.get_int64()));
      return;
    case 4:
      return base::append_json_double(out, value.get_double());
    case 5:
      return append_json_array(out, value.get_message(), depth + 1);
    case 6:
      return append_json_map(out, value.get_message(), depth + 1);
    case 7:
      out.push_back('"');
      append_base64(out, view_of(value.get_view()));
      out.push_back('"');
      return;
    default:
      out.append("null");
  }
}

}  // namespace

std::string read_value(std::string_view any, bool strings_are_plain) {
  if (strings_are_plain && pbf_reader(any.data(), any.size()).next(1)) {
    pbf_reader value(any.data(), any.size());
    value.next();
    return value.get_string();
  }
  std::string json;
  append_json(json, pbf_reader(any.data(), any.size()), 0);
  return json;
}

void add_attribute(testing::RecordedAttributes& attributes, pbf_reader pair, bool strings_are_plain) {
  std::string key;
  std::string value;
  while (pair.next()) {
    if (pair.tag() == 1) {
      key = pair.get_string();
    } else {
      value = read_value(view_of(pair.get_view()), strings_are_plain);
    }
  }
  attributes.emplace_back(std::move(key), std::move(value));
}

}  // namespace ergon::telemetry
