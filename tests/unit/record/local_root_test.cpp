#include "telemetry/record/local_root.hpp"

#include <gtest/gtest.h>

namespace ergon::telemetry {
namespace {

constexpr SpanId kId{{1, 2, 3, 4, 5, 6, 7, 8}};
constexpr SpanId kOther{{9, 2, 3, 4, 5, 6, 7, 8}};

SpanContext parent_of(std::uint32_t local_root, bool is_remote = false) {
  return {.span_id = kOther, .is_remote = is_remote, .local_root = local_root};
}

TEST(LocalRoot, IsTheSpanItselfWithoutAParentInThisProcess) {
  const std::uint32_t own = local_root_of(kId, nullptr, 0);
  EXPECT_TRUE(is_local_root(kId, own));
  EXPECT_FALSE(is_local_root(kOther, own));
  for (const SpanContext& parent : {parent_of(own + 1, true), parent_of(0)})
    EXPECT_EQ(local_root_of(kId, &parent, 0), own);
}

TEST(LocalRoot, IsTheParentsBelowOne) {
  const SpanContext parent = parent_of(local_root_of(kOther, nullptr, 3));
  EXPECT_EQ(local_root_of(kId, &parent, 3), parent.local_root);
  EXPECT_FALSE(is_local_root(kId, parent.local_root));
}

TEST(LocalRoot, IsNotTheForkedProcesss) {
  const SpanContext parent = parent_of(local_root_of(kOther, nullptr, 0));
  const std::uint32_t own = local_root_of(kId, &parent, 1);
  EXPECT_NE(own, parent.local_root);
  EXPECT_TRUE(is_local_root(kId, own));
}

TEST(LocalRoot, IsNeverNone) {
  const SpanId zeros{{0, 0, 0, 0, 0, 0, 0, 1}};
  const std::uint32_t own = local_root_of(zeros, nullptr, 0);
  EXPECT_NE(own, 0U);
  EXPECT_TRUE(is_local_root(zeros, own));
}

}  // namespace
}  // namespace ergon::telemetry
