#include "config/environment_fill.hpp"

#include <algorithm>
#include <variant>

#include "config/config_error.hpp"
#include "config/environment_variable.hpp"
#include "config/values.hpp"

namespace ergon::inline v0::config {

EnvironmentFill::~EnvironmentFill() {
  for (const auto& [path, variable] : taken_) origins_.note_variable(path, variable);
  if (!complaints_.empty()) diagnostic_.report(complaints_);
}

std::optional<std::string> EnvironmentFill::text_for(const char* variable, const std::string& path) {
  auto text = environment_variable(variable);
  if (!text || origins_.is_in_text(path)) return std::nullopt;
  taken_.insert_or_assign(path, variable);
  return text;
}

void EnvironmentFill::complain(std::string_view variable, std::string_view found, std::string_view allowed) {
  std::erase_if(taken_, [&](const auto& one) { return one.second == variable; });
  std::string complaint(variable);
  complaint.append(": found ").append(quoted(found)).append("; allowed: ").append(allowed);
  if (complaints_.find(complaint) != std::string::npos) return;
  complaints_.append(complaints_.empty() ? "" : "; ").append(complaint);
}

std::vector<HeldObject> held_objects(std::span<const std::string_view> names, const TypeDescription& type,
                                     void* section, const std::string& path) {
  std::vector<HeldObject> objects;
  visit_values(type, section, [&](const ValueView& view) {
    const auto* const variant = std::get_if<VariantType>(&view.type.kind);
    if (variant == nullptr) return;
    for (const Alternative& one : variant->alternatives) {
      const void* const held = one.get(view.value);
      if (held == nullptr || std::ranges::find(names, one.name) == names.end()) continue;
      // The section is the caller's to change, though it is walked through as what can't be.
      objects.push_back({one.name, one.type(), const_cast<void*>(held),  // NOLINT
                         member_path(path + "." + view.path, one.name)});
    }
  });
  return objects;
}

const FieldDescription& row_of(const TypeDescription& object, std::string_view key) {
  return *std::ranges::find(std::get<ObjectType>(object.kind).fields, key, &FieldDescription::name);
}

}  // namespace ergon::inline v0::config
