#include "task/shortened.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ergon::detail {
namespace {

TEST(Shortened, LeavesWhatFits) {
  EXPECT_EQ(shortened("", 8), "");
  EXPECT_EQ(shortened("12345678", 8), "12345678");
}

TEST(Shortened, MarksWhatIsCut) { EXPECT_EQ(shortened("123456789", 8), "12345…"); }

TEST(Shortened, CutsBetweenCharacters) {
  EXPECT_EQ(shortened("1234é6789", 8), "1234…");
  EXPECT_EQ(shortened("12\U0001F600789", 8), "12…");
}

TEST(Shortened, CutsWhatIsNoUtf8) { EXPECT_EQ(shortened(std::string(9, '\x80'), 8), "\x80\x80…"); }

}  // namespace
}  // namespace ergon::detail
