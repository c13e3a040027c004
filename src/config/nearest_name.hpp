#pragma once

#include <span>
#include <string_view>

namespace ergon::inline v0::config {

/// The one of `names` that was probably meant by `written`: fewest typing mistakes (a letter too many, too
/// few, wrong, or two swapped; case does not count), and not more than a third of it. Empty if there is none.
[[nodiscard]] std::string_view nearest_name(std::string_view written,
                                            std::span<const std::string_view> names);

}  // namespace ergon::inline v0::config
