#include "base/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <regex>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace ergon::base {
namespace {

// Blackman and Vigna's xoshiro256plusplus.c, started from {1, 2, 3, 4}.
TEST(IdGenerator, IsXoshiro256PlusPlus) {
  constexpr std::array<std::uint64_t, 10> kReference{41943041U,
                                                     58720359U,
                                                     3588806011781223U,
                                                     3591011842654386U,
                                                     9228616714210784205U,
                                                     9973669472204895162U,
                                                     14011001112246962877U,
                                                     12406186145184390807U,
                                                     15849039046786891736U,
                                                     10450023813501588000U};
  auto ids = std::bit_cast<IdGenerator>(std::array<std::uint64_t, 4>{1, 2, 3, 4});
  for (const std::uint64_t expected : kReference) EXPECT_EQ(ids.next(), expected);
}

// Started so that the first value is zero: state[0] + state[3] = 0 and state[0] = 0.
TEST(IdGenerator, NeverAnswersZero) {
  const auto seeded = std::bit_cast<IdGenerator>(std::array<std::uint64_t, 4>{0, 7, 9, 0});
  IdGenerator raw = seeded;
  ASSERT_EQ(raw.next(), 0U);
  IdGenerator ids = seeded;
  for (int i = 0; i < 1'000; ++i) EXPECT_NE(ids.next_id(), 0U);
}

TEST(IdGenerator, RepeatsNothingAfterReseeding) {
  std::unordered_set<std::uint64_t> seen;
  IdGenerator ids;
  for (int reseeded = 0; reseeded < 50; ++reseeded) {
    ids.seed_from_kernel();
    for (int i = 0; i < 2'000; ++i) EXPECT_TRUE(seen.insert(ids.next_id()).second);
  }
}

TEST(IdGenerator, SetsEachBitHalfOfTheTime) {
  constexpr int kDraws = 100'000;
  auto ids = std::bit_cast<IdGenerator>(std::array<std::uint64_t, 4>{11, 22, 33, 44});
  std::array<int, 64> ones{};
  for (int i = 0; i < kDraws; ++i) {
    const std::uint64_t id = ids.next();
    for (unsigned bit = 0; bit < 64; ++bit) ones[bit] += static_cast<int>((id >> bit) & 1U);
  }
  const double tolerance = 4.5 * std::sqrt(kDraws) / 2;
  for (const int count : ones) EXPECT_NEAR(count, kDraws / 2.0, tolerance);
}

TEST(Uuid, HasTheFormOfVersionFour) {
  const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    const std::string uuid = make_uuid_v4();
    EXPECT_TRUE(std::regex_match(uuid, form)) << uuid;
    EXPECT_TRUE(seen.insert(uuid).second) << uuid;
  }
}

TEST(FillFromKernel, FillsEveryByte) {
  for (const std::size_t size : {1U, 7U, 32U, 255U, 257U, 5'000U}) {
    std::vector<std::uint8_t> any(size + 1, 0);
    for (int i = 0; i < 20; ++i) {
      std::vector<std::uint8_t> bytes(size + 1, 0);
      fill_from_kernel(bytes.data(), size);
      EXPECT_EQ(bytes[size], 0) << "wrote past the end";
      for (std::size_t at = 0; at < size; ++at) any[at] |= bytes[at];
    }
    EXPECT_EQ(std::count(any.begin(), any.end() - 1, 0), 0) << size;
  }
}

}  // namespace
}  // namespace ergon::base
