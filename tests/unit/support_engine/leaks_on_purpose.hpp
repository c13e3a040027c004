#pragma once

#if defined(ERGON_SANITIZED_ADDRESS)
#include <sanitizer/lsan_interface.h>
#endif

namespace ergon::test {

/// What is allocated in this scope may be leaked: the child of a fork leaves much of its parent's alone.
class [[maybe_unused]] LeaksOnPurpose {
#if defined(ERGON_SANITIZED_ADDRESS)
 public:
  LeaksOnPurpose() { __lsan_disable(); }
  LeaksOnPurpose(const LeaksOnPurpose&) = delete;
  LeaksOnPurpose& operator=(const LeaksOnPurpose&) = delete;
  ~LeaksOnPurpose() { __lsan_enable(); }
#endif
};

}  // namespace ergon::test
