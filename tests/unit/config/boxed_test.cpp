#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include <ergon/config/boxed.hpp>
#include <ergon/config/tracing_config.hpp>

namespace ergon {
namespace {

TEST(Boxed, IsNeverEmpty) {
  const Boxed<std::string> made;
  Boxed<std::string> source("text");
  const Boxed<std::string> taken = std::move(source);
  EXPECT_EQ(*made, "");
  EXPECT_EQ(*taken, "text");
  EXPECT_EQ(*source, "");  // NOLINT(*-use-after-move,*.Move): it still holds a string
}

TEST(Boxed, CopiesWhatIsInside) {
  Boxed<std::string> first("one");
  Boxed<std::string> second = first;
  second->append(" more");
  EXPECT_EQ(*first, "one");
  first = second;
  *second = "two";
  EXPECT_EQ(*first, "one more");
}

TEST(Boxed, SurvivesAssignmentToItself) {
  Boxed<std::string> value("text");
  auto& same = value;
  value = same;
  value = std::move(same);
  EXPECT_EQ(*value, "text");
}

TEST(Boxed, LetsSamplersNestWithoutCeremony) {
  const TracingConfig config{.sampler = ParentBased{.root = ParentBased{.root = TraceIdRatioBased{0.25}}}};
  const auto& outer = config.sampler.get<ParentBased>();
  const auto& inner = outer.root->get<ParentBased>();
  EXPECT_EQ(inner.root->get<TraceIdRatioBased>().ratio, 0.25);
  EXPECT_TRUE(ParentBased{}.root->holds<AlwaysOn>());
  static_assert(std::is_aggregate_v<ParentBased>);
}

}  // namespace
}  // namespace ergon
