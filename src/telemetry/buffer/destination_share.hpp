#pragma once

#include <algorithm>
#include <cstddef>

#include "telemetry/buffer/memory_budget.hpp"

namespace ergon::inline v0::telemetry {

/// What one destination holds of the budget: first its own part, then of the common part. The worker's alone.
class DestinationShare {
 public:
  /// One of so many destinations, for records of this signal.
  DestinationShare(MemoryBudget& budget, Signal signal, std::size_t destinations) noexcept
      : budget_(&budget), signal_(signal), destinations_(destinations) {}

  [[nodiscard]] bool try_take(std::size_t bytes) noexcept {
    const std::size_t more = missing(bytes);
    if (more > 0 && !budget_->try_take(signal_, more)) return false;
    common_ += more;
    used_ += bytes;
    budget_->add_own(bytes - more);
    return true;
  }

  void give_back(std::size_t bytes) noexcept {
    const std::size_t of_common = std::min(common_, bytes);
    if (of_common > 0) budget_->give_back(signal_, of_common);
    common_ -= of_common;
    used_ -= bytes;
    budget_->remove_own(bytes - of_common);
  }

  /// Whether so much could be taken now.
  [[nodiscard]] bool has_room(std::size_t bytes) const noexcept {
    return missing(bytes) <= budget_->room(signal_);
  }
  [[nodiscard]] std::size_t used() const noexcept { return used_; }

 private:
  // What has to come from the common part for so many bytes more.
  [[nodiscard]] std::size_t missing(std::size_t bytes) const noexcept {
    const std::size_t own = budget_->own_part(destinations_);
    const std::size_t own_used = used_ - common_;
    return bytes - std::min(bytes, own - std::min(own, own_used));
  }

  MemoryBudget* budget_;
  Signal signal_;
  std::size_t destinations_;
  std::size_t used_{0};
  std::size_t common_{0};  // of `used_`
};

}  // namespace ergon::inline v0::telemetry
