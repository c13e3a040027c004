#pragma once

#include <string>
#include <string_view>

#include "config/config_error.hpp"
#include "config/node.hpp"

namespace ergon::inline v0::config {

/// The one document in `text`, or null and an error added to `errors`. `file` is for messages. Never throws.
/// Time and memory are bounded: values, counted once for each alias, at most 100,000, nested at most 64
/// levels deep.
[[nodiscard]] NodePointer load_yaml(std::string_view text, const std::string& file, ConfigErrors& errors);

/// The text of a file of at most 1 MiB, or an error added to `errors` and an empty text.
[[nodiscard]] std::string load_text(const std::string& file, ConfigErrors& errors);

}  // namespace ergon::inline v0::config
