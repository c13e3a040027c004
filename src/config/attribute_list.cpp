#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <ergon/config/description.hpp>
#include <ergon/config/resource_attributes.hpp>

#include "config/node_reader.hpp"

// Attributes as OpenTelemetry's configuration lists them: `[{name: service.name, value: orders, type:
// string}]`.
namespace ergon::inline v0::config {

enum class AttributeKind : std::uint8_t { as_written, string, boolean, integer, number, strings };

constexpr auto ergon_describe(Tag<AttributeKind>) {
  return enumeration(
      "The type of a value.", config::name("string", AttributeKind::string),
      config::name("bool", AttributeKind::boolean), config::name("int", AttributeKind::integer),
      config::name("double", AttributeKind::number), config::name("string_array", AttributeKind::strings));
}

namespace {

struct NamedAttribute {
  std::string name{};
  ResourceValue value{};
  AttributeKind type{AttributeKind::as_written};
};

constexpr auto ergon_describe(Tag<NamedAttribute>) {
  return object("An attribute.", field<&NamedAttribute::name>("name", "Its name.", {.required = true}),
                field<&NamedAttribute::value>("value", "Its value."),
                field<&NamedAttribute::type>("type", "Of the value; without, as it is written."));
}

}  // namespace

const TypeDescription& attribute_list_type() noexcept { return type_of<std::vector<NamedAttribute>>(); }

template <class T>
void NodeReader::read_typed(const Request& request) {
  T value{};
  read({request.node, request.path, type_of<T>(), request.rules, &value, request.key});
  *static_cast<ResourceValue*>(request.target) = std::move(value);
}

// What it is without a type has been read.
void NodeReader::read_value(AttributeKind kind, const Request& request) {
  switch (kind) {
    case AttributeKind::as_written:
      return;
    case AttributeKind::string:
      return read_typed<std::string>(request);
    case AttributeKind::boolean:
      return read_typed<bool>(request);
    case AttributeKind::integer:
      return read_typed<std::int64_t>(request);
    case AttributeKind::number:
      return read_typed<double>(request);
    case AttributeKind::strings:
      return read_typed<std::vector<std::string>>(request);
  }
}

void NodeReader::read_attribute(const Request& request, const MapType& type, void* map) {
  NamedAttribute named;
  const std::size_t errors_before = errors_.size();
  read({request.node, request.path, type_of<NamedAttribute>(), request.rules, &named});
  if (errors_.size() > errors_before) return;
  const NodePointer value = value_of(request.node, "value");
  if (named.name.empty() || value == nullptr)
    return complain(
        request.node, request.path,
        {"no " + std::string(named.name.empty() ? "name" : "value"), "a map with name and value"});
  if (value->kind == Node::Kind::null) return;  // as if it were not there
  auto* const target = static_cast<ResourceValue*>(type.ensure(map, named.name));
  *target = std::move(named.value);
  read_value(named.type, {*value, member_path(request.path, "value"), type.element(), request.rules, target});
}

void NodeReader::read_inlined(const FieldDescription& field, const Entry& entry, void* object) {
  const auto& type = std::get<MapType>(field.type().kind);
  void* const map = field.in(object);
  const Rules rules = field.rules.of_elements();
  if (entry.name != field.name) {
    read({entry.value, entry.path, type.element(), rules, type.ensure(map, entry.name), &entry.key});
  } else if (entry.value.kind == Node::Kind::list) {
    for (std::size_t index = 0; index < entry.value.items.size(); ++index)
      read_attribute(
          {*entry.value.items[index], item_path(entry.path, index), type.element(), rules, nullptr}, type,
          map);
  } else if (entry.value.kind != Node::Kind::null) {
    complain(entry.value, entry.path, {found_text(entry.value), "a list of maps with name and value"});
  }
}

}  // namespace ergon::inline v0::config
