#pragma once

// CMake reads the version from this line.
#define ERGON_VERSION "0.1.0"

namespace ergon::inline v0::base {

inline constexpr char kVersion[] = ERGON_VERSION;
inline constexpr char kUserAgent[] = "ergon-cpp/" ERGON_VERSION;

}  // namespace ergon::inline v0::base
