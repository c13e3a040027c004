#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/config/type_description.hpp>

#include "base/diagnostic.hpp"
#include "config/origins.hpp"

namespace ergon::inline v0::config {

/// Takes what environment variables say in place of values of a configuration, but for keys that a text has,
/// and notes which gave what. What can't be used is told in one report, when this is destroyed, as only one
/// is written in some time.
class EnvironmentFill {
 public:
  EnvironmentFill(Origins& origins, base::Diagnostic& diagnostic)
      : origins_(origins), diagnostic_(diagnostic) {}
  EnvironmentFill(const EnvironmentFill&) = delete;
  EnvironmentFill& operator=(const EnvironmentFill&) = delete;
  ~EnvironmentFill();

  /// The variable's text, unless a text has the key at `path`.
  [[nodiscard]] std::optional<std::string> text_for(const char* variable, const std::string& path);
  [[nodiscard]] bool is_in_text(const std::string& path) const { return origins_.is_in_text(path); }
  /// The value at `path` comes from no variable after all.
  void forget(const std::string& path) { taken_.erase(path); }
  /// Once, however often it is said.
  void complain(std::string_view variable, std::string_view found, std::string_view allowed);

 private:
  Origins& origins_;
  base::Diagnostic& diagnostic_;
  std::string complaints_;
  std::map<std::string, std::string> taken_;  // by path, the last variable that has been asked for
};

/// What a variant in a section holds, and its path.
struct HeldObject {
  std::string_view name;
  const TypeDescription& type;
  void* object;
  std::string path;
};

/// All that variants anywhere in a section hold under one of these names; `path` is the section's.
[[nodiscard]] std::vector<HeldObject> held_objects(std::span<const std::string_view> names,
                                                   const TypeDescription& type, void* section,
                                                   const std::string& path);

/// The row of a key in the table of an object, which has it.
[[nodiscard]] const FieldDescription& row_of(const TypeDescription& object, std::string_view key);

}  // namespace ergon::inline v0::config
