#pragma once

#include <atomic>
#include <cstdint>

namespace ergon::inline v0::telemetry {

/// What the worker asks of the program's own code, which may never answer.
class OpenQuestion {
 public:
  /// Answers what `question` does. The worker's alone.
  template <class Question>
  auto ask(Question question) {
    const Step step(steps_);
    return question();
  }

  /// The number of the question that is not answered yet; 0 when there is none. Any thread.
  [[nodiscard]] std::uint64_t number() const noexcept {
    const std::uint64_t steps = steps_.load(std::memory_order_relaxed);
    return steps % 2 == 0 ? 0 : steps;
  }

 private:
  // One when a question is asked, one when it is answered. Relaxed: nothing else is learned from them.
  struct Step {
    explicit Step(std::atomic<std::uint64_t>& its_steps) noexcept : steps(its_steps) { take(); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    ~Step() { take(); }

    void take() const noexcept { steps.fetch_add(1, std::memory_order_relaxed); }
    std::atomic<std::uint64_t>& steps;
  };

  std::atomic<std::uint64_t> steps_{0};
};

}  // namespace ergon::inline v0::telemetry
