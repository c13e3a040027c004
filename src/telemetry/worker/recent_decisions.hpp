#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

namespace ergon::telemetry {

/// What was decided of the latest local roots, by their keys, for spans that end after them: of so many at
/// least, and of twice as many at most. The worker's alone.
template <class Decision>
class RecentDecisions {
 public:
  static constexpr std::size_t kBytes = 64;  // of one, with its place in the table, at most

  explicit RecentDecisions(std::size_t at_least) : at_least_(at_least) {}

  void put(std::uint64_t key, const Decision& decision) {
    if (newer_.size() >= at_least_) older_ = std::exchange(newer_, {});
    newer_.insert_or_assign(key, decision);
  }

  [[nodiscard]] const Decision* find(std::uint64_t key) const {
    for (const auto* decisions : {&newer_, &older_}) {
      if (const auto found = decisions->find(key); found != decisions->end()) return &found->second;
    }
    return nullptr;
  }

 private:
  std::size_t at_least_;
  std::unordered_map<std::uint64_t, Decision> newer_;
  std::unordered_map<std::uint64_t, Decision> older_;
};

}  // namespace ergon::telemetry
