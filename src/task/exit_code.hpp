#pragma once

namespace ergon::inline v0::detail {

// What a program of tasks exits with; stopped by a signal: 128 + its number (130 and 143).
inline constexpr int kExitOk = 0;
inline constexpr int kExitError = 1;
inline constexpr int kExitConfiguration = 2;
inline constexpr int kExitSignalBase = 128;

}  // namespace ergon::inline v0::detail
