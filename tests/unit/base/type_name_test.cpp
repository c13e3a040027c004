#include "base/type_name.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <stdexcept>

namespace ergon::base {
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

std::string type_when_caught(const std::exception& thrown) { return type_of(thrown); }

TEST(TypeOf, IsTheTypeThatWasThrown) {
  EXPECT_EQ(type_when_caught(std::out_of_range("far")), "std::out_of_range");
}

TEST(TypeOf, LeavesOutTheNesting) {
  try {
    try {
      throw std::runtime_error("inner");
    } catch (...) {
      std::throw_with_nested(std::logic_error("outer"));
    }
  } catch (const std::exception& error) {
    EXPECT_EQ(type_of(error), "std::logic_error");
    EXPECT_EQ(type_of_current_exception(), "std::logic_error");
  }
}

TEST(TypeOfCurrentException, KnowsWhatIsNoStandardException) {
  try {
    throw 7;
  } catch (...) {
    EXPECT_EQ(type_of_current_exception(), "int");
  }
}

TEST(CauseOf, IsWhatWasBeingHandledWhenItWasThrown) {
  try {
    try {
      throw std::runtime_error("inner");
    } catch (...) {
      std::throw_with_nested(std::logic_error("outer"));
    }
  } catch (const std::exception& error) {
    EXPECT_NE(cause_of(error), nullptr);
    EXPECT_EQ(cause_of(error), cause_of_current_exception());
    EXPECT_THROW(std::rethrow_exception(cause_of(error)), std::runtime_error);
  }
}

TEST(CauseOf, IsNullWithoutOne) {
  EXPECT_EQ(cause_of(std::runtime_error("alone")), nullptr);
  try {
    throw 7;
  } catch (...) {
    EXPECT_EQ(cause_of_current_exception(), nullptr);
  }
}

TEST(TypeOfCurrentException, IsEmptyWhereNoneIsHandled) { EXPECT_EQ(type_of_current_exception(), ""); }

}  // namespace
}  // namespace ergon::base
