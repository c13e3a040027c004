#pragma once

#include <optional>
#include <stop_token>

#include "task/loop_thread.hpp"

namespace ergon::test {

/// What a loop has of its worker.
class LoopSeat {
 public:
  explicit LoopSeat(std::optional<std::int64_t> limit = {}) : budget_(limit) {}

  [[nodiscard]] ergon::detail::LoopThread thread() {
    return {watch_.add_slot(), cell_, budget_, stop_.get_token()};
  }
  [[nodiscard]] const ergon::detail::LoopCell& cell() const noexcept { return cell_; }
  [[nodiscard]] const ergon::detail::WorkBudget& budget() const noexcept { return budget_; }
  void stop() noexcept { stop_.request_stop(); }

 private:
  ergon::detail::AttemptWatch watch_{ergon::detail::AttemptWatch::Calls{}};
  ergon::detail::LoopCell cell_;
  ergon::detail::WorkBudget budget_;
  std::stop_source stop_;
};

}  // namespace ergon::test
