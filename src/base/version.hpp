#pragma once

namespace ergon::base {

inline constexpr char kVersion[] = "0.1.0";
inline constexpr char kUserAgent[] = "ergon-cpp/0.1.0";

}  // namespace ergon::base
