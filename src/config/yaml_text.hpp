#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "config/values.hpp"

namespace ergon::inline v0::config {

/// What a text says beside values.
struct YamlStyle {
  /// Behind a value, as a comment; empty: nothing. `has_parts`: what it is made of follows.
  std::function<std::string(const ValueView&, bool has_parts)> remark;
  /// Whether a value is shown as `***`, beside what its description says of secrets; empty: none is.
  std::function<bool(const ValueView&)> hides{};
  /// Whether what is not there has a line, too, that is a comment as a whole.
  bool shows_absent{false};
};

/// The lines that a file would have to give this value, an object: each member by its key, below `indent`
/// spaces. Secrets are `***`. `path` is the value's.
[[nodiscard]] std::string yaml_text(const TypeDescription& type, const void* value, const std::string& path,
                                    const YamlStyle& style, std::size_t indent = 0);

/// A text as YAML has it, quoted where it would be something else.
[[nodiscard]] std::string yaml_string(std::string_view text);

}  // namespace ergon::inline v0::config
