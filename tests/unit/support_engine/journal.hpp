#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace ergon::test {

/// What was done, in order, by any thread: for code that a session makes, which a test can't otherwise reach.
class Journal {
 public:
  void note(std::string line) {
    const std::lock_guard guard(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    const std::lock_guard guard(mutex_);
    return lines_;
  }
  [[nodiscard]] std::ptrdiff_t count(const std::string& line) const {
    return std::ranges::count(lines(), line);
  }
  /// Waits for the line; false when it doesn't come.
  bool wait_for(const std::string& line) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20),
                             [&] { return std::ranges::find(lines_, line) != lines_.end(); });
  }
  [[nodiscard]] std::vector<std::string> take() {
    const std::lock_guard guard(mutex_);
    return std::exchange(lines_, {});
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

/// Holds up whoever passes while it is shut.
class Gate {
 public:
  void shut() { set(true); }
  void open() { set(false); }
  void pass() {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [&] { return !is_shut_; });
  }

 private:
  void set(bool is_shut) {
    const std::lock_guard guard(mutex_);
    is_shut_ = is_shut;
    opened_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable opened_;
  bool is_shut_{false};
};

}  // namespace ergon::test
