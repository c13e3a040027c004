#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <ergon/config/one_of.hpp>
#include <ergon/config/tracing_config.hpp>

namespace ergon {
namespace {

struct Named {
  std::string name{};
};

using Value = OneOf<Named, int, std::vector<int>>;

TEST(OneOf, IsTheFirstOfItsTypesAtFirst) { EXPECT_EQ(std::get<Named>(Value{}).name, ""); }

TEST(OneOf, IsUsedAsAVariant) {
  Value value = 7;
  EXPECT_TRUE(std::holds_alternative<int>(value));
  value = Named{"eight"};
  EXPECT_EQ(std::get_if<int>(&value), nullptr);
  EXPECT_EQ(std::get<Named>(value).name, "eight");
  value.emplace<std::vector<int>>(3, 1);
  EXPECT_EQ(value.index(), 2U);
  const auto size = std::visit(
      [](const auto& held) -> std::size_t {
        if constexpr (requires { held.size(); }) return held.size();
        return 0;
      },
      std::as_const(value));
  EXPECT_EQ(size, 3U);
}

TEST(OneOf, CopiesAndMovesWhatItHolds) {
  Value first = Named{"a name that is too long to be stored in place"};
  Value second = first;
  std::get<Named>(second).name += '!';
  EXPECT_EQ(std::get<Named>(first).name.back(), 'e');
  Value third = std::move(second);
  EXPECT_EQ(std::get<Named>(third).name.back(), '!');
  first = third;
  EXPECT_EQ(std::get<Named>(first).name.back(), '!');
  first = Value(std::vector<int>{1});
  third = std::move(first);
  EXPECT_EQ(std::get<std::vector<int>>(third).size(), 1U);
}

TEST(OneOf, IsMadeOfWhatItCanHoldOnly) {
  static_assert(std::is_convertible_v<Named, Value>);
  static_assert(!std::is_convertible_v<void*, Value>);
  static_assert(!std::is_convertible_v<Exporter, Sampler>);
  static_assert(std::is_copy_constructible_v<Sampler> && std::is_move_constructible_v<Sampler>);
}

// Not taken apart for the first member of an alternative, as an aggregate would be.
TEST(OneOf, OfOneThatIsNotConstIsACopyOfIt) {
  Sampler sampler = AlwaysRecord{.root = Probability{0.5}};
  const Sampler copy = sampler;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_EQ(std::get<Probability>(*std::get<AlwaysRecord>(copy).root).ratio, 0.5);
  SpanProcessorConfig processor = SimpleSpanProcessor{ConsoleExporter{}};
  const SpanProcessorConfig other = processor;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_TRUE(std::holds_alternative<ConsoleExporter>(std::get<SimpleSpanProcessor>(other).exporter));
}

}  // namespace
}  // namespace ergon
