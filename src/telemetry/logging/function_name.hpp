#pragma once

#include <string_view>

namespace ergon::inline v0::telemetry {

/// The qualified name, without return type, parameters and template arguments of the call, of what
/// std::source_location names a function: `shop::Orders::charge` of `void shop::Orders::charge(int) const`.
[[nodiscard]] std::string_view function_name_of(std::string_view signature);

}  // namespace ergon::inline v0::telemetry
