#pragma once

#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "script.hpp"

namespace ergon::test {

/// What exact_metrics.py reads, an object a line: `o` an operation, `v` what is observed at the next
/// collection, `c` a collection, `p` a point of it.
class Lines {
 public:
  explicit Lines(const char* path) : file_(path) {}

  /// Whether all of it was written.
  [[nodiscard]] bool finish() { return static_cast<bool>(file_.flush()); }

  void operation(const Operation& one) {
    line({{"o", static_cast<int>(one.measured)}, {"set", one.set}, {"value", one.value}});
  }
  void observed(const AllObserved& all) {
    for (std::size_t measured = kSynchronous; measured < all.size(); ++measured) {
      for (std::size_t set = 0; set < kObservedSets; ++set) {
        const Observed& one = all[measured][set];
        if (one.is_there) line({{"v", measured}, {"set", set}, {"value", one.value}});
      }
    }
  }
  void collection(std::uint32_t reader) { line({{"c", reader}}); }
  void line(const nlohmann::json& object) { file_ << object.dump() << '\n'; }

 private:
  std::ofstream file_;
};

/// `SEED OPERATIONS ROUNDS FILE`, the arguments of both programs.
struct Arguments {
  std::uint64_t seed{0};
  std::uint64_t operations{0};
  std::uint64_t rounds{0};
  const char* path{nullptr};

  Arguments(int count, char** given) {
    if (count != 5) return;
    seed = std::stoull(given[1]);
    operations = std::stoull(given[2]);
    rounds = std::stoull(given[3]);
    path = given[4];
  }
  [[nodiscard]] bool are_right() const { return path != nullptr; }
};

}  // namespace ergon::test
