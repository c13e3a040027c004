#include <gtest/gtest.h>

#include <string>

#include "conformance/sampling/asked.hpp"

namespace ergon::telemetry::test {
namespace {

bool is_sampled_by(const SamplingRule& rule, const Question& question) {
  return ask(*make_sampler(RuleBased{.rules = {rule}}), question).is_sampled;
}

TEST(RuleBased, MatchesNamesWithWildcards) {
  const SamplingRule rule{.name = "GET /orders/*"};
  EXPECT_TRUE(is_sampled_by(rule, {.name = "GET /orders/17"}));
  EXPECT_FALSE(is_sampled_by(rule, {.name = "GET /health"}));
}

TEST(RuleBased, MatchesOneOfSeveralKinds) {
  const SamplingRule rule{.kinds = {SpanKind::consumer, SpanKind::server}};
  EXPECT_TRUE(is_sampled_by(rule, {.kind = SpanKind::consumer}));
  EXPECT_TRUE(is_sampled_by(rule, {.kind = SpanKind::server}));
  EXPECT_FALSE(is_sampled_by(rule, {.kind = SpanKind::internal}));
}

TEST(RuleBased, MatchesAllAttributesByTheirText) {
  const SamplingRule rule{.attributes = {{"route", "/orders*"}, {"code", "5??"}}};
  EXPECT_TRUE(is_sampled_by(rule, {.attributes = {{"route", "/orders/1"}, {"code", 503}}}));
  EXPECT_FALSE(is_sampled_by(rule, {.attributes = {{"route", "/orders/1"}, {"code", 200}}}));
  EXPECT_FALSE(is_sampled_by(rule, {.attributes = {{"route", "/orders/1"}}}));
}

TEST(RuleBased, ReadsValuesAsPeopleWriteThem) {
  const auto matches = [](const char* pattern, const AttributeValue& value) {
    return is_sampled_by({.attributes = {{"key", pattern}}}, {.attributes = {{"key", value}}});
  };
  EXPECT_TRUE(matches("true", true));
  EXPECT_TRUE(matches("-3", -3));
  EXPECT_TRUE(matches("18446744073709551615", UINT64_MAX));
  EXPECT_TRUE(matches("0.5", 0.5));
  EXPECT_FALSE(matches("*", std::vector<int>{1}));
}

TEST(RuleBased, TakesTheLastValueOfARepeatedKey) {
  const SamplingRule rule{.attributes = {{"key", "new"}}};
  EXPECT_TRUE(is_sampled_by(rule, {.attributes = {{"key", "old"}, {"key", "new"}}}));
  EXPECT_FALSE(is_sampled_by(rule, {.attributes = {{"key", "new"}, {"key", "old"}}}));
}

TEST(RuleBased, AsksTheFirstRuleThatMatches) {
  const auto sampler = make_sampler(
      RuleBased{.rules = {{.name = "health", .sampler = AlwaysOff{}}, {.name = "*", .sampler = AlwaysOn{}}}});
  EXPECT_FALSE(ask(*sampler, {.name = "health"}).is_sampled);
  EXPECT_TRUE(ask(*sampler, {.name = "order"}).is_sampled);
}

TEST(RuleBased, AsksAnotherSamplerWhereNoRuleMatches) {
  const SamplingRule rule{.name = "order"};
  EXPECT_FALSE(ask(*make_sampler(RuleBased{.rules = {rule}}), {.name = "other"}).is_sampled);
  EXPECT_TRUE(
      ask(*make_sampler(RuleBased{.rules = {rule}, .otherwise = AlwaysOn{}}), {.name = "other"}).is_sampled);
}

}  // namespace
}  // namespace ergon::telemetry::test
