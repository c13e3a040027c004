#include "telemetry/export/value_text.hpp"

#include <cstdint>

#include "base/json_text.hpp"
#include "telemetry/record/any_value_text.hpp"

namespace ergon::inline v0::telemetry {

namespace {

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
    append_base64(out, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
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

std::string text_of(const DataValue& value) {
  if (const auto* string = value.get_if<std::string>()) return *string;
  std::string json;
  append_json(json, value);
  return json;
}

testing::RecordedAttributes text_of(const DataAttributes& attributes) {
  testing::RecordedAttributes texts;
  texts.reserve(attributes.size());
  for (const DataAttribute& one : attributes) texts.emplace_back(one.key, text_of(one.value));
  return texts;
}

}  // namespace ergon::inline v0::telemetry
