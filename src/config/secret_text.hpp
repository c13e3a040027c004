#pragma once

#include <string>
#include <string_view>

#include "config/values.hpp"

namespace ergon::inline v0::config {

/// A URL without the password of its user; any other text as it is.
[[nodiscard]] std::string without_password(std::string_view text);

/// Whether a value is a text that nobody is to see: by its description, or a URL with a password.
[[nodiscard]] bool is_secret(const ValueView& view);

}  // namespace ergon::inline v0::config
