#include "base/process_usage.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace ergon::base {
namespace {

TEST(ProcessUsage, GrowsWithWhatTheProcessDoes) {
  const auto before = process_times().value_or(ProcessTimes{});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  const auto used = [&] {
    const auto now = process_times().value_or(ProcessTimes{});
    return now.user + now.system - before.user - before.system;
  };
  while (used() < std::chrono::milliseconds(20) && std::chrono::steady_clock::now() < deadline) {
  }
  EXPECT_GE(used(), std::chrono::milliseconds(20));
  EXPECT_GE(before.minor_faults, 1);
  EXPECT_GE(before.major_faults, 0);
  EXPECT_GE(before.voluntary_switches + before.involuntary_switches, 0);
}

TEST(ProcessUsage, KnowsItsMemory) {
  const auto memory = process_memory();
  ASSERT_TRUE(memory);
  EXPECT_GT(memory->resident_bytes, 100'000);
  EXPECT_GT(memory->virtual_bytes, memory->resident_bytes);
}

TEST(ProcessUsage, CountsThreadsAndItsAge) {
  const auto before = process_life();
  ASSERT_TRUE(before);
  EXPECT_GE(before->threads, 1);
  EXPECT_GE(before->age.count(), 0);
  EXPECT_LT(before->age, std::chrono::hours(24));
  std::atomic<bool> is_seen{false};
  std::thread another([&] { is_seen.wait(false); });
  const auto during = process_life();
  is_seen = true;
  is_seen.notify_all();
  another.join();
  ASSERT_TRUE(during);
  EXPECT_EQ(during->threads, before->threads + 1);
  EXPECT_GE(during->age, before->age);
}

TEST(ProcessUsage, CountsOpenDescriptors) {
  const auto before = open_descriptors();
  ASSERT_TRUE(before);
  EXPECT_GE(*before, 0);
  const int one = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const auto during = open_descriptors();
  ::close(one);
  EXPECT_EQ(during, *before + 1);
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace ergon::base
