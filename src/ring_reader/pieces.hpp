#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "ring_reader/ring_file.hpp"

namespace ergon::inline v0::ring_reader {

/// Takes pieces off the front of bytes that may be fewer than they claim.
class Pieces {
 public:
  /// `when_short`, a literal, is what is thrown as a RingFileError then.
  Pieces(std::string_view rest, const char* when_short) : rest_(rest), when_short_(when_short) {}

  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }
  [[nodiscard]] std::string_view take(std::size_t size) {
    if (size > rest_.size()) throw RingFileError(when_short_);
    const std::string_view piece = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return piece;
  }
  template <class T>
  [[nodiscard]] T take() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    const std::string_view bytes = take(sizeof value);
    std::memcpy(&value, bytes.data(), bytes.size());
    return value;
  }

 private:
  std::string_view rest_;
  const char* when_short_;
};

}  // namespace ergon::inline v0::ring_reader
