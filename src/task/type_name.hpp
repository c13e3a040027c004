#pragma once

#include <string>
#include <string_view>

namespace ergon::detail {

/// The name of a type as written in C++, from what `type_info::name` answers.
[[nodiscard]] std::string type_name(const char* mangled);

/// The last part of a type's name: `OrderProcessor` of `shop<int>::OrderProcessor<int>`.
[[nodiscard]] std::string unqualified(std::string_view type);

}  // namespace ergon::detail
