#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ergon::inline v0::detail {

// Limits of texts that outsiders make, in bytes.
inline constexpr std::size_t kLongestReason = 4'096;
inline constexpr std::size_t kLongestPath = 200;

/// UTF-8 text of at most `limit` bytes: all of it, or its beginning, whole characters, and `…`.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t limit);

}  // namespace ergon::inline v0::detail
