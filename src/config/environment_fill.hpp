#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ergon/config/type_description.hpp>

#include "base/diagnostic.hpp"
#include "config/node.hpp"

namespace ergon::config {

/// Takes what environment variables say in place of values of a configuration, but for keys that a file has.
/// What can't be used is told in one report, when this is destroyed, as only one is written in some time.
class EnvironmentFill {
 public:
  /// `file` is its root, null where there is none.
  EnvironmentFill(const Node* file, base::Diagnostic& diagnostic) : file_(file), diagnostic_(diagnostic) {}
  EnvironmentFill(const EnvironmentFill&) = delete;
  EnvironmentFill& operator=(const EnvironmentFill&) = delete;
  ~EnvironmentFill() {
    if (!complaints_.empty()) diagnostic_.report(complaints_);
  }

  /// The variable's text, unless the file has the key at `path`.
  [[nodiscard]] std::optional<std::string> text_for(const char* variable, const std::string& path) const;
  /// Once, however often it is said.
  void complain(std::string_view variable, std::string_view found, std::string_view allowed);

 private:
  const Node* file_;
  base::Diagnostic& diagnostic_;
  std::string complaints_;
};

/// The row of a key in the table of an object, which has it.
[[nodiscard]] const FieldDescription& row_of(const TypeDescription& object, std::string_view key);

}  // namespace ergon::config
