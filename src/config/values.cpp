#include "config/values.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <ergon/config/options.hpp>

#include "config/allowed_text.hpp"
#include "config/nearest_name.hpp"
#include "config/scalar_value.hpp"

namespace ergon::inline v0::config {
namespace {

constexpr Rules kNoRules{};

class Walk {
 public:
  explicit Walk(const std::function<void(const ValueView&)>& visit) : visit_(visit) {}

  void at(const ValueView& view) {
    visit_(view);
    std::visit([&](const auto& type) { into(type, view); }, view.type.kind);
  }

 private:
  template <class Scalar>
  void into(const Scalar& /*type*/, const ValueView& /*view*/) {}

  void into(const OptionalType& type, const ValueView& view) {
    if (const void* value = type.get(view.value))
      at({view.path, type.value(), view.rules, value, view.documentation});
  }

  void into(const ListType& type, const ValueView& view) {
    const Rules rules = view.rules.of_elements();
    for (std::size_t index = 0; index < type.size(view.value); ++index) {
      at({item_path(view.path, index), type.element(), rules, type.at(view.value, index)});
    }
  }

  void into(const MapType& type, const ValueView& view) {
    const Rules rules = view.rules.of_elements();
    for (const auto& [key, value] : type.entries(view.value)) {
      at({member_path(view.path, key), type.element(), rules, value});
    }
  }

  void into(const ObjectType& type, const ValueView& view) {
    for (const FieldDescription& field : type.fields) {
      const std::string path = field.rules.inlined ? view.path : member_path(view.path, field.name);
      at({path, field.type(), field.rules, field.in(view.value), field.documentation});
    }
  }

  void into(const VariantType& type, const ValueView& view) {
    for (const Alternative& alternative : type.alternatives) {
      const void* held = alternative.get(view.value);
      const bool has_name = alternative.registry.empty();
      if (!held) continue;
      at({has_name ? member_path(view.path, alternative.name) : view.path, alternative.type(), kNoRules,
          held});
      return;  // others may be further names of the same type
    }
  }

  void into(const AnyType& /*type*/, const ValueView& view) {
    const auto& options = *static_cast<const AnyOptions*>(view.value);
    if (!options.description()) return;
    const bool has_type_key = view.rules.typed_by == TypedBy::key && !options.type().empty();
    at({has_type_key ? member_path(view.path, options.type()) : view.path, *options.description(), kNoRules,
        options.data()});
  }

  const std::function<void(const ValueView&)>& visit_;
};

bool is_given(const FieldDescription& field, const void* object) {
  return !is_empty(field.type(), field.in(object));
}

bool has_kind(const FieldDescription& field, const void* object, std::string_view name) {
  bool found = false;
  visit_values(field.type(), field.in(object), [&](const ValueView& view) {
    const auto* variant = std::get_if<VariantType>(&view.type.kind);
    if (variant == nullptr) return;
    found = found || std::ranges::any_of(variant->alternatives, [&](const Alternative& one) {
              return one.name == name && one.get(view.value) != nullptr;
            });
  });
  return found;
}

void check_needed_fields(const ObjectType& type, const ValueView& view, ConfigErrors& errors) {
  for (const FieldDescription& field : type.fields) {
    if (field.rules.needs.empty() || !is_given(field, view.value)) continue;
    const auto other = std::ranges::find(type.fields, field.rules.needs, &FieldDescription::name);
    if (other == type.fields.end() || is_given(*other, view.value)) continue;
    errors.push_back({.path = member_path(view.path, field.name),
                      .complaint = {fmt::format("it without {}", other->name), "both or neither"}});
  }
}

void check_fields_together(const ObjectType& type, const ValueView& view, ConfigErrors& errors) {
  for (const FieldDescription& field : type.fields) {
    if (field.rules.excludes.empty() || !is_given(field, view.value)) continue;
    const auto other = std::ranges::find(type.fields, field.rules.excludes, &FieldDescription::name);
    if (other == type.fields.end() || !is_given(*other, view.value)) continue;
    const std::string_view kind = field.rules.excludes_kind;
    if (!kind.empty() && !has_kind(*other, view.value, kind)) continue;
    const std::string what =
        kind.empty() ? std::string(other->name) : fmt::format("{} {}", kind, other->name);
    errors.push_back({.path = member_path(view.path, field.name),
                      .complaint = {fmt::format("together with {}", what), "only one of the two"}});
  }
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// Of the strings below this object that name an entry of its maps, those that don't.
void check_names(const ObjectType& type, const ValueView& view, ConfigErrors& errors) {
  for (const FieldDescription& field : type.fields) {
    const auto* map = std::get_if<MapType>(&field.type().kind);
    if (map == nullptr) continue;
    const auto entries = map->entries(field.in(view.value));
    visit_values(TypeDescription{{}, type}, view.value, [&](const ValueView& inner) {
      if (inner.rules.key_of != field.name || !std::holds_alternative<StringType>(inner.type.kind)) return;
      const auto& name = *static_cast<const std::string*>(inner.value);
      std::vector<std::string_view> names = words_of(inner.rules.built_in);
      for (const auto& [key, value] : entries) names.push_back(key);
      if (std::ranges::find(names, name) != names.end()) return;
      errors.push_back({.path = view.path.empty() ? inner.path : view.path + "." + inner.path,
                        .complaint = {name.empty() ? "an empty name" : printable(name),
                                      names.empty() ? fmt::format("a name in {}", field.name)
                                                    : "one of " + printable(listed(names)),
                                      std::string(nearest_name(name, names))}});
    });
  }
}

void check_keys(const MapType& type, const ValueView& view, ConfigErrors& errors) {
  if (view.rules.keys == nullptr) return;
  for (const auto& [key, value] : type.entries(view.value)) {
    if (view.rules.keys->accepts(key)) continue;
    errors.push_back({.path = member_path(view.path, key),
                      .complaint = {"an unknown key", std::string(view.rules.keys->allowed)}});
  }
}

}  // namespace

void visit_values(const TypeDescription& type, const void* value,
                  const std::function<void(const ValueView&)>& visit) {
  Walk(visit).at({{}, type, kNoRules, value});
}

ConfigErrors validate(const TypeDescription& type, const void* value) {
  ConfigErrors errors;
  visit_values(type, value, [&](const ValueView& view) {
    if (auto complaint = check_value(view.type, view.rules, view.value)) {
      errors.push_back({.path = view.path, .complaint = std::move(*complaint)});
    }
    if (const auto* object = std::get_if<ObjectType>(&view.type.kind)) {
      check_fields_together(*object, view, errors);
      check_needed_fields(*object, view, errors);
      check_names(*object, view, errors);
    }
    if (const auto* map = std::get_if<MapType>(&view.type.kind)) check_keys(*map, view, errors);
  });
  return errors;
}

}  // namespace ergon::inline v0::config
