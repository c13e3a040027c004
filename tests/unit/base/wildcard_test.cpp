#include "base/wildcard.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ergon::base {
namespace {

TEST(Wildcard, MatchesTheWholeText) {
  EXPECT_TRUE(matches_wildcard("db", "db"));
  EXPECT_FALSE(matches_wildcard("db", "dbx"));
  EXPECT_FALSE(matches_wildcard("db", "xdb"));
  EXPECT_FALSE(matches_wildcard("db", "DB"));
  EXPECT_TRUE(matches_wildcard("", ""));
  EXPECT_FALSE(matches_wildcard("", "a"));
}

TEST(Wildcard, TakesAnyNumberOfCharactersForAStar) {
  EXPECT_TRUE(matches_wildcard("*", ""));
  EXPECT_TRUE(matches_wildcard("*", "anything"));
  EXPECT_TRUE(matches_wildcard("db.*", "db."));
  EXPECT_TRUE(matches_wildcard("db.*", "db.a.b"));
  EXPECT_FALSE(matches_wildcard("db.*", "db"));
  EXPECT_TRUE(matches_wildcard("*.audit", "shop.audit.audit"));
  EXPECT_TRUE(matches_wildcard("a*b*c", "aXbXbXc"));
  EXPECT_FALSE(matches_wildcard("a*b*c", "aXbXb"));
  EXPECT_TRUE(matches_wildcard("a**", "a"));
}

TEST(Wildcard, TakesOneCharacterForAQuestionMark) {
  EXPECT_TRUE(matches_wildcard("shop.?", "shop.a"));
  EXPECT_FALSE(matches_wildcard("shop.?", "shop."));
  EXPECT_FALSE(matches_wildcard("shop.?", "shop.ab"));
  EXPECT_TRUE(matches_wildcard("caf?", "caf\xC3\xA9")) << "a character may be of several bytes";
  EXPECT_TRUE(matches_wildcard("*?", "a"));
  EXPECT_FALSE(matches_wildcard("*?", ""));
}

TEST(Wildcard, DoesNotTakeForEver) {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "a*";
  EXPECT_FALSE(matches_wildcard(pattern + "b", std::string(2'000, 'a')));
}

}  // namespace
}  // namespace ergon::base
