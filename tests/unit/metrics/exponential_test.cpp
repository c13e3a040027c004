#include "telemetry/metrics/exponential.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

#include "telemetry/metrics/exponential_cell.hpp"
#include "telemetry/record/recording_state.hpp"

namespace ergon::telemetry {
namespace {

using Counts = std::vector<std::uint64_t>;

struct DestroyCell {
  void operator()(Cell* cell) const { destroy_cell(cell); }
};
using OwnedCell = std::unique_ptr<ExponentialCell, DestroyCell>;

OwnedCell cell_of(std::uint32_t max_size = 160, std::int32_t max_scale = 20) {
  g_budget.set_limit(64U << 20U);
  return OwnedCell(make_exponential_cell(max_size, max_scale));
}

std::int32_t index_at(double value, std::int32_t scale) {
  return static_cast<std::int32_t>(std::int64_t{exponential_index(value)} >> (kMostScale - scale));
}

std::uint64_t total_of(const ExponentialBuckets& buckets) {
  return std::accumulate(buckets.counts.begin(), buckets.counts.end(), std::uint64_t{0});
}

// Where 2^scale is 1 or less, bounds are powers of two, and a value's exponent says it all.
TEST(ExponentialIndex, IsTheExponentAtScaleZero) {
  EXPECT_EQ(index_at(1.0, 0), -1) << "a bound belongs to the bucket below it";
  EXPECT_EQ(index_at(1.5, 0), 0);
  EXPECT_EQ(index_at(2.0, 0), 0);
  EXPECT_EQ(index_at(2.000001, 0), 1);
  EXPECT_EQ(index_at(4.0, 0), 1);
  EXPECT_EQ(index_at(0.5, 0), -2);
  EXPECT_EQ(index_at(0.75, 0), -1);
}

TEST(ExponentialIndex, HoldsAtThePowersOfTwoOfEveryScale) {
  for (int exponent = -1'022; exponent <= 1'023; ++exponent) {
    const double bound = std::ldexp(1.0, exponent);
    for (std::int32_t scale = 0; scale <= kMostScale; scale += 5) {
      const std::int32_t first_above = exponent * (std::int32_t{1} << scale);
      EXPECT_EQ(index_at(bound, scale), first_above - 1) << exponent;
      EXPECT_EQ(index_at(std::nextafter(bound, HUGE_VAL), scale), first_above) << exponent;
      EXPECT_EQ(index_at(std::nextafter(bound, 0.0), scale), first_above - 1) << exponent;
    }
  }
}

TEST(ExponentialIndex, TakesTheLeastAndTheGreatestDouble) {
  EXPECT_EQ(index_at(std::numeric_limits<double>::denorm_min(), 0), -1'075);
  EXPECT_EQ(index_at(std::numeric_limits<double>::min(), 0), -1'023);
  EXPECT_EQ(index_at(std::numeric_limits<double>::max(), 0), 1'023);
}

// Exact arithmetic: at scale s the bound of bucket i is 2^(i / 2^s), and v > 2^(i / 2^s) just where
// v^(2^s) > 2^i. For small s and integers v both sides are whole numbers.
TEST(ExponentialIndex, AgreesWithExactArithmeticOfWholeNumbers) {
  __extension__ using Wide = unsigned __int128;
  for (std::int32_t scale = 0; scale <= 3; ++scale) {
    const int power = 1 << scale;
    for (std::uint64_t value = 2; value < 4'000; ++value) {
      Wide raised = 1;
      for (int i = 0; i < power; ++i) raised *= value;
      std::int32_t expected = -1;  // the greatest i with 2^i < raised
      while (Wide{1} << (expected + 1) < raised) ++expected;
      ASSERT_EQ(index_at(static_cast<double>(value), scale), expected) << value << " at " << scale;
    }
  }
}

// The same of any doubles by more digits than a double has.
TEST(ExponentialIndex, AgreesWithLongDoublesAtTheGreatestScale) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> exponents(-1'000, 1'000);
  for (int i = 0; i < 20'000; ++i) {
    const double value = std::exp2(exponents(random));
    int exponent = 0;
    const double mantissa = std::frexp(value, &exponent);
    const long double position =
        (static_cast<long double>(exponent) + std::log2(static_cast<long double>(mantissa))) *
        (1 << kMostScale);
    ASSERT_NEAR(static_cast<double>(exponential_index(value)), static_cast<double>(std::ceil(position) - 1),
                1)
        << value;
    if (std::abs(position - std::nearbyint(position)) < 1e-6L) continue;
    ASSERT_EQ(exponential_index(value), static_cast<std::int32_t>(std::ceil(position) - 1)) << value;
  }
}

TEST(ExponentialCell, KeepsTheGreatestScaleForASingleValue) {
  const OwnedCell cell = cell_of();
  for (int i = 0; i < 5; ++i) cell->record(3.7);
  const ExponentialHistogram read = cell->read();
  EXPECT_EQ(read.scale, 20);
  EXPECT_EQ(read.positive.counts, (Counts{5}));
  EXPECT_EQ(read.positive.offset, exponential_index(3.7));
  EXPECT_EQ(read.minimum, 3.7);
  EXPECT_EQ(read.maximum, 3.7);
}

TEST(ExponentialCell, KeepsZeroAndTheSignsApart) {
  const OwnedCell cell = cell_of(160, 0);
  for (const double value : {0.0, -0.0, 1.5, -3.0, -3.5, 3.0}) cell->record(value);
  const ExponentialHistogram read = cell->read();
  EXPECT_EQ(read.count, 6U);
  EXPECT_EQ(read.zero_count, 2U);
  EXPECT_EQ(read.positive.offset, 0);
  EXPECT_EQ(read.positive.counts, (Counts{1, 1}));
  EXPECT_EQ(read.negative.offset, 1);
  EXPECT_EQ(read.negative.counts, (Counts{2}));
  EXPECT_EQ(read.sum, -2);
}

TEST(ExponentialCell, TakesInWhateverDoublesThereAre) {
  const OwnedCell cell = cell_of(2, 20);
  const std::vector<double> values{std::numeric_limits<double>::denorm_min(), 1,
                                   std::numeric_limits<double>::max()};
  for (const double value : values) {
    cell->record(value);
    cell->record(-value);
  }
  const ExponentialHistogram read = cell->read();
  EXPECT_EQ(total_of(read.positive), 3U);
  EXPECT_EQ(total_of(read.negative), 3U);
  EXPECT_LE(read.positive.counts.size(), 2U);
  EXPECT_LE(read.negative.counts.size(), 2U);
}

TEST(ExponentialCell, AbsorbsOneOfAnotherScale) {
  const OwnedCell fine = cell_of(10);
  const OwnedCell coarse = cell_of(10);
  for (const double value : {1.0, 1.001, 0.0}) fine->record(value);
  for (const double value : {-8.0, 1.0, 1e6}) coarse->record(value);
  const std::int32_t scale = coarse->read().scale;
  fine->absorb(*coarse);
  const ExponentialHistogram read = fine->read();
  EXPECT_EQ(read.count, 6U);
  EXPECT_EQ(read.zero_count, 1U);
  EXPECT_LE(read.scale, scale);
  EXPECT_EQ(total_of(read.positive), 4U);
  EXPECT_EQ(total_of(read.negative), 1U);
  EXPECT_EQ(read.minimum, -8);
  EXPECT_EQ(read.maximum, 1e6);
}

TEST(ExponentialCell, LessensItsScaleWhereTheBudgetHasNoRoom) {
  const OwnedCell cell = cell_of(160);
  g_budget.set_limit(0);
  for (int i = 1; i <= 100; ++i) cell->record(i);
  const ExponentialHistogram read = cell->read();
  g_budget.set_limit(64U << 20U);
  EXPECT_EQ(total_of(read.positive), 100U);
  EXPECT_LE(read.positive.counts.size(), 8U);
}

// Against a map from buckets at the greatest scale to counts, which knows nothing of arrays and scales.
class Reference {
 public:
  void record(double value) {
    if (value == 0) {
      ++zero;
    } else {
      ++(value > 0 ? positive : negative)[exponential_index(std::abs(value))];
    }
  }
  [[nodiscard]] static std::map<std::int64_t, std::uint64_t> at_scale(
      const std::map<std::int32_t, std::uint64_t>& counts, std::int32_t scale) {
    std::map<std::int64_t, std::uint64_t> coarse;
    for (const auto& [index, count] : counts) coarse[std::int64_t{index} >> (kMostScale - scale)] += count;
    return coarse;
  }
  // The greatest scale at which neither sign has more than so many buckets from the first to the last.
  [[nodiscard]] std::int32_t ideal_scale(std::int64_t max_size) const {
    for (std::int32_t scale = kMostScale;; --scale) {
      const auto fits = [&](const auto& counts) {
        const auto coarse = at_scale(counts, scale);
        return coarse.empty() || coarse.rbegin()->first - coarse.begin()->first + 1 <= max_size;
      };
      if (fits(positive) && fits(negative)) return scale;
    }
  }

  std::map<std::int32_t, std::uint64_t> positive;
  std::map<std::int32_t, std::uint64_t> negative;
  std::uint64_t zero{0};
};

void expect_same(const ExponentialBuckets& buckets, const std::map<std::int64_t, std::uint64_t>& expected) {
  std::map<std::int64_t, std::uint64_t> found;
  for (std::size_t i = 0; i < buckets.counts.size(); ++i) {
    if (buckets.counts[i] > 0) found[buckets.offset + static_cast<std::int64_t>(i)] = buckets.counts[i];
  }
  EXPECT_EQ(found, expected);
}

double random_value(std::mt19937_64& random, double spread) {
  std::uniform_real_distribution<double> exponents(-spread, spread);
  const double value = std::exp2(exponents(random));
  switch (random() % 8) {
    case 0:
      return 0;
    case 1:
      return -value;
    case 2:
      return std::exp2(std::floor(std::log2(value)));
    default:
      return value;
  }
}

TEST(ExponentialCell, AgreesWithAMapOfBuckets) {
  std::mt19937_64 random(21);
  for (int round = 0; round < 200; ++round) {
    const auto max_size = static_cast<std::uint32_t>(2 + random() % 200);
    const double spread = std::exp2(static_cast<double>(random() % 11)) - 0.9;
    const OwnedCell cell = cell_of(max_size);
    Reference reference;
    const int values = 1 + static_cast<int>(random() % 300);
    for (int i = 0; i < values; ++i) {
      const double value = random_value(random, spread);
      cell->record(value);
      reference.record(value);
    }
    const ExponentialHistogram read = cell->read();
    EXPECT_EQ(read.scale, reference.ideal_scale(max_size));
    EXPECT_EQ(read.zero_count, reference.zero);
    expect_same(read.positive, Reference::at_scale(reference.positive, read.scale));
    expect_same(read.negative, Reference::at_scale(reference.negative, read.scale));
    if (HasFailure()) break;
  }
}

TEST(ExponentialHistogram, MergesAndSubtractsLikeOneCell) {
  std::mt19937_64 random(22);
  for (int round = 0; round < 100; ++round) {
    const auto max_size = static_cast<std::uint32_t>(2 + random() % 160);
    const OwnedCell cells[2]{cell_of(max_size), cell_of(max_size)};
    Reference all;
    Reference later;
    ExponentialHistogram before;
    for (int i = 0; i < 200; ++i) {
      if (i == 100) {
        before.merge(cells[0]->read(), max_size);
        before.merge(cells[1]->read(), max_size);
      }
      const double value = random_value(random, 1 + static_cast<double>(random() % 500));
      cells[random() % 2]->record(value);
      all.record(value);
      if (i >= 100) later.record(value);
    }
    ExponentialHistogram total;
    total.merge(cells[0]->read(), max_size);
    total.merge(cells[1]->read(), max_size);
    EXPECT_EQ(total.count, 200U);
    EXPECT_LE(total.positive.counts.size(), max_size);
    expect_same(total.positive, Reference::at_scale(all.positive, total.scale));
    expect_same(total.negative, Reference::at_scale(all.negative, total.scale));
    total.subtract(before);
    EXPECT_EQ(total.count, 100U);
    EXPECT_EQ(total.zero_count, later.zero);
    expect_same(total.positive, Reference::at_scale(later.positive, total.scale));
    expect_same(total.negative, Reference::at_scale(later.negative, total.scale));
    if (HasFailure()) break;
  }
}

TEST(ExponentialCell, ReadsAsOfOneMomentConcurrentSafe) {
  const OwnedCell cell = cell_of(20);
  std::thread writer([&] {
    std::mt19937_64 random(23);
    for (int i = 0; i < 50'000; ++i) cell->record(random_value(random, 1 + i / 100.0));
  });
  std::uint64_t last = 0;
  while (last < 50'000 && !::testing::Test::HasFailure()) {
    const ExponentialHistogram read = cell->read();
    EXPECT_EQ(read.zero_count + total_of(read.positive) + total_of(read.negative), read.count);
    EXPECT_GE(read.count, last);
    last = read.count;
  }
  writer.join();
}

}  // namespace
}  // namespace ergon::telemetry
