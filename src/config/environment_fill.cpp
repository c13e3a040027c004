#include "config/environment_fill.hpp"

#include <algorithm>
#include <variant>

#include "config/config_error.hpp"
#include "config/environment.hpp"
#include "config/locate.hpp"

namespace ergon::config {

std::optional<std::string> EnvironmentFill::text_for(const char* variable, const std::string& path) const {
  if (file_ != nullptr && is_in(*file_, path)) return std::nullopt;
  return environment_variable(variable);
}

void EnvironmentFill::complain(std::string_view variable, std::string_view found, std::string_view allowed) {
  std::string complaint(variable);
  complaint.append(": found ").append(quoted(found)).append("; allowed: ").append(allowed);
  if (complaints_.find(complaint) != std::string::npos) return;
  complaints_.append(complaints_.empty() ? "" : "; ").append(complaint);
}

const FieldDescription& row_of(const TypeDescription& object, std::string_view key) {
  return *std::ranges::find(std::get<ObjectType>(object.kind).fields, key, &FieldDescription::name);
}

}  // namespace ergon::config
