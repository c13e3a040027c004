#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ergon::test {

/// What a check found wrong: all is counted, the first few are told. A test expects `empty()` and prints it.
class Complaints {
 public:
  void add(std::string complaint) {
    ++count_;
    if (told_.size() < kMostTold) told_.push_back(std::move(complaint));
  }

  /// Adds "where: what" unless it holds; answers whether it does.
  bool expect(bool holds, std::string_view where, std::string_view what) {
    if (!holds) add(std::string(where) + ": " + std::string(what));
    return holds;
  }

  void merge(const Complaints& others) {
    for (const std::string& complaint : others.told_) add(complaint);
    count_ += others.count_ - others.told_.size();
  }

  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t size() const { return count_; }

  friend std::ostream& operator<<(std::ostream& out, const Complaints& complaints) {
    out << complaints.count_ << " complaints";
    for (const std::string& complaint : complaints.told_) out << "\n  " << complaint;
    if (complaints.count_ > complaints.told_.size()) out << "\n  …";
    return out;
  }

 private:
  static constexpr std::size_t kMostTold = 12;

  std::size_t count_ = 0;
  std::vector<std::string> told_;
};

}  // namespace ergon::test
