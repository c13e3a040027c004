#pragma once

#include <protozero/data_view.hpp>

#include <string_view>

namespace ergon::inline v0::base {

/// protozero's view of bytes, as the standard's.
[[nodiscard]] inline std::string_view view_of(const protozero::data_view& data) noexcept {
  return {data.data(), data.size()};
}

}  // namespace ergon::inline v0::base
