#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <ergon/task/transaction.hpp>

namespace ergon::inline v0::detail {

/// Transactions that wait, each with a number that only grows as its delivery tag: one that is put back keeps
/// its own. Any thread.
class MemoryQueue {
 public:
  explicit MemoryQueue(std::size_t capacity) : capacity_(capacity) {}

  /// All or none; false where they are too many.
  [[nodiscard]] bool try_append(std::vector<RawTransaction> transactions) {
    const std::lock_guard lock(mutex_);
    if (transactions.size() > capacity_ - std::min(capacity_, waiting_.size())) return false;
    for (RawTransaction& transaction : transactions) append_one(std::move(transaction));
    return true;
  }
  void append_dropping_oldest(RawTransaction transaction) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= capacity_) waiting_.pop_front();
    append_one(std::move(transaction));
  }
  /// To the end, as delivered once more.
  void put_back(RawTransaction transaction) {
    const std::lock_guard lock(mutex_);
    ++transaction.deliveries;
    waiting_.push_back(std::move(transaction));
  }

  /// The first ones whose number is at most `last`.
  [[nodiscard]] std::vector<RawTransaction> take(std::size_t limit, std::uint64_t last) {
    std::vector<RawTransaction> taken;
    const std::lock_guard lock(mutex_);
    for (auto one = waiting_.begin(); one != waiting_.end() && taken.size() < limit;) {
      if (one->delivery_tag > last) {
        ++one;
        continue;
      }
      taken.push_back(std::move(*one));
      one = waiting_.erase(one);
    }
    return taken;
  }
  [[nodiscard]] std::optional<RawTransaction> take_by_id(std::string_view id) {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(waiting_, id, &RawTransaction::id);
    if (found == waiting_.end()) return std::nullopt;
    RawTransaction taken = std::move(*found);
    waiting_.erase(found);
    return taken;
  }

  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }
  [[nodiscard]] std::uint64_t last_number() const {
    const std::lock_guard lock(mutex_);
    return last_number_;
  }

 private:
  void append_one(RawTransaction transaction) {
    transaction.delivery_tag = ++last_number_;
    transaction.deliveries = 1;
    waiting_.push_back(std::move(transaction));
  }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::deque<RawTransaction> waiting_;  // under the mutex, as is the number
  std::uint64_t last_number_{0};
};

}  // namespace ergon::inline v0::detail
