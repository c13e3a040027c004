#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "unit/otlp/decoded.hpp"

namespace ergon::test {
namespace {

enum Unscoped { unscoped_three = 3 };
enum class Scoped : std::int8_t { minus_two = -2 };
enum class Wide : std::uint64_t { top = UINT64_MAX };

struct HasText {
  std::string text;
  operator std::string_view() const { return text; }  // NOLINT: implicit on purpose
};

// The value as a receiver sees it, set on a span.
AnyValue sent(const AttributeValue& value) {
  MemorySession session;
  {
    auto span = get_tracer("values").scoped_span("s", {{"key", value}});
  }
  const auto spans = spans_of(session);
  EXPECT_EQ(spans.size(), 1U);
  return spans.empty() ? AnyValue() : value_of(spans[0].attributes(), "key");
}

TEST(AttributeValue, SendsIntegersOfAllWidths) {
  EXPECT_EQ(sent(std::int8_t{-128}).int_value(), -128);
  EXPECT_EQ(sent(std::uint8_t{255}).int_value(), 255);
  EXPECT_EQ(sent(std::int16_t{-32768}).int_value(), -32768);
  EXPECT_EQ(sent(0).int_value(), 0);
  EXPECT_EQ(sent(0).value_case(), AnyValue::kIntValue);
  EXPECT_EQ(sent(4'000'000'000U).int_value(), 4'000'000'000);
  EXPECT_EQ(sent(-1).int_value(), -1);
  EXPECT_EQ(sent(std::numeric_limits<std::int64_t>::min()).int_value(),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(sent(-7L).int_value(), -7);
  EXPECT_EQ(sent(7ULL).int_value(), 7);
  EXPECT_EQ(sent('A').int_value(), 65);
}

// OTLP has no unsigned integers: what int64 can't hold becomes a string, never a negative number.
TEST(AttributeValue, SendsWhatInt64CannotHoldAsText) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(sent(kMost).int_value(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(sent(kMost + 1).string_value(), "9223372036854775808");
  EXPECT_EQ(sent(UINT64_MAX).string_value(), "18446744073709551615");
  EXPECT_EQ(sent(Wide::top).string_value(), "18446744073709551615");
  EXPECT_EQ(sent(std::vector<std::uint64_t>{1, UINT64_MAX}).array_value().values(1).string_value(),
            "18446744073709551615");
}

TEST(AttributeValue, SendsTruthAsTruth) {
  EXPECT_EQ(sent(true).value_case(), AnyValue::kBoolValue);
  EXPECT_TRUE(sent(true).bool_value());
  EXPECT_EQ(sent(false).value_case(), AnyValue::kBoolValue);
  EXPECT_FALSE(sent(false).bool_value());
}

// A pointer that turns into `true` is the classic mistake.
TEST(AttributeValue, TakesNoPointerForTruth) {
  static_assert(!std::is_constructible_v<AttributeValue, int*>);
  static_assert(!std::is_constructible_v<AttributeValue, const void*>);
  static_assert(!std::is_constructible_v<AttributeValue, void (*)()>);
  static_assert(!std::is_constructible_v<AttributeValue, unsigned char*>);
  const char* text = "text";
  EXPECT_EQ(sent(text).string_value(), "text");
  char buffer[16] = "buffer";
  EXPECT_EQ(sent(buffer).string_value(), "buffer");
  EXPECT_EQ(sent(static_cast<char*>(buffer)).string_value(), "buffer");
  EXPECT_EQ(sent("literal").string_value(), "literal");
}

TEST(AttributeValue, SendsANullTextAsTheEmptyOne) {
  const char* nothing = nullptr;
  EXPECT_EQ(sent(nothing).value_case(), AnyValue::kStringValue);
  EXPECT_EQ(sent(nothing).string_value(), "");
  EXPECT_EQ(sent(std::string_view()).value_case(), AnyValue::kStringValue);
}

TEST(AttributeValue, SendsTextsOfAllKinds) {
  EXPECT_EQ(sent(std::string("string")).string_value(), "string");
  EXPECT_EQ(sent(std::string_view("view")).string_value(), "view");
  EXPECT_EQ(sent(HasText{"converted"}).string_value(), "converted");
  EXPECT_EQ(sent(std::string("nul \0 inside", 12)).string_value(), std::string("nul \0 inside", 12));
  EXPECT_EQ(sent("é€𝄞").string_value(), "é€𝄞");
  const std::string large(100'000, 'x');
  EXPECT_EQ(sent(large).string_value(), large);
}

TEST(AttributeValue, SendsPathsAsText) {
  EXPECT_EQ(sent(std::filesystem::path("/data/é/orders.jsonl")).string_value(), "/data/é/orders.jsonl");
  EXPECT_EQ(sent(std::filesystem::path()).value_case(), AnyValue::kStringValue);
  const std::vector<std::filesystem::path> several{"/a", "b/c"};
  EXPECT_EQ(sent(several).array_value().values(1).string_value(), "b/c");
}

TEST(AttributeValue, SendsFloatingPointExactly) {
  EXPECT_EQ(sent(1.5F).double_value(), 1.5);
  EXPECT_EQ(sent(0.1).double_value(), 0.1);
  EXPECT_EQ(sent(2.5L).double_value(), 2.5);
  EXPECT_EQ(sent(0.0).value_case(), AnyValue::kDoubleValue);
  EXPECT_TRUE(std::isnan(sent(std::nan("")).double_value()));
  EXPECT_EQ(sent(-HUGE_VAL).double_value(), -HUGE_VAL);
}

TEST(AttributeValue, SendsEnumsAsTheirNumbers) {
  EXPECT_EQ(sent(unscoped_three).int_value(), 3);
  EXPECT_EQ(sent(Scoped::minus_two).int_value(), -2);
}

TEST(AttributeValue, SendsNothingAsAnEmptyValue) {
  EXPECT_EQ(sent(AttributeValue()).value_case(), AnyValue::VALUE_NOT_SET);
}

TEST(AttributeValue, SendsArrays) {
  const AnyValue numbers = sent(std::vector<int>{1, 2, 3});
  ASSERT_EQ(numbers.array_value().values_size(), 3);
  EXPECT_EQ(numbers.array_value().values(2).int_value(), 3);
  const AnyValue texts = sent(std::array<const char*, 2>{"a", "b"});
  EXPECT_EQ(texts.array_value().values(1).string_value(), "b");
  EXPECT_EQ(sent(std::list<std::string>{"x"}).array_value().values(0).string_value(), "x");
  EXPECT_EQ(sent(std::set<double>{1.5}).array_value().values(0).double_value(), 1.5);
  const int built_in[] = {4, 5};
  EXPECT_EQ(sent(built_in).array_value().values(1).int_value(), 5);
}

TEST(AttributeValue, SendsPackedTruth) {
  const AnyValue value = sent(std::vector<bool>{true, false, true});
  ASSERT_EQ(value.array_value().values_size(), 3);
  EXPECT_EQ(value.array_value().values(1).value_case(), AnyValue::kBoolValue);
  EXPECT_FALSE(value.array_value().values(1).bool_value());
  EXPECT_TRUE(value.array_value().values(2).bool_value());
}

TEST(AttributeValue, SendsEmptyArraysAndMapsAsSuch) {
  EXPECT_EQ(sent(std::vector<int>{}).value_case(), AnyValue::kArrayValue);
  EXPECT_EQ(sent(std::map<std::string, int>{}).value_case(), AnyValue::kKvlistValue);
  EXPECT_EQ(sent(Map{}).value_case(), AnyValue::kKvlistValue);
}

TEST(AttributeValue, SendsMaps) {
  const AnyValue map = sent(std::map<std::string, double>{{"a", 1.5}, {"b", 2.5}});
  EXPECT_EQ(value_of(map.kvlist_value().values(), "b").double_value(), 2.5);
  const AnyValue unordered = sent(std::unordered_map<std::string, std::string>{{"k", "v"}});
  EXPECT_EQ(value_of(unordered.kvlist_value().values(), "k").string_value(), "v");
  const AnyValue in_place = sent(Map{{"request", Map{{"method", "GET"}, {"size", 12}}}, {"ok", true}});
  EXPECT_TRUE(value_of(in_place.kvlist_value().values(), "ok").bool_value());
  const AnyValue request = value_of(in_place.kvlist_value().values(), "request");
  EXPECT_EQ(value_of(request.kvlist_value().values(), "method").string_value(), "GET");
  EXPECT_EQ(value_of(request.kvlist_value().values(), "size").int_value(), 12);
}

TEST(AttributeValue, SendsNestedArrays) {
  const AnyValue value = sent(std::vector<std::vector<std::string>>{{"a"}, {}, {"b", "c"}});
  ASSERT_EQ(value.array_value().values_size(), 3);
  EXPECT_EQ(value.array_value().values(1).array_value().values_size(), 0);
  EXPECT_EQ(value.array_value().values(2).array_value().values(1).string_value(), "c");
  const AnyValue maps = sent(std::vector<std::map<std::string, std::vector<int>>>{{{"k", {7}}}});
  const auto& list = maps.array_value().values(0).kvlist_value();
  EXPECT_EQ(value_of(list.values(), "k").array_value().values(0).int_value(), 7);
}

}  // namespace
}  // namespace ergon::test
