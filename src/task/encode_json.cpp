#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <variant>

#include <ergon/config/type_description.hpp>
#include <ergon/task/payload.hpp>

namespace ergon::inline v0::detail {
namespace {

using json = nlohmann::ordered_json;
using namespace config;  // NOLINT: the kinds of described types

json write(const TypeDescription& type, const void* value);

json write_kind(const BooleanType&, const void* value) { return *static_cast<const bool*>(value); }
json write_kind(const StringType&, const void* value) { return *static_cast<const std::string*>(value); }
json write_kind(const IntegerType& type, const void* value) {
  return type.visit(value, [](auto number) { return json(number); });
}
json write_kind(const NumberType& type, const void* value) { return type.get(value); }

json write_kind(const EnumType& type, const void* value) {
  const auto found = std::ranges::find(type.names, type.get(value), &EnumName::value);
  return found != type.names.end() ? json(std::string(found->name)) : json();
}

json write_kind(const OptionalType& type, const void* value) {
  const void* held = type.get(value);
  return held != nullptr ? write(type.value(), held) : json();
}

json write_kind(const ListType& type, const void* value) {
  json list = json::array();
  for (std::size_t index = 0; index < type.size(value); ++index) {
    list.push_back(write(type.element(), type.at(value, index)));
  }
  return list;
}

json write_kind(const MapType& type, const void* value) {
  json map = json::object();
  for (const auto& [key, element] : type.entries(value))
    map[std::string(key)] = write(type.element(), element);
  return map;
}

json write_kind(const ObjectType& type, const void* value) {
  json object = json::object();
  for (const FieldDescription& field : type.fields) {
    json member = write(field.type(), field.in(value));
    const bool is_absent = member.is_null() && std::holds_alternative<OptionalType>(field.type().kind);
    if (!is_absent) object[std::string(field.name)] = std::move(member);
  }
  return object;
}

json write_kind(const VariantType& type, const void* value) {
  for (const Alternative& alternative : type.alternatives) {
    if (const void* held = alternative.get(value)) {
      return json::object({{std::string(alternative.name), write(alternative.type(), held)}});
    }
  }
  return {};
}

template <class Kind>
json write_kind(const Kind&, const void* /*value*/) {
  throw std::logic_error("the payload has a member of a C++ type that payloads can't have");
}

json write(const TypeDescription& type, const void* value) {
  return std::visit([value](const auto& kind) { return write_kind(kind, value); }, type.kind);
}

}  // namespace

std::string encode_json(const TypeDescription& type, const void* value) {
  return write(type, value).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace ergon::inline v0::detail
