#include "config/yaml_text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include <ergon/config/options.hpp>

#include "base/json_text.hpp"
#include "config/parse_scalar.hpp"
#include "config/scalar_value.hpp"
#include "config/secret_text.hpp"

namespace ergon::inline v0::config {
namespace {

constexpr Rules kNoRules{};
constexpr std::size_t kRemarkColumn = 50;
constexpr std::string_view kSecret = "***";

bool is_plain_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == '/';
}

bool is_plain(std::string_view text) {
  constexpr std::string_view kReserved[] = {"null", "Null", "NULL", "true", "false",
                                            "yes",  "no",   "on",   "off"};
  if (text.empty() || text.front() == '-' || text.front() == '.') return false;
  if (std::ranges::find(kReserved, text) != std::end(kReserved)) return false;
  if (parse_number(text) || parse_integer(text) || (text.front() >= '0' && text.front() <= '9')) return false;
  return std::ranges::all_of(text, is_plain_character);
}

// A text as a file has it: what would be a reference is none.
std::string string_text(std::string_view text) {
  std::string doubled;
  for (const char c : text) doubled.append(c == '$' ? 2 : 1, c);
  return yaml_string(doubled);
}

std::string attribute_text(const ResourceValue& value) {
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    std::vector<std::string> items;
    items.reserve(list->size());
    for (const std::string& item : *list) items.push_back(string_text(item));
    return fmt::format("[{}]", fmt::join(items, ", "));
  }
  if (const auto* text = std::get_if<std::string>(&value)) return string_text(*text);
  return value_text(type_of<ResourceValue>(), &value);
}

std::string scalar_text(const ValueView& view) {
  if (std::holds_alternative<StringType>(view.type.kind)) {
    const auto& text = *static_cast<const std::string*>(view.value);
    const std::string shown = without_password(text);
    if (is_secret(view) && shown == text) return yaml_string(kSecret);
    return string_text(shown);
  }
  if (std::holds_alternative<AttributeType>(view.type.kind))
    return attribute_text(*static_cast<const ResourceValue*>(view.value));
  return value_text(view.type, view.value);
}

// The options of what takes none.
struct Nothing {
  ERGON_OPTIONS(Nothing);
};

class Writer {
 public:
  explicit Writer(const YamlStyle& style) : style_(style) {}

  // What is at a key, or in a list behind `-`.
  void write(const std::string& key, const ValueView& view, std::size_t indent) {
    std::visit([&](const auto& type) { write_as(type, key, view, indent); }, view.type.kind);
  }

  void write_members(const ObjectType& type, const ValueView& view, std::size_t indent) {
    for (const FieldDescription& field : type.fields) {
      const void* const value = field.in(view.value);
      if (field.rules.inlined)
        write_entries(std::get<MapType>(field.type().kind), field.rules, view.path, value, indent);
      else
        write(std::string(field.name) + ":",
              {member_path(view.path, field.name), field.type(), field.rules, value, field.documentation},
              indent);
    }
  }

  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  template <class Scalar>
  void write_as(const Scalar& /*type*/, const std::string& key, const ValueView& view, std::size_t indent) {
    const bool is_hidden = style_.hides && style_.hides(view);
    line(indent, key + " " + (is_hidden ? yaml_string(kSecret) : scalar_text(view)),
         style_.remark(view, false));
  }

  void write_as(const OptionalType& type, const std::string& key, const ValueView& view, std::size_t indent) {
    if (const void* value = type.get(view.value)) {
      write(key, {view.path, type.value(), view.rules, value, view.documentation}, indent);
    } else if (style_.shows_absent) {
      line(indent, "# " + key,
           style_.remark({view.path, type.value(), view.rules, nullptr, view.documentation}, false));
    }
  }

  void write_as(const ListType& type, const std::string& key, const ValueView& view, std::size_t indent) {
    const std::size_t size = type.size(view.value);
    if (!open(key, view, size, "[]", indent)) return;
    const Rules rules = view.rules.of_elements();
    below(key, indent, [&] {
      for (std::size_t i = 0; i < size; ++i)
        write("-", {item_path(view.path, i), type.element(), rules, type.at(view.value, i)}, indent + 2);
    });
  }

