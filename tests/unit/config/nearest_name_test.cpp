#include "config/nearest_name.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace ergon::config {
namespace {

constexpr std::array<std::string_view, 4> kNames{"sampler", "processors", "resource", "id"};

TEST(NearestName, ForgivesOneMistakeInThreeLetters) {
  EXPECT_EQ(nearest_name("samplr", kNames), "sampler");
  EXPECT_EQ(nearest_name("samplerr", kNames), "sampler");
  EXPECT_EQ(nearest_name("zampler", kNames), "sampler");
  EXPECT_EQ(nearest_name("smapler", kNames), "sampler");
  EXPECT_EQ(nearest_name("PROCESSORS", kNames), "processors");
  EXPECT_EQ(nearest_name("di", kNames), "id");
}

TEST(NearestName, DoesNotGuessWildly) {
  EXPECT_EQ(nearest_name("exporter", kNames), "");
  EXPECT_EQ(nearest_name("", kNames), "");
  EXPECT_EQ(nearest_name("xy", kNames), "");
  EXPECT_EQ(nearest_name("sampler", {}), "");
}

TEST(NearestName, IgnoresNamesOfAnyLengthThatAreTooLong) {
  const std::string long_name(100'000, 'a');
  const std::array<std::string_view, 1> names{long_name};
  EXPECT_EQ(nearest_name(long_name, kNames), "");
  EXPECT_EQ(nearest_name("aaaa", names), "");
}

}  // namespace
}  // namespace ergon::config
