#include "telemetry/record/any_value_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include <protozero/pbf_reader.hpp>

#include "base/json_text.hpp"
#include "base/pbf_view.hpp"

namespace ergon::inline v0::telemetry {

namespace {

using base::view_of;
using protozero::pbf_reader;

void append_value(std::string& out, pbf_reader any, int depth);

// ArrayValue, {values = 1}
void append_array(std::string& out, pbf_reader list, int depth) {
  char before = '[';
  while (list.next(1)) {
    out.push_back(before);
    append_value(out, list.get_message(), depth);
    before = ',';
  }
  if (before == '[') out.push_back('[');
  out.push_back(']');
}

// KeyValueList, {values = 1}, of {key = 1, value = 2}
void append_map(std::string& out, pbf_reader list, int depth) {
  char before = '{';
  while (list.next(1)) {
    out.push_back(before);
    before = ',';
    const AttributeView pair = view_attribute(view_of(list.get_view()));
    base::append_json_string(out, pair.key);
    out.push_back(':');
    append_value(out, pbf_reader(pair.value.data(), pair.value.size()), depth);
  }
  if (before == '{') out.push_back('{');
  out.push_back('}');
}

// Values are nested 30 deep at most.
void append_value(std::string& out, pbf_reader any, int depth) {
  constexpr int kMostDepth = 100;
  if (depth > kMostDepth || !any.next()) {
    out.append("null");
    return;
  }
  switch (any.tag()) {
    case 1:
      return base::append_json_string(out, view_of(any.get_view()));
    case 2:
      out.append(any.get_bool() ? "true" : "false");
      return;
    case 3: {
      const fmt::format_int digits(any.get_int64());
      out.append(digits.data(), digits.size());
      return;
    }
    case 4:
      return base::append_json_double(out, any.get_double());
    case 5:
      return append_array(out, any.get_message(), depth + 1);
    case 6:
      return append_map(out, any.get_message(), depth + 1);
    case 7:
      out.push_back('"');
      append_base64(out, view_of(any.get_view()));
      out.push_back('"');
      return;
    default:
      out.append("null");
  }
}

}  // namespace

// {key = 1, value = 2}
AttributeView view_attribute(std::string_view key_value) {
  AttributeView view;
  pbf_reader pair(key_value.data(), key_value.size());
  while (pair.next()) {
    std::string_view& part = pair.tag() == 1 ? view.key : view.value;
    part = view_of(pair.get_view());
  }
  return view;
}

void append_json_value(std::string& out, std::string_view value) {
  append_value(out, pbf_reader(value.data(), value.size()), 0);
}

std::string_view string_in(std::string_view value) {
  pbf_reader any(value.data(), value.size());
  return any.next(1) ? view_of(any.get_view()) : std::string_view();
}

void append_plain_value(std::string& out, std::string_view value) {
  pbf_reader any(value.data(), value.size());
  if (any.next() && any.tag() == 1) {
    out.append(view_of(any.get_view()));
  } else {
    append_json_value(out, value);
  }
}

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

}  // namespace ergon::inline v0::telemetry
