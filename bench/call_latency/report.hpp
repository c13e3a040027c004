#pragma once

#include <string>
#include <string_view>

#include "burst.hpp"

namespace ergon::bench {

/// `{"bench":…,"ns":…,"peer":…,"peer_ns":…,"ratio":…}`; ratio is ours to the peer's, smaller is better.
[[nodiscard]] std::string as_json(std::string_view bench, std::string_view peer,
                                  const Comparison& comparison);
[[nodiscard]] std::string as_text(std::string_view bench, std::string_view peer,
                                  const Comparison& comparison);

}  // namespace ergon::bench
