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

TEST(OneOf, IsTheFirstOfItsTypesAtFirst) { EXPECT_EQ(Value{}.get<Named>().name, ""); }

TEST(OneOf, HoldsOneAtATime) {
  Value value = 7;
  EXPECT_TRUE(value.holds<int>());
  value = Named{"eight"};
  EXPECT_EQ(value.get_if<int>(), nullptr);
  EXPECT_EQ(value.get<Named>().name, "eight");
  EXPECT_THROW(static_cast<void>(value.get<int>()), std::bad_variant_access);
  value.emplace<std::vector<int>>() = {1, 1, 1};
  const auto size = value.visit([](const auto& held) -> std::size_t {
    if constexpr (requires { held.size(); }) return held.size();
    return 0;
  });
  EXPECT_EQ(size, 3U);
}

TEST(OneOf, CopiesAndMovesWhatItHolds) {
  Value first = Named{"a name that is too long to be stored in place"};
  Value second = first;
  second.get<Named>().name += '!';
  EXPECT_EQ(first.get<Named>().name.back(), 'e');
  Value third = std::move(second);
  EXPECT_EQ(third.get<Named>().name.back(), '!');
  first = third;
  EXPECT_EQ(first.get<Named>().name.back(), '!');
  first = Value(std::vector<int>{1});
  third = std::move(first);
  EXPECT_EQ(third.get<std::vector<int>>().size(), 1U);
  second = Named{"again"};  // what was moved from can be used again
  EXPECT_EQ(second.get<Named>().name, "again");
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
  EXPECT_EQ(copy.get<AlwaysRecord>().root->get<Probability>().ratio, 0.5);
  SpanProcessorConfig processor = SimpleSpanProcessor{ConsoleExporter{}};
  const SpanProcessorConfig other = processor;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_TRUE(other.get<SimpleSpanProcessor>().exporter.holds<ConsoleExporter>());
}

}  // namespace
}  // namespace ergon
