#pragma once

#include <string_view>

namespace ergon::inline v0::base {

/// Whether the whole text is as the pattern says: `*` stands for any number of characters, none included, `?`
/// for one; the rest for itself, case and all.
[[nodiscard]] bool matches_wildcard(std::string_view pattern, std::string_view text) noexcept;

}  // namespace ergon::inline v0::base
