#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Keys and values as OpenTelemetry's environment variables and lists have them.
namespace ergon::inline v0::base {

using Pair = std::pair<std::string, std::string>;
using Pairs = std::vector<Pair>;

/// Without the spaces and tabs around it.
[[nodiscard]] std::string_view without_spaces(std::string_view text);

/// `key=value`, each percent-decoded and without spaces around it, which ends at the first `=`; null where
/// there is no key or a % is not followed by two hexadecimal digits.
[[nodiscard]] std::optional<Pair> decoded_pair(std::string_view text);

/// Such pairs separated by commas, in their order; null where one is none. An empty text has none.
[[nodiscard]] std::optional<Pairs> decoded_pairs(std::string_view list);

}  // namespace ergon::inline v0::base
