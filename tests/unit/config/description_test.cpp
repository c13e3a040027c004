#include <ergon/config/description.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <ergon/config/one_of.hpp>

namespace ergon::config {
namespace {

using namespace std::chrono_literals;

enum class Mode : std::uint8_t { slow, fast };
constexpr auto ergon_describe(Tag<Mode>) {
  return enumeration("How.", name("slow", Mode::slow), name("fast", Mode::fast));
}

struct Leaf {
  std::int64_t number{7};
};
constexpr auto ergon_describe(Tag<Leaf>) {
  return object("A leaf.",
                field<&Leaf::number>("number", "Any.", {.unit = "{leaf}", .minimum = 1, .maximum = 9}));
}

struct Branch;
using Tree = OneOf<Leaf, Branch>;
struct Branch {
  Boxed<Tree> only{};
  std::vector<Tree> more{};
};
constexpr auto ergon_describe(Tag<Branch>) {
  return object("A branch.", field<&Branch::only>("only"), field<&Branch::more>("more"));
}
constexpr auto ergon_describe(Tag<Tree>) {
  return one_of("A tree.", alternative<Tree, Leaf>("leaf"), alternative<Tree, Branch>("branch"));
}

template <class Kind, class T>
const Kind& kind_of_type() {
  return std::get<Kind>(type_of<T>().kind);
}

TEST(Description, IsOneConstantPerType) {
  EXPECT_EQ(&type_of<Leaf>(), &type_of<Leaf>());
  EXPECT_NE(&type_of<Leaf>(), &type_of<Branch>());
  EXPECT_NE(&type_of<std::vector<Leaf>>(), &type_of<std::vector<Branch>>());
}

TEST(Description, HasARowForEachMember) {
  const auto& object = kind_of_type<ObjectType, Leaf>();
  ASSERT_EQ(object.fields.size(), 1U);
  const FieldDescription& field = object.fields.front();
  EXPECT_EQ(type_of<Leaf>().documentation, "A leaf.");
  EXPECT_EQ(field.name, "number");
  EXPECT_EQ(field.documentation, "Any.");
  EXPECT_EQ(field.rules.unit, "{leaf}");
  EXPECT_EQ(field.rules.minimum.value, 1);
  EXPECT_EQ(field.rules.maximum.value, 9);
  Leaf leaf;
  EXPECT_EQ(field.in(static_cast<void*>(&leaf)), &leaf.number);
}

TEST(Description, LooksThroughBoxes) {
  const FieldDescription& only = kind_of_type<ObjectType, Branch>().fields[0];
  Branch branch;
  EXPECT_EQ(&only.type(), &type_of<Tree>());
  EXPECT_EQ(only.in(static_cast<void*>(&branch)), &*branch.only);
}

TEST(Description, SelectsAlternativesAndKeepsWhatIsThere) {
  const auto& variant = kind_of_type<VariantType, Tree>();
  Tree tree = Leaf{3};
  EXPECT_EQ(variant.alternatives[1].get(&tree), nullptr);
  EXPECT_EQ(static_cast<Leaf*>(variant.alternatives[0].ensure(&tree))->number, 3);
  variant.alternatives[1].ensure(&tree);
  EXPECT_TRUE(tree.holds<Branch>());
}

TEST(Description, KnowsTheLimitsOfIntegers) {
  EXPECT_EQ((kind_of_type<IntegerType, std::uint8_t>().maximum), 255);
  EXPECT_EQ((kind_of_type<IntegerType, std::int16_t>().minimum), -32'768);
  const auto& widest = kind_of_type<IntegerType, std::uint64_t>();
  EXPECT_EQ(widest.minimum, 0);
  EXPECT_EQ(widest.maximum, UINT64_MAX);
  const std::uint64_t beyond = UINT64_MAX;
  EXPECT_EQ(widest.visit(&beyond, [](auto number) { return std::to_string(number); }),
            "18446744073709551615");
  const std::int64_t below = -1;
  const auto& narrower = kind_of_type<IntegerType, std::int64_t>();
  EXPECT_EQ(narrower.visit(&below, [](auto number) { return std::to_string(number); }), "-1");
}

TEST(Description, ReadsDurationsInTheirUnit) {
  const auto& seconds = kind_of_type<DurationType, std::chrono::seconds>();
  std::chrono::seconds value{3};
  EXPECT_EQ(seconds.tick, 1s);
  EXPECT_EQ(seconds.get(&value), 3s);
  seconds.set(&value, 5s);
  EXPECT_EQ(value, 5s);
  value = std::chrono::seconds::max();
  EXPECT_EQ(seconds.get(&value), std::chrono::nanoseconds::max());
  EXPECT_EQ((kind_of_type<DurationType, std::chrono::duration<double>>().tick), 1ns);
}

TEST(Description, GetsIntoContainers) {
  std::optional<double> optional;
  const auto& optional_type = kind_of_type<OptionalType, std::optional<double>>();
  EXPECT_EQ(optional_type.get(&optional), nullptr);
  *static_cast<double*>(optional_type.ensure(&optional)) = 0.5;
  EXPECT_EQ(optional, 0.5);
  optional_type.reset(&optional);
  EXPECT_FALSE(optional);

  std::vector<std::string> list{"a"};
  const auto& list_type = kind_of_type<ListType, std::vector<std::string>>();
  *static_cast<std::string*>(list_type.append(&list)) = "b";
  EXPECT_EQ(list_type.size(&list), 2U);
  EXPECT_EQ(*static_cast<const std::string*>(list_type.at(&list, 1)), "b");

  std::map<std::string, int> map{{"a", 1}};
  const auto& map_type = kind_of_type<MapType, std::map<std::string, int>>();
  *static_cast<int*>(map_type.ensure(&map, "b")) = 2;
  EXPECT_EQ(*static_cast<int*>(map_type.ensure(&map, "a")), 1);
  ASSERT_EQ(map_type.entries(&map).size(), 2U);
  EXPECT_EQ(map_type.entries(&map)[1].first, "b");
  const std::vector<std::string_view> keys{"b", "c"};
  map_type.keep_only(&map, keys);
  EXPECT_EQ(map, (std::map<std::string, int>{{"b", 2}}));
}

TEST(Description, NamesEnumerators) {
  const auto& type = kind_of_type<EnumType, Mode>();
  Mode mode{};
  type.set(&mode, type.names[1].value);
  EXPECT_EQ(mode, Mode::fast);
  EXPECT_EQ(type.get(&mode), 1);
}

}  // namespace
}  // namespace ergon::config
