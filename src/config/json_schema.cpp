#include "config/json_schema.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string_view>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "config/allowed_text.hpp"
#include "config/node_reader.hpp"
#include "config/scalar_value.hpp"

namespace ergon::inline v0::config {
namespace {

using Json = nlohmann::ordered_json;

constexpr Rules kNoRules{};

// A text with a reference, whatever it is replaced by.
Json reference() { return {{"type", "string"}, {"pattern", R"(\$\{)"}}; }

Json any_of(Json schema, Json other) { return {{"anyOf", {std::move(schema), std::move(other)}}}; }

class Schema {
 public:
  explicit Schema(const ReadContext& context) : context_(context) {}

  Json of_file(const TypeDescription& type) {
    Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"}};
    schema.update(of_object(std::get<ObjectType>(type.kind), type, {}));
    schema["type"] = "object";
    // What YAML's merge keys and references to other parts need a place for.
    schema["$defs"] = std::move(definitions_);
    return schema;
  }

 private:
  // The schema of a value; `name` is for that of its type, should it be the first of it.
  Json of(const TypeDescription& type, const Rules& rules, const std::string& name) {
    return std::visit([&](const auto& kind) { return schema_of(kind, type, rules, name); }, type.kind);
  }

  Json schema_of(const BooleanType& /*kind*/, const TypeDescription& /*type*/, const Rules& /*rules*/,
                 const std::string& /*name*/) {
    return any_of({{"type", "boolean"}}, reference());
  }

  // A number is a text, too, where one is wanted.
  Json schema_of(const StringType& /*kind*/, const TypeDescription& /*type*/, const Rules& rules,
                 const std::string& /*name*/) {
    Json schema{{"type", {"string", "number", "boolean"}}};
    if (rules.required) schema["minLength"] = 1;
    if (rules.form != nullptr) schema["description"] = rules.form->allowed;
    return schema;
  }

  Json schema_of(const IntegerType& kind, const TypeDescription& /*type*/, const Rules& rules,
                 const std::string& /*name*/) {
    constexpr auto kLargest = std::numeric_limits<std::int64_t>::max();
    Json schema{{"type", "integer"},
                {"minimum", kind.minimum},
                {"maximum", std::min<std::uint64_t>(kind.maximum, kLargest)}};
    if (std::isfinite(rules.minimum.value))
      schema["minimum"] = static_cast<std::int64_t>(rules.minimum.value);
    if (std::isfinite(rules.maximum.value))
      schema["maximum"] = static_cast<std::int64_t>(rules.maximum.value);
    if (is_size(rules))
      schema = any_of(std::move(schema), {{"type", "string"}, {"pattern", "^[0-9]+ ?([KMG]i?)?B$"}});
    return any_of(std::move(schema), reference());
  }

  Json schema_of(const NumberType& /*kind*/, const TypeDescription& /*type*/, const Rules& rules,
                 const std::string& /*name*/) {
    Json schema{{"type", "number"}};
    if (std::isfinite(rules.minimum.value)) schema["minimum"] = rules.minimum.value;
    if (std::isfinite(rules.maximum.value)) schema["maximum"] = rules.maximum.value;
    return any_of(std::move(schema), reference());
  }

  // A number is of milliseconds.
  Json schema_of(const DurationType& /*kind*/, const TypeDescription& /*type*/, const Rules& rules,
                 const std::string& /*name*/) {
    constexpr double kMillisecond = 1e6;
    Json number{{"type", "integer"}};
    if (std::isfinite(rules.minimum.value)) number["minimum"] = std::ceil(rules.minimum.value / kMillisecond);
    if (std::isfinite(rules.maximum.value))
      number["maximum"] = std::floor(rules.maximum.value / kMillisecond);
    return any_of(any_of(std::move(number), {{"type", "string"}, {"pattern", "^[0-9]+ ?(ns|us|ms|s|m|h)$"}}),
                  reference());
  }

  Json schema_of(const EnumType& kind, const TypeDescription& /*type*/, const Rules& /*rules*/,
                 const std::string& /*name*/) {
    Json names = Json::array();
    for (const std::string_view name : names_of(kind)) names.push_back(name);
    return any_of({{"enum", std::move(names)}}, reference());
  }

  Json schema_of(const AttributeType& /*kind*/, const TypeDescription& /*type*/, const Rules& /*rules*/,
                 const std::string& /*name*/) {
    return {{"anyOf",
             {{{"type", {"string", "number", "boolean"}}},
              {{"type", "array"}, {"items", {{"type", {"string", "number", "boolean"}}}}}}}};
  }

  Json schema_of(const OptionalType& kind, const TypeDescription& /*type*/, const Rules& rules,
                 const std::string& name) {
    return any_of(of(kind.value(), rules, name), {{"type", "null"}});
  }

  Json schema_of(const ListType& kind, const TypeDescription& /*type*/, const Rules& rules,
                 const std::string& name) {
    Json schema{{"type", "array"}, {"items", of(kind.element(), rules.of_elements(), name)}};
    if (std::isfinite(rules.minimum.value))
      schema["minItems"] = static_cast<std::int64_t>(rules.minimum.value);
    if (std::isfinite(rules.maximum.value))
      schema["maxItems"] = static_cast<std::int64_t>(rules.maximum.value);
    return or_nothing(std::move(schema), rules);
  }

