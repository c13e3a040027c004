#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <ergon/config/type_description.hpp>
#include <ergon/task/errors.hpp>
#include <ergon/task/payload.hpp>

#include "task/parse_json.hpp"
#include "task/payload_path.hpp"

namespace ergon::inline v0::detail {
namespace {

using nlohmann::json;
using namespace config;  // NOLINT: the kinds of described types

[[noreturn]] void fail(const PayloadPath& path, const std::string& reason) {
  const std::string where = path.text();
  throw DecodeError(where.empty() ? reason : "member '" + where + "': " + reason);
}

[[noreturn]] void fail_type(const PayloadPath& path, std::string_view expected, const json& found) {
  fail(path, "expected " + std::string(expected) + ", found " + found.type_name());
}

void read(const TypeDescription& type, void* value, const json& node, const PayloadPath& path);

void read_kind(const BooleanType&, void* value, const json& node, const PayloadPath& path) {
  if (!node.is_boolean()) fail_type(path, "true or false", node);
  *static_cast<bool*>(value) = node.get<bool>();
}

void read_kind(const StringType&, void* value, const json& node, const PayloadPath& path) {
  if (!node.is_string()) fail_type(path, "a string", node);
  *static_cast<std::string*>(value) = node.get_ref<const std::string&>();
}

void read_kind(const IntegerType& type, void* value, const json& node, const PayloadPath& path) {
  if (!node.is_number_integer()) fail_type(path, "a whole number", node);
  const bool fits = node.is_number_unsigned() ? node.get<std::uint64_t>() <= type.maximum
                                              : node.get<std::int64_t>() >= type.minimum;
  if (!fits) {
    fail(path, "expected a whole number from " + std::to_string(type.minimum) + " to " +
                   std::to_string(type.maximum) + ", found " + node.dump());
  }
  type.set(value, node.get<std::int64_t>());
}

void read_kind(const NumberType& type, void* value, const json& node, const PayloadPath& path) {
  if (!node.is_number()) fail_type(path, "a number", node);
  const auto number = node.get<double>();
  if (std::abs(number) > type.maximum) fail(path, "expected a number in 32 bits, found " + node.dump());
  type.set(value, number);
}

void read_kind(const EnumType& type, void* value, const json& node, const PayloadPath& path) {
  if (!node.is_string()) fail_type(path, "a string", node);
  const auto& text = node.get_ref<const std::string&>();
  const auto found = std::ranges::find(type.names, text, &EnumName::name);
  if (found != type.names.end()) return type.set(value, found->value);
  std::string allowed;
  for (const EnumName& name : type.names) allowed += (allowed.empty() ? "" : ", ") + std::string(name.name);
  fail(path, "expected one of " + allowed);
}

void read_kind(const OptionalType& type, void* value, const json& node, const PayloadPath& path) {
  if (node.is_null()) return type.reset(value);
  read(type.value(), type.ensure(value), node, path);
}

void read_kind(const ListType& type, void* value, const json& node, const PayloadPath& path) {
  if (!node.is_array()) fail_type(path, "an array", node);
  type.clear(value);
  for (std::size_t index = 0; index < node.size(); ++index) {
    read(type.element(), type.append(value), node[index], {.parent = &path, .index = index});
  }
}

void read_kind(const MapType& type, void* value, const json& node, const PayloadPath& path) {
  if (!node.is_object()) fail_type(path, "an object", node);
  type.keep_only(value, {});
  for (const auto& [key, element] : node.items()) {
    read(type.element(), type.ensure(value, key), element, {.parent = &path, .key = key});
  }
}

void read_kind(const ObjectType& type, void* value, const json& node, const PayloadPath& path) {
  if (!node.is_object()) fail_type(path, "an object", node);
  for (const FieldDescription& field : type.fields) {
    const PayloadPath below{.parent = &path, .key = field.name};
    const auto member = node.find(field.name);
    if (member != node.end()) {
      read(field.type(), field.in(value), *member, below);
    } else if (!std::holds_alternative<OptionalType>(field.type().kind)) {
      throw DecodeError("member '" + below.text() + "' is missing");
    }
  }
}

void read_kind(const VariantType& type, void* value, const json& node, const PayloadPath& path) {
  if (!node.is_object() || node.size() != 1) fail_type(path, "an object with one member", node);
  const auto held = node.begin();
  const auto found = std::ranges::find(type.alternatives, held.key(), &Alternative::name);
  if (found == type.alternatives.end()) fail(path, "has a member that is none of its alternatives");
  read(found->type(), found->ensure(value), held.value(), {.parent = &path, .key = found->name});
}

template <class Kind>
void read_kind(const Kind&, void* /*value*/, const json& /*node*/, const PayloadPath& path) {
  fail(path, "is of a C++ type that payloads can't have");  // durations, resource attributes, AnyOptions
}

void read(const TypeDescription& type, void* value, const json& node, const PayloadPath& path) {
  std::visit([&](const auto& kind) { read_kind(kind, value, node, path); }, type.kind);
}

}  // namespace

void decode_json(const TypeDescription& type, void* value, std::string_view text) {
  read(type, value, parse_json(text), {});
}

}  // namespace ergon::inline v0::detail
