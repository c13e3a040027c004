#include "telemetry/logging/function_name.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace ergon::telemetry {
namespace {

// Left what a compiler's std::source_location says, right the name.
using Names = std::vector<std::pair<std::string, std::string>>;

void expect(const Names& names) {
  for (const auto& [signature, name] : names) EXPECT_EQ(function_name_of(signature), name) << signature;
}

TEST(FunctionName, IsFoundInWhatGccSays) {
  expect({{"int main()", "main"},
          {"void shop::W::amp() &&", "shop::W::amp"},
          {"T* shop::P<T>::go(int) const [with T = int]", "shop::P<T>::go"},
          {"shop::P<T>::P() [with T = int]", "shop::P<T>::P"},
          {"shop::P<T>::~P() [with T = int]", "shop::P<T>::~P"},
          {"void shop::{anonymous}::anon(std::string)", "shop::{anonymous}::anon"},
          {"std::map<int, std::less<int> > f(int (&)[3]) [with U = int [3]]", "f"},
          {"long long int shop::W::operator->()", "shop::W::operator->"},
          {"bool shop::P<T>::operator<(const shop::P<T>&) const [with T = int]", "shop::P<T>::operator<"},
          {"auto shop::W::operator()(int)", "shop::W::operator()"},
          {"shop::P<T>::operator bool() const [with T = int]", "shop::P<T>::operator bool"},
          {"main()::<lambda()>", "main()::<lambda()>"},
          {"f(std::string)::<lambda(auto:11)> [with auto:11 = int]", "f(std::string)::<lambda(auto:11)>"}});
}

TEST(FunctionName, IsFoundInWhatClangSays) {
  expect(
      {{"T *shop::P<int>::go(int) const [T = int]", "shop::P<int>::go"},
       {"void shop::(anonymous namespace)::anon(std::string)", "shop::(anonymous namespace)::anon"},
       {"static const char *shop::Q<std::basic_string<char>>::f(U) [T = std::basic_string<char>, U = double]",
        "shop::Q<std::basic_string<char>>::f"},
       {"auto main()::(anonymous class)::operator()() const", "main()::(anonymous class)::operator()"}});
}

TEST(FunctionName, OfAnythingElseIsSomePartOfIt) {
  expect({{"", ""}, {"f", "f"}, {")", ")"}, {"]", "]"}, {"a b", "b"}, {"**", ""}, {"((", "(("}});
}

}  // namespace
}  // namespace ergon::telemetry
