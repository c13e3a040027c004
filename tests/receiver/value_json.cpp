#include "receiver/value_json.hpp"

#include <absl/strings/escaping.h>

#include <cmath>

namespace ergon::receiver {

using nlohmann::json;
using opentelemetry::proto::common::v1::AnyValue;

json double_json(double value) {
  if (std::isfinite(value)) return value;
  if (std::isnan(value)) return {{"double", "NaN"}};
  return {{"double", value > 0 ? "Infinity" : "-Infinity"}};
}

json time_json(std::uint64_t unix_nano) { return std::to_string(unix_nano); }

std::string hex(const std::string& bytes) { return absl::BytesToHexString(bytes); }

json value_json(const AnyValue& value, DuplicateKeys& duplicates) {
  switch (value.value_case()) {
    case AnyValue::kStringValue:
      return value.string_value();
    case AnyValue::kBoolValue:
      return value.bool_value();
    case AnyValue::kIntValue:
      return value.int_value();
    case AnyValue::kDoubleValue:
      return double_json(value.double_value());
    case AnyValue::kBytesValue:
      return {{"bytes", absl::Base64Escape(value.bytes_value())}};
    case AnyValue::kKvlistValue:
      return attributes_json(value.kvlist_value().values(), duplicates);
    case AnyValue::kArrayValue: {
      json array = json::array();
      for (const auto& element : value.array_value().values()) {
        array.push_back(value_json(element, duplicates));
      }
      return array;
    }
    case AnyValue::VALUE_NOT_SET:
      break;
  }
  return nullptr;
}

json attributes_json(const KeyValues& attributes, DuplicateKeys& duplicates) {
  json object = json::object();
  for (const auto& attribute : attributes) {
    if (object.contains(attribute.key())) duplicates.insert(attribute.key());
    object[attribute.key()] = value_json(attribute.value(), duplicates);
  }
  return object;
}

Origin origin_of_resource(const opentelemetry::proto::resource::v1::Resource& resource,
                          const std::string& schema_url) {
  Origin origin;
  origin.object["resource"] = attributes_json(resource.attributes(), origin.duplicates);
  origin.object["resource_schema_url"] = schema_url;
  return origin;
}

Origin with_scope(const Origin& of_resource,
                  const opentelemetry::proto::common::v1::InstrumentationScope& scope,
                  const std::string& schema_url) {
  Origin origin = of_resource;
  origin.object["scope"] = {{"name", scope.name()},
                            {"version", scope.version()},
                            {"schema_url", schema_url},
                            {"attributes", attributes_json(scope.attributes(), origin.duplicates)},
                            {"dropped_attributes", scope.dropped_attributes_count()}};
  return origin;
}

void add_duplicate_keys(json& item, const Origin& origin, const DuplicateKeys& own) {
  if (origin.duplicates.empty() && own.empty()) return;
  DuplicateKeys all = origin.duplicates;
  all.insert(own.begin(), own.end());
  item["duplicate_keys"] = all;
}

}  // namespace ergon::receiver