  Json schema_of(const MapType& kind, const TypeDescription& /*type*/, const Rules& rules,
                 const std::string& name) {
    Json schema{{"type", "object"}};
    const Rules of_elements = rules.of_elements();
    if (rules.typed_by == TypedBy::name) {
      schema["properties"] = registered(rules.registry, name);
      schema["additionalProperties"] = false;
    } else {
      schema["additionalProperties"] = of(kind.element(), of_elements, name);
    }
    if (std::isfinite(rules.minimum.value))
      schema["minProperties"] = static_cast<std::int64_t>(rules.minimum.value);
    return or_nothing(std::move(schema), rules);
  }

  Json schema_of(const ObjectType& kind, const TypeDescription& type, const Rules& /*rules*/,
                 const std::string& name) {
    return defined(type, name, [&](const std::string& own) {
      Json schema = of_object(kind, type, own);
      schema["type"] = {"object", "null"};
      return schema;
    });
  }

  Json schema_of(const VariantType& kind, const TypeDescription& type, const Rules& /*rules*/,
                 const std::string& name) {
    return defined(type, name, [&](const std::string& own) {
      Json properties = Json::object();
      for (const Alternative& one : kind.alternatives) {
        if (one.registry.empty())
          properties[std::string(one.name)] = of(one.type(), kNoRules, below(own, one.name));
        else properties.update(registered(one.registry, own));
      }
      return one_key(std::move(properties), type.documentation);
    });
  }

  Json schema_of(const AnyType& /*kind*/, const TypeDescription& /*type*/, const Rules& rules,
                 const std::string& name) {
    return one_key(registered(rules.registry, name), {});
  }

  static Json one_key(Json properties, std::string_view documentation) {
    Json schema{{"type", "object"}};
    if (!documentation.empty()) schema["description"] = documentation;
    schema["properties"] = std::move(properties);
    schema["additionalProperties"] = false;
    schema["minProperties"] = 1;
    schema["maxProperties"] = 1;
    return schema;
  }

  // Nothing (`key:`) is what it has by default, where that is allowed.
  static Json or_nothing(Json schema, const Rules& rules) {
    return rules.required ? schema : any_of(std::move(schema), {{"type", "null"}});
  }

  Json of_object(const ObjectType& kind, const TypeDescription& type, const std::string& name) {
    Json properties = Json::object();
    Json dependent = Json::object();
    Json exclusions = Json::array();
    Json others = false;  // what keys of other names may have
    for (const FieldDescription& field : kind.fields) {
      if (field.rules.inlined)
        others = of(std::get<MapType>(field.type().kind).element(), field.rules.of_elements(), name);
      Json schema = field.rules.inlined ? of_attribute_list(below(name, field.name))
                                        : of(field.type(), field.rules, below(name, field.name));
      schema["description"] = field.documentation;
      properties[std::string(field.name)] = std::move(schema);
      if (!field.rules.needs.empty()) dependent[std::string(field.name)] = {field.rules.needs};
      if (!field.rules.excludes.empty() && field.rules.excludes_kind.empty())
        exclusions.push_back({{"not", {{"required", {field.name, field.rules.excludes}}}}});
    }
    Json schema = Json::object();
    if (!type.documentation.empty()) schema["description"] = type.documentation;
    schema["properties"] = std::move(properties);
    schema["additionalProperties"] = std::move(others);
    if (!dependent.empty()) schema["dependentRequired"] = std::move(dependent);
    if (!exclusions.empty()) schema["allOf"] = std::move(exclusions);
    return schema;
  }

  Json of_attribute_list(const std::string& name) {
    Json items = of(std::get<ListType>(attribute_list_type().kind).element(), kNoRules, name);
    items["required"] = {"name", "value"};
    return {{"type", {"array", "null"}}, {"items", std::move(items)}};
  }

  // By their names, the options of what the program registered.
  Json registered(std::string_view registry, const std::string& name) {
    Json properties = Json::object();
    const auto found = context_.registries.find(registry);
    if (found == context_.registries.end()) return properties;
    for (const auto& [type_name, options] : found->second) {
      properties[type_name] = options.description() != nullptr
                                  ? of(*options.description(), kNoRules, below(name, type_name))
                                  : Json{{"type", {"object", "null"}}, {"maxProperties", 0}};
    }
    return properties;
  }

  static std::string below(const std::string& name, std::string_view key) {
    return name.empty() ? std::string(key) : name + "." + std::string(key);
  }

  // Types refer to each other, and to themselves: each is there once, by the name of its first place.
  template <class Make>
  Json defined(const TypeDescription& type, const std::string& name, Make make) {
    const auto [known, is_new] = names_.emplace(&type, name);
    if (is_new) {
      definitions_[name] = nullptr;
      Json schema = make(name);
      definitions_[name] = std::move(schema);
    }
    return {{"$ref", "#/$defs/" + escaped(known->second)}};
  }

  // As a part of a JSON pointer in a URI.
  static std::string escaped(const std::string& name) {
    std::string result;
    for (const char c : name) c == '/' ? static_cast<void>(result.append("~1")) : result.push_back(c);
    return result;
  }

  const ReadContext& context_;
  std::map<const TypeDescription*, std::string> names_;
  Json definitions_ = Json::object();
};

}  // namespace

std::string json_schema(const TypeDescription& type, const ReadContext& context) {
  return Schema(context).of_file(type).dump(2) + "\n";
}

}  // namespace ergon::inline v0::config
