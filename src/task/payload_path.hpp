#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "task/shortened.hpp"

namespace ergon::inline v0::detail {

/// Where in a payload the decoder is: a chain of stack frames, written out only when something is wrong.
struct PayloadPath {
  const PayloadPath* parent{nullptr};
  std::string_view key{};
  std::size_t index{0};  // of an array's element, where the key is empty

  /// `customer.addresses[2].city`, shortened to kLongestPath bytes; empty at the top.
  [[nodiscard]] std::string text() const { return shortened(whole(), kLongestPath); }

 private:
  [[nodiscard]] std::string whole() const {
    if (parent == nullptr) return {};
    const std::string above = parent->whole();
    if (key.empty()) return above + '[' + std::to_string(index) + ']';
    return above.empty() ? std::string(key) : above + '.' + std::string(key);
  }
};

}  // namespace ergon::inline v0::detail
