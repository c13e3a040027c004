#pragma once

#include <gtest/gtest.h>

#include <cstdlib>

namespace ergon::test {

/// Runs the scenario in a new process of this executable, where no session was ever started and nothing was
/// recorded. Failed expectations there fail this test, and so does a standard error that is not as said.
inline void run_in_fresh_process(void (*scenario)(), const char* said = "") {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        scenario();
        std::exit(::testing::Test::HasFailure() ? 1 : 0);
      },
      ::testing::ExitedWithCode(0), said);
}

}  // namespace ergon::test
