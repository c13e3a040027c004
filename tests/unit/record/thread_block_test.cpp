#include "telemetry/record/thread_block.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

namespace ergon::telemetry {
namespace {

// In the child of a fork: the forking thread ends while another has taken the block that was its own.
[[noreturn]] void end_forking_thread_in_child() {
  ::alarm(20);
  static const pthread_t kForking = pthread_self();
  static std::atomic<ThreadBlock*> taken{nullptr};
  std::thread([] {
    taken = this_thread_block();
    taken.notify_one();
    std::thread([] {
      pthread_join(kForking, nullptr);
      ::_exit(this_thread_block() == taken ? 1 : 0);
    }).join();
  }).detach();
  taken.wait(nullptr);
  pthread_exit(nullptr);
}

TEST(ThreadRegistry, GivesNoBlockToTwoThreadsInTheChildOfAFork) {
#ifdef ERGON_SANITIZED_THREAD
  GTEST_SKIP() << "ThreadSanitizer ends the child of a threaded parent";
#endif
  pid_t child = -1;
  std::thread([&child] {
    if (this_thread_block() == nullptr) return;
    child = ::fork();
    if (child == 0) end_forking_thread_in_child();
  }).join();
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(Span, GathersNoStorageOnTheThreadThatEndsTheSpansOfOthers) {
  ergon::testing::Recorder recorder;
  std::vector<Span> spans;
  for (int i = 0; i < 1'000; ++i) spans.push_back(get_tracer("pool").start_span("started here"));
  std::thread([&] {
    spans.clear();
    EXPECT_EQ(t_thread.block->free_span_count, ThreadBlock::kMostFreeSpans);
    for (int i = 0; i < 100; ++i) spans.push_back(get_tracer("pool").start_span("takes them again"));
    EXPECT_EQ(t_thread.block->free_span_count, 0U);
  }).join();
}

}  // namespace
}  // namespace ergon::telemetry
