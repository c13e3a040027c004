#include "unit/config/reference_page.hpp"

#include <cctype>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "config/allowed_text.hpp"
#include "config/scalar_value.hpp"

namespace ergon::config {
namespace {

std::string cell(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|' || c == '*' || c == '<') result += '\\';
    result += c;
  }
  return result;
}

// As the viewers of Markdown make it from a heading.
std::string anchor(const std::string& heading) {
  std::string result;
  for (const char c : heading) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-')
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

std::string below(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

std::string default_text(const TypeDescription& type, void* value) {
  if (std::holds_alternative<OptionalType>(type.kind)) return is_empty(type, value) ? "none" : "";
  if (!is_scalar(type)) return "";
  const std::string text = value_text(type, value);
  return text.empty() ? "empty" : fmt::format("`{}`", cell(text));
}

}  // namespace

std::string ReferencePage::of(const TypeDescription& type, void* value) {
  link(type, "", value);
  return fmt::format("{}", fmt::join(sections_, ""));
}

std::string ReferencePage::section(const TypeDescription& type, const std::string& path, void* value) {
  std::string text = path.empty() ? "" : fmt::format("#### `{}`\n\n", path);
  if (!type.documentation.empty()) text += cell(type.documentation) + "\n\n";
  if (const auto* object_type = std::get_if<ObjectType>(&type.kind))
    return text + object(*object_type, path, value);
  return text + variant(std::get<VariantType>(type.kind), path, value);
}

std::string ReferencePage::object(const ObjectType& type, const std::string& path, void* value) {
  if (type.fields.empty()) return "It has no keys.\n\n";
  std::string text = "| key | default | value | |\n|---|---|---|---|\n";
  for (const FieldDescription& field : type.fields) text += row(field, path, value);
  return text + "\n";
}

std::string ReferencePage::row(const FieldDescription& field, const std::string& path, void* value) {
  void* member = field.in(value);
  const std::string own_default = default_text(field.type(), member);
  if (field.rules.inlined)
    return "| any other | | " + cell(allowed_text(std::get<MapType>(field.type().kind).element(), {})) +
           " | An attribute; as a list, `attributes: [{name: …, value: …}]`. |\n";
  return fmt::format("| `{}` | {} | {} | {} |\n", field.name, own_default,
                     kind(field.type(), field.rules, below(path, field.name), member),
                     cell(field.documentation));
}

std::string ReferencePage::kind(const TypeDescription& type, const Rules& rules, const std::string& path,
                                void* value) {
  if (const auto* optional = std::get_if<OptionalType>(&type.kind))
    return kind(optional->value(), rules, path, optional->ensure(value));
  if (const auto* list = std::get_if<ListType>(&type.kind))
    return "a list: " + kind(list->element(), rules.of_elements(), path, list->append(value));
  if (const auto* map = std::get_if<MapType>(&type.kind)) {
    if (!rules.registry.empty()) return fmt::format("{} that the program registers, by name", rules.registry);
    return "a map, by name: " +
           kind(map->element(), rules.of_elements(), below(path, "NAME"), map->ensure(value, "NAME"));
  }
  if (std::holds_alternative<ObjectType>(type.kind) || std::holds_alternative<VariantType>(type.kind))
    return link(type, path, value);
  return cell(allowed_text(type, rules));
}

// A type that is met again is where it was first.
std::string ReferencePage::link(const TypeDescription& type, const std::string& path, void* value) {
  const auto [known, is_new] = known_.emplace(&type, path);
  if (is_new) {
    const std::size_t index = sections_.size();
    sections_.emplace_back();
    std::string text = section(type, path, value);  // adds those of its parts behind
    sections_[index] = std::move(text);
  }
  return fmt::format("[`{}`](#{})", known->second, anchor(known->second));
}

// What it holds is gone when it holds the next, so all that is in that is written first.
std::string ReferencePage::variant(const VariantType& type, const std::string& path, void* value) {
  std::string text = "| one key of | |\n|---|---|\n";
  for (const Alternative& one : type.alternatives) {
    if (!one.registry.empty()) {
      text += "| the name of one that the program registers | its options |\n";
      continue;
    }
    const TypeDescription& held = one.type();
    const auto* object_type = std::get_if<ObjectType>(&held.kind);
    // What has no keys needs no place of its own.
    const bool has_no_keys = object_type != nullptr && object_type->fields.empty();
    const std::string what =
        has_no_keys ? cell(held.documentation) : link(held, below(path, one.name), one.ensure(value));
    text += fmt::format("| `{}` | {} |\n", one.name, what);
  }
  return text + "\n";
}

}  // namespace ergon::config