  void write_as(const MapType& type, const std::string& key, const ValueView& view, std::size_t indent) {
    const auto entries = type.entries(view.value);
    if (!open(key, view, entries.size(), "{}", indent)) return;
    below(key, indent, [&] { write_entries(type, view.rules, view.path, view.value, indent + 2); });
  }

  void write_entries(const MapType& type, const Rules& rules, const std::string& path, const void* map,
                     std::size_t indent) {
    const Rules of_elements = rules.of_elements();
    for (const auto& [name, value] : type.entries(map))
      write(yaml_string(name) + ":", {member_path(path, name), type.element(), of_elements, value}, indent);
  }

  void write_as(const ObjectType& type, const std::string& key, const ValueView& view, std::size_t indent) {
    if (!open(key, view, type.fields.size(), "{}", indent)) return;
    below(key, indent, [&] { write_members(type, view, indent + 2); });
  }

  void write_as(const VariantType& type, const std::string& key, const ValueView& view, std::size_t indent) {
    for (const Alternative& one : type.alternatives) {
      const void* held = one.get(view.value);
      if (held == nullptr) continue;
      if (!one.registry.empty()) return write(key, {view.path, one.type(), kNoRules, held}, indent);
      const std::string path = member_path(view.path, one.name);
      return write_only(key, view, std::string(one.name), {path, one.type(), kNoRules, held}, indent);
    }
  }

  void write_as(const AnyType& /*type*/, const std::string& key, const ValueView& view, std::size_t indent) {
    static constexpr Nothing kNothing{};
    const auto& options = *static_cast<const AnyOptions*>(view.value);
    const TypeDescription& type = options.description() ? *options.description() : type_of<Nothing>();
    const void* data = options.data() != nullptr ? options.data() : &kNothing;
    if (view.rules.typed_by == TypedBy::name) return write(key, {view.path, type, kNoRules, data}, indent);
    const std::string path = member_path(view.path, options.type());
    write_only(key, view, yaml_string(options.type()), {path, type, kNoRules, data}, indent);
  }

  // A map with one key.
  void write_only(const std::string& key, const ValueView& view, const std::string& name,
                  const ValueView& inner, std::size_t indent) {
    if (!open(key, view, 1, {}, indent)) return;
    below(key, indent, [&] { write(name + ":", inner, indent + 2); });
  }

  // The line of a key whose value is what follows; false where there is nothing in it, which is said.
  bool open(const std::string& key, const ValueView& view, std::size_t size, std::string_view empty,
            std::size_t indent) {
    if (size == 0) {
      line(indent, key + " " + std::string(empty), style_.remark(view, false));
      return false;
    }
    if (key != "-") line(indent, key, style_.remark(view, true));
    return true;
  }

  // An item's first line begins with its dash.
  template <class Write>
  void below(const std::string& key, std::size_t indent, Write write) {
    const std::size_t begin = text_.size();
    write();
    if (key != "-") return;
    if (begin < text_.size()) text_[begin + indent] = '-';
    else line(indent, "- {}", {});
  }

  void line(std::size_t indent, const std::string& what, const std::string& remark) {
    const std::size_t begin = text_.size();
    text_.append(indent, ' ').append(what);
    if (!remark.empty()) {
      const std::size_t width = text_.size() - begin;
      text_.append(width < kRemarkColumn ? kRemarkColumn - width : 2, ' ').append("# ").append(remark);
    }
    text_ += '\n';
  }

  const YamlStyle& style_;
  std::string text_;
};

}  // namespace

std::string yaml_string(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string quoted;
  base::append_json_string(quoted, text);
  return quoted;
}

std::string yaml_text(const TypeDescription& type, const void* value, const std::string& path,
                      const YamlStyle& style, std::size_t indent) {
  Writer writer(style);
  writer.write_members(std::get<ObjectType>(type.kind), {path, type, kNoRules, value}, indent);
  return std::move(writer).text();
}

}  // namespace ergon::inline v0::config
