#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>

namespace ergon::inline v0::base {

/// Fills the buffer from the kernel's generator; falls back to clock and address bits where that fails.
void fill_from_kernel(void* buffer, std::size_t size) noexcept;

/// A random UUID, version 4, in lower case.
[[nodiscard]] std::string make_uuid_v4();

/// xoshiro256++ (Blackman, Vigna): the generator of ids, one per recording thread, seeded by the kernel.
class IdGenerator {
 public:
  void seed_from_kernel() noexcept;

  [[nodiscard]] std::uint64_t next() noexcept {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Never zero, as the id of a span or half of the id of a trace must be.
  [[nodiscard]] std::uint64_t next_id() noexcept {
    std::uint64_t id = next();
    while (id == 0) [[unlikely]]
      id = next();
    return id;
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace ergon::inline v0::base
