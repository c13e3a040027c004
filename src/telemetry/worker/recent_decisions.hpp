#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace ergon::inline v0::telemetry {

/// What was decided of the latest local roots, by their keys, for spans that end after them. It remembers
/// `at_least` of them, and twice as many at most: two tables that are only added to, of which the older is
/// emptied when the newer is half full. The worker's alone.
class RecentDecisions {
 public:
  static constexpr std::uint64_t kMostValue = 7;

  /// At most so many bytes.
  explicit RecentDecisions(std::size_t bytes)
      : newer_(std::bit_floor(std::max(bytes / 2 / sizeof(std::uint64_t), std::size_t{2}))),
        older_(newer_.size()) {}

  [[nodiscard]] std::size_t at_least() const { return newer_.size() / 2; }

  /// The value is from 1 to kMostValue; a later one of the same key counts.
  void put(std::uint64_t key, std::uint64_t value) {
    if (used_ == at_least()) {
      std::swap(newer_, older_);
      std::ranges::fill(newer_, 0);
      used_ = 0;
    }
    std::uint64_t& slot = newer_[place_of(newer_, key)];
    if (slot == 0) ++used_;
    slot = (key & ~kMostValue) | value;
  }

  /// 0: not known.
  [[nodiscard]] std::uint64_t find(std::uint64_t key) const {
    const std::uint64_t value = newer_[place_of(newer_, key)] & kMostValue;
    return value != 0 ? value : older_[place_of(older_, key)] & kMostValue;
  }

 private:
  // A key but for its last bits, and in their place the value; 0 is free.
  using Table = std::vector<std::uint64_t>;

  // Where the key is, or may be put.
  static std::size_t place_of(const Table& table, std::uint64_t key) {
    const std::size_t mask = table.size() - 1;
    std::size_t at = static_cast<std::size_t>(key * 0x9E3779B97F4A7C15U >> 32U) & mask;
    while (table[at] != 0 && (table[at] | kMostValue) != (key | kMostValue)) at = (at + 1) & mask;
    return at;
  }

  Table newer_;
  Table older_;
  std::size_t used_{0};  // slots of the newer
};

}  // namespace ergon::inline v0::telemetry
