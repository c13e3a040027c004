#pragma once

#include <google/protobuf/repeated_field.h>
#include <opentelemetry/proto/common/v1/common.pb.h>
#include <opentelemetry/proto/resource/v1/resource.pb.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace ergon::receiver {

using KeyValues = google::protobuf::RepeatedPtrField<opentelemetry::proto::common::v1::KeyValue>;

/// Keys that occur twice in one attribute list. A JSON object can't show them: it keeps the last value.
using DuplicateKeys = std::set<std::string>;

/// AnyValue as the JSON value that comes to mind; bytes as {"bytes": base64}, unset as null.
nlohmann::json value_json(const opentelemetry::proto::common::v1::AnyValue& value, DuplicateKeys& duplicates);

nlohmann::json attributes_json(const KeyValues& attributes, DuplicateKeys& duplicates);

/// A JSON number with a decimal point; what JSON has no number for is {"double": "NaN" | "Infinity" |
/// "-Infinity"}.
nlohmann::json double_json(double value);

/// Times are strings: many JSON readers would round 64-bit nanoseconds.
nlohmann::json time_json(std::uint64_t unix_nano);

std::string hex(const std::string& bytes);

/// Where items come from: {"resource", "resource_schema_url", "scope"}, the same for all items of one scope.
struct Origin {
  nlohmann::json object{};
  DuplicateKeys duplicates{};
};

Origin origin_of_resource(const opentelemetry::proto::resource::v1::Resource& resource,
                          const std::string& schema_url);
Origin with_scope(const Origin& of_resource,
                  const opentelemetry::proto::common::v1::InstrumentationScope& scope,
                  const std::string& schema_url);

/// Adds `duplicate_keys` when the item or its origin has any.
void add_duplicate_keys(nlohmann::json& item, const Origin& origin, const DuplicateKeys& own);

}  // namespace ergon::receiver
