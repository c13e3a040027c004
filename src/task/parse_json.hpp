#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace ergon::inline v0::detail {

/// A tree of JSON text that came from outside. Throws DecodeError, with the place and a reason of bounded
/// length, on text that is no JSON or nested deeper than 64 levels.
[[nodiscard]] nlohmann::json parse_json(std::string_view text);

}  // namespace ergon::inline v0::detail
