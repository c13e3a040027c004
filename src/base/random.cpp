#include "base/random.hpp"

#include <sys/random.h>

#include "base/hex.hpp"
#include "base/ticks.hpp"

namespace ergon::inline v0::base {

void fill_from_kernel(void* buffer, std::size_t size) noexcept {
  auto* at = static_cast<std::byte*>(buffer);
  while (size > 0) {
    const ssize_t taken = getrandom(at, size, 0);
    if (taken <= 0) break;
    at += taken;
    size -= static_cast<std::size_t>(taken);
  }
  for (std::uint64_t seed = monotonic_nanoseconds() ^ reinterpret_cast<std::uintptr_t>(&seed); size > 0;
       --size) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    *at++ = static_cast<std::byte>(seed >> 56U);
  }
}

std::string make_uuid_v4() {
  std::array<std::uint8_t, 16> bytes{};
  fill_from_kernel(bytes.data(), bytes.size());
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);
  std::string text = to_hex(bytes.data(), bytes.size());
  for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, 1, '-');
  return text;
}

void IdGenerator::seed_from_kernel() noexcept { fill_from_kernel(state_.data(), sizeof state_); }

}  // namespace ergon::inline v0::base
