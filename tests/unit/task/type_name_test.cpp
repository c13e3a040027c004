#include "task/type_name.hpp"

#include <gtest/gtest.h>

namespace ergon::detail {
namespace {

TEST(Unqualified, IsTheLastPartOfTheName) {
  EXPECT_EQ(unqualified("Orders"), "Orders");
  EXPECT_EQ(unqualified("shop::Orders"), "Orders");
  EXPECT_EQ(unqualified("shop::(anonymous namespace)::Orders"), "Orders");
  EXPECT_EQ(unqualified("shop::Orders<int>"), "Orders");
  EXPECT_EQ(unqualified("shop::Orders<std::vector<int, std::allocator<int> > >"), "Orders");
}

TEST(Unqualified, LooksPastTheTemplatesAround) {
  EXPECT_EQ(unqualified("Shop<int>::Orders"), "Orders");
  EXPECT_EQ(unqualified("Shop<a::B<c::D> >::Orders<e::F>"), "Orders");
}

}  // namespace
}  // namespace ergon::detail
