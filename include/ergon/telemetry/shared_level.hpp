#pragma once

#include <cstdint>

#include <ergon/config/level.hpp>

namespace ergon::inline v0::detail {

// A level that any thread may read or change; relaxed. <atomic> would be dear in every program.
class SharedLevel {
 public:
  constexpr SharedLevel(Level level) noexcept : level_(static_cast<std::uint8_t>(level)) {}
  [[nodiscard]] Level load() const noexcept {
    return static_cast<Level>(__atomic_load_n(&level_, __ATOMIC_RELAXED));
  }
  void store(Level level) noexcept {
    __atomic_store_n(&level_, static_cast<std::uint8_t>(level), __ATOMIC_RELAXED);
  }

 private:
  std::uint8_t level_;
};

}  // namespace ergon::inline v0::detail
