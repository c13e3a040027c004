#include <gtest/gtest.h>

#include "conformance/sampling/asked.hpp"

// trace/sdk.md#parentbased
namespace ergon::telemetry::test {
namespace {

constexpr std::uint8_t kSampled = SpanContext::kSampled;

TEST(ParentBased, FollowsEveryParentByDefault) {
  const auto sampler = make_sampler(ParentBased{.root = AlwaysOff{}});
  EXPECT_FALSE(ask(*sampler, {}).is_sampled);
  for (const bool is_remote : {false, true}) {
    EXPECT_TRUE(ask(*sampler, {.parent = parent_with(kSampled, is_remote)}).is_sampled);
    EXPECT_FALSE(ask(*sampler, {.parent = parent_with(0, is_remote)}).is_sampled);
  }
}

struct Delegation {
  const char* name;
  ParentBased config;
  SpanContext parent;
};

class ParentBasedDelegates : public testing::TestWithParam<Delegation> {};

ParentBased nothing_but(Boxed<Sampler> ParentBased::* delegate) {
  ParentBased config{AlwaysOff{}, AlwaysOff{}, AlwaysOff{}, AlwaysOff{}, AlwaysOff{}};
  config.*delegate = AlwaysOn{};
  return config;
}

std::vector<SpanContext> all_parents() {
  return {{},
          parent_with(kSampled, true),
          parent_with(0, true),
          parent_with(kSampled, false),
          parent_with(0, false)};
}

TEST_P(ParentBasedDelegates, IsAskedForItsKindOfParentAlone) {
  const auto sampler = make_sampler(GetParam().config);
  for (const SpanContext& parent : all_parents())
    EXPECT_EQ(ask(*sampler, {.parent = parent}).is_sampled, parent == GetParam().parent);
}

INSTANTIATE_TEST_SUITE_P(
    Each, ParentBasedDelegates,
    testing::Values(Delegation{"root", nothing_but(&ParentBased::root), {}},
                    Delegation{"remote_parent_sampled", nothing_but(&ParentBased::remote_parent_sampled),
                               parent_with(kSampled, true)},
                    Delegation{"remote_parent_not_sampled",
                               nothing_but(&ParentBased::remote_parent_not_sampled), parent_with(0, true)},
                    Delegation{"local_parent_sampled", nothing_but(&ParentBased::local_parent_sampled),
                               parent_with(kSampled, false)},
                    Delegation{"local_parent_not_sampled",
                               nothing_but(&ParentBased::local_parent_not_sampled), parent_with(0, false)}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace ergon::telemetry::test
