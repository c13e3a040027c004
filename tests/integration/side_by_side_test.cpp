// A console that nobody reads, a file on a full disk and a stuck exporter beside a healthy backend.

#include <gtest/gtest.h>

#include "support/child_process.hpp"
#include "support/otlp_receiver.hpp"
#include "support/temporary_folder.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;

TEST(SideBySide, TheHealthyBackendGetsEverythingInTime) {
  constexpr std::uint64_t kRecords = 20'000;  // as in programs/side_by_side.cpp
  OtlpReceiver receiver({.is_sink = true});
  const TemporaryFolder folder;
  ChildProcess program({.arguments = {ERGON_SIDE_BY_SIDE, folder.path().string(), receiver.endpoint()}});
  const auto status = program.wait(100s);
  ASSERT_TRUE(status.has_value()) << "it hangs";
  EXPECT_EQ(status->signal, 0);
  EXPECT_EQ(status->code, 0) << program.error_output();
  EXPECT_EQ(receiver.count().spans, kRecords);
  EXPECT_EQ(receiver.count().logs, kRecords);
}

}  // namespace
}  // namespace ergon::test
