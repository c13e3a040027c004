#include "telemetry/export/value_text.hpp"

#include <algorithm>
#include <cstdint>

#include "base/json_text.hpp"

namespace ergon::telemetry {

namespace {

// As OTLP's JSON form has bytes.
void append_base64(std::string& out, const DataValue::Bytes& bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const auto byte = [&](std::size_t i) {
      return at + i < bytes.size() ? std::to_integer<std::uint32_t>(bytes[at + i]) : 0U;
    };
    const std::uint32_t group = byte(0) << 16U | byte(1) << 8U | byte(2);
    const std::size_t present = std::min<std::size_t>(bytes.size() - at, 3);
    for (std::size_t digit = 0; digit < 4; ++digit)
      out.push_back(digit <= present ? kDigits[group >> (18U - 6U * digit) & 63U] : '=');
  }
}

void append_json(std::string& out, const DataValue& value);

// One overload for each kind of value.
struct JsonOf {
  std::string& out;

  void operator()(std::monostate) const { out.append("null"); }
  void operator()(bool value) const { out.append(value ? "true" : "false"); }
  void operator()(std::int64_t value) const { out.append(std::to_string(value)); }
  void operator()(double value) const { base::append_json_double(out, value); }
  void operator()(const std::string& value) const { base::append_json_string(out, value); }
  void operator()(const DataValue::Bytes& bytes) const {
    out.push_back('"');
    append_base64(out, bytes);
    out.push_back('"');
  }
  void operator()(const DataValue::Array& values) const {
    out.push_back('[');
    for (const DataValue& one : values) {
      if (&one != values.data()) out.push_back(',');
      append_json(out, one);
    }
    out.push_back(']');
  }
  void operator()(const DataValue::Map& pairs) const {
    out.push_back('{');
    for (const DataAttribute& one : pairs) {
      if (&one != pairs.data()) out.push_back(',');
      base::append_json_string(out, one.key);
      out.push_back(':');
      append_json(out, one.value);
    }
    out.push_back('}');
  }
};

void append_json(std::string& out, const DataValue& value) { std::visit(JsonOf{out}, value.held); }

}  // namespace

std::string text_of(const DataValue& value, Strings strings) {
  const auto* string = value.get_if<std::string>();
  if (string != nullptr && strings == Strings::plain) return *string;
  std::string json;
  append_json(json, value);
  return json;
}

testing::RecordedAttributes text_of(const DataAttributes& attributes, Strings strings) {
  testing::RecordedAttributes texts;
  texts.reserve(attributes.size());
  for (const DataAttribute& one : attributes) texts.emplace_back(one.key, text_of(one.value, strings));
  return texts;
}

}  // namespace ergon::telemetry
