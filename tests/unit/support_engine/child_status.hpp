#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/support_engine/leaks_on_purpose.hpp"

namespace ergon::test {

/// The exit status of a forked child, which is what `act` answers there. One that hangs is killed, which
/// fails the test.
template <class Act>
int child_status(Act act) {
  constexpr unsigned kPatience = 30;  // seconds
  const LeaksOnPurpose leaks;
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(kPatience);
    ::_exit(act());
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "it hung";
  return WEXITSTATUS(status);
}

}  // namespace ergon::test
