#pragma once

#include <ergon/config/level.hpp>

/// The least level that a source file logs at all, by its name: `-DERGON_MIN_LEVEL=warning`. Calls below it
/// compile to nothing; their arguments are evaluated all the same, as those of any function. Files with
/// different ones may be linked together.
#if !defined(ERGON_MIN_LEVEL)
#define ERGON_MIN_LEVEL trace
#endif

namespace ergon::inline v0 {

// For the compiler to show with its error, which says less.
static_assert(Level::ERGON_MIN_LEVEL <= Level::off);  // trace, debug, info, warning, error, critical or off

}  // namespace ergon::inline v0
