#include <ergon/connectors/jsonl.hpp>

#include <gtest/gtest.h>

#include <sys/mman.h>
#include <sys/time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <fstream>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/temporary_folder.hpp"
#include "unit/connectors/processes/child.hpp"

// Processes that read one file and die of a signal that nothing can catch, at any point.
namespace ergon::test {
namespace {

// How often each line was processed, in memory that outlives the processes.
class SharedCounts {
 public:
  explicit SharedCounts(std::size_t lines) : size_(lines * sizeof(std::atomic<int>)) {
    void* const memory = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("mmap");
    counts_ = {static_cast<std::atomic<int>*>(memory), lines};
  }
  SharedCounts(const SharedCounts&) = delete;
  SharedCounts& operator=(const SharedCounts&) = delete;
  ~SharedCounts() { ::munmap(counts_.data(), size_); }

  void processed(const RawTransaction& transaction) { ++counts_[transaction.line - 1]; }
  [[nodiscard]] long lost() const {
    return std::ranges::count_if(counts_, [](const auto& times) { return times == 0; });
  }
  [[nodiscard]] long repeated() const {
    return std::ranges::count_if(counts_, [](const auto& times) { return times > 1; });
  }

 private:
  std::size_t size_;
  std::span<std::atomic<int>> counts_;
};

class WorkerDeaths : public ::testing::Test {
 protected:
  void write_lines(std::size_t count) const {
    std::ofstream file(path("in"));
    for (std::size_t line = 1; line <= count; ++line) file << line << '\n';
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path() / name; }
  [[nodiscard]] JsonlConnector::Options options() const {
    return {.path = path("in"), .offsets = path("offsets")};
  }
  // Until there are none left.
  void work(SharedCounts& counts, std::size_t limit, unsigned nack_every = 0) const {
    JsonlConnector connector(options());
    connector.init();
    unsigned seen = 0;
    for (auto batch = connector.fetch(limit); !batch.empty(); batch = connector.fetch(limit)) {
      for (const RawTransaction& one : batch) {
        if (nack_every != 0 && ++seen % nack_every == 0) {
          connector.nack(one, Requeue::yes);
        } else {
          counts.processed(one);
          connector.ack(one);
        }
      }
    }
  }

  TemporaryFolder folder_;
};

TEST_F(WorkerDeaths, GiveBackWhatWasNotSettled) {
  write_lines(10);
  Child child([&] {
    JsonlConnector connector(options());
    connector.init();
    connector.ack(connector.fetch(5).at(1));
  });
  ASSERT_EQ(child.wait(), 0);
  JsonlConnector connector(options());
  connector.init();
  std::vector<std::uint64_t> lines;
  for (auto batch = connector.fetch(10); !batch.empty(); batch = connector.fetch(10)) {
    for (const RawTransaction& one : batch) {
      lines.push_back(one.line);
      EXPECT_EQ(one.deliveries, one.line <= 5 ? 2 : 1);
    }
  }
  EXPECT_EQ(lines, (std::vector<std::uint64_t>{1, 3, 4, 5, 6, 7, 8, 9, 10}));
}

TEST_F(WorkerDeaths, LeaveALockThatOthersCanTake) {
  write_lines(3);
  Child child([&] {
    static JsonlConnector connector(options());
    connector.init();
    std::jthread fetching([] { static_cast<void>(connector.fetch(1)); });
    ::kill(::getpid(), SIGKILL);
  });
  EXPECT_TRUE(WIFSIGNALED(child.wait()));
  SharedCounts counts(3);
  work(counts, 2);
  EXPECT_EQ(counts.lost(), 0);
}

TEST_F(WorkerDeaths, GiveEachLineToOneOfThoseThatLive) {
  constexpr std::size_t kLines = 50'000;
  write_lines(kLines);
  SharedCounts counts(kLines);
  const auto start = std::chrono::steady_clock::now();
  {
    std::deque<Child> children;
    for (int i = 0; i < 3; ++i) {
      children.emplace_back([&] {
        JsonlConnector connector(options());
        connector.init();
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread) {
          threads.emplace_back([&] {
            for (auto batch = connector.fetch(100); !batch.empty(); batch = connector.fetch(100)) {
              for (const RawTransaction& one : batch) {
                counts.processed(one);
                connector.ack(one);
              }
            }
          });
        }
      });
    }
    for (Child& child : children) EXPECT_EQ(child.wait(), 0);
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  RecordProperty("seconds", std::to_string(taken.count()));
  EXPECT_EQ(counts.lost(), 0);
  EXPECT_EQ(counts.repeated(), 0);
}

// An alarm that nobody handles ends a process as a kill does, and comes after so many microseconds.
void die_in(std::chrono::microseconds time) {
  const itimerval timer{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_usec = time.count()}};
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

// Each at a random time, three at a time, with all sizes of batches, so that claims are split and moved.
TEST_F(WorkerDeaths, LoseNothing) {
  constexpr std::size_t kLines = 300'000;
  constexpr int kDeaths = 300;
  write_lines(kLines);
  SharedCounts counts(kLines);
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  int killed = 0;
  std::deque<Child> children;
  for (int deaths = 0; deaths < kDeaths; ++deaths) {
    const std::chrono::microseconds time(200 + random() % 3'000);
    const std::size_t limit = 1 + random() % 100;
    const auto nack_every = static_cast<unsigned>(3 + random() % 5);
    children.emplace_back([&] {
      die_in(time);
      work(counts, limit, nack_every);
    });
    if (children.size() < 3) continue;
    killed += WIFSIGNALED(children.front().wait()) ? 1 : 0;
    children.pop_front();
  }
  children.clear();
  work(counts, 64);
  EXPECT_EQ(counts.lost(), 0);
  RecordProperty("killed", killed);
  RecordProperty("repeated", std::to_string(counts.repeated()));
}

}  // namespace
}  // namespace ergon::test
