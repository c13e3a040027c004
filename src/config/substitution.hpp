#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "config/config_error.hpp"

namespace ergon::inline v0::config {

/// What is found where the text would be too long.
inline constexpr std::string_view kTooMuchText = "more text in place of references";

/// What a text is once its references are replaced: `${NAME}` and `${env:NAME}` by the variable of the
/// environment, `${NAME:-default}` by the default where that is not set or empty, `${file:PATH}` by what the
/// file holds, without a newline at its end; `$$` is `$`. What comes in place of a reference is not looked
/// at again. A variable that is not set is an empty text (specification: configuration/data-model.md#
/// environment-variable-substitution; files are an addition). Null where there is nothing to replace; a
/// complaint where the text would be longer than `most`. Like getenv.
[[nodiscard]] std::variant<std::optional<std::string>, Complaint> substituted(std::string_view text,
                                                                              std::size_t most);

}  // namespace ergon::inline v0::config
