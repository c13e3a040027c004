#include <gtest/gtest.h>

#include <string>

#include <ergon/telemetry.hpp>

#include "conformance/sampling/asked.hpp"
#include "unit/support_engine/memory_session.hpp"

// trace/tracestate-probability-sampling.md#threshold: who samples otherwise than the parent did, with a
// probability that nobody can tell, leaves no threshold of the parent's behind.
namespace ergon::telemetry::test {
namespace {

constexpr std::uint64_t kAll = (std::uint64_t{1} << 56U) - 1;
constexpr std::string_view kInherited = "ot=th:c;rv:ffffffffffffff,vendor=1";
constexpr std::string_view kWithout = "ot=rv:ffffffffffffff,vendor=1";

std::string state_after(const Sampler& sampler, std::uint8_t flags, std::string_view state = kInherited) {
  const Question question{.trace_id = trace_id_of(kAll), .parent = parent_with(flags, true, state)};
  return std::string(ask(*make_sampler(sampler), question).trace_state.to_header());
}

TEST(Threshold, IsForgottenByWhoDecidesByItself) {
  for (const Sampler& sampler : {Sampler(AlwaysOn{}), Sampler(AlwaysOff{}), Sampler(TraceIdRatioBased{0.5}),
                                 Sampler(RateLimiting{10}), Sampler(RuleBased{.otherwise = AlwaysOn{}})}) {
    EXPECT_EQ(state_after(sampler, SpanContext::kSampled), kWithout);
  }
  EXPECT_EQ(state_after(AlwaysOn{}, SpanContext::kSampled, "ot=th:c"), "");
  EXPECT_EQ(state_after(AlwaysOn{}, SpanContext::kSampled, "vendor=1,ot=rv:ffffffffffffff"),
            "vendor=1,ot=rv:ffffffffffffff")
      << "unchanged, in its order";
}

TEST(Threshold, IsKeptByWhoFollowsTheParent) {
  EXPECT_EQ(state_after(ParentBased{}, SpanContext::kSampled), kInherited);
  EXPECT_EQ(state_after(ParentBased{}, 0), kInherited);
}

TEST(Threshold, IsForgottenByADelegateThatDoesNotFollow) {
  EXPECT_EQ(state_after(ParentBased{.remote_parent_sampled = AlwaysOff{}}, SpanContext::kSampled), kWithout);
  EXPECT_EQ(state_after(ParentBased{.remote_parent_not_sampled = AlwaysOn{}}, 0), kWithout);
  EXPECT_EQ(state_after(ParentBased{.remote_parent_sampled = RateLimiting{1}}, SpanContext::kSampled),
            kWithout);
}

// The samplers that are never asked as objects.
TEST(Threshold, IsForgottenOnTheWayOfPlainSamplers) {
  const SpanContext parent = parent_with(SpanContext::kSampled, true, kInherited);
  const auto state_under = [&](const Sampler& sampler) {
    TelemetryConfig config = ergon::test::everything();
    config.tracing->sampler = sampler;
    const ergon::test::MemorySession session(config);
    const auto span = get_tracer("threshold").scoped_span("span", {}, {.parent = &parent});
    return std::string(span.context().trace_state.to_header());
  };
  EXPECT_EQ(state_under(AlwaysOn{}), kWithout);
  EXPECT_EQ(state_under(AlwaysOff{}), kWithout);
  EXPECT_EQ(state_under(TraceIdRatioBased{0.5}), kWithout);
  EXPECT_EQ(state_under(ParentBased{}), kInherited);
}

}  // namespace
}  // namespace ergon::telemetry::test
