#pragma once

#include <atomic>
#include <cstdint>

namespace ergon::inline v0::telemetry {

/// A seqlock without fences: data words are stored with release and loaded with acquire, so what a reader
/// accepts is of one moment. One thread writes.
class Seqlock {
 public:
  [[nodiscard]] std::uint32_t begin() noexcept {
    const std::uint32_t before = version_.load(std::memory_order_relaxed);
    version_.store(before + 1, std::memory_order_relaxed);
    return before;
  }
  void end(std::uint32_t before) noexcept { version_.store(before + 2, std::memory_order_release); }
  /// Calls `read` until no write was under way meanwhile.
  template <class Read>
  void read(Read read) const {
    for (;;) {
      const std::uint32_t before = version_.load(std::memory_order_acquire);
      if (before % 2 == 0) {
        read();
        if (version_.load(std::memory_order_relaxed) == before) return;
      }
      wait_a_little();
    }
  }

 private:
  static void wait_a_little() noexcept;
  std::atomic<std::uint32_t> version_{0};  // odd while a write is under way
};

}  // namespace ergon::inline v0::telemetry
