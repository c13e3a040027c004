#include <gtest/gtest.h>

#include <string>

#include "conformance/sampling/asked.hpp"
#include "telemetry/record/probability_state.hpp"
#include "unit/support_engine/fresh_process.hpp"
#include "unit/support_engine/memory_session.hpp"

// trace/sdk.md#traceidratiobased
namespace ergon::telemetry::test {
namespace {

using ergon::test::everything;
using ergon::test::MemorySession;

constexpr std::uint8_t kSampled = SpanContext::kSampled;

TelemetryConfig with_sampler(const Sampler& sampler) {
  TelemetryConfig config = everything();
  config.tracing->sampler = sampler;
  return config;
}

void start_with(const Sampler& sampler) {
  MemorySession session(with_sampler(sampler));
  EXPECT_TRUE(session.errors().empty());
}

TEST(TraceIdRatioBased, IgnoresTheParentsFlag) {
  const std::uint64_t threshold = rounded_threshold(0.5);
  const auto sampler = make_sampler(TraceIdRatioBased{0.5});
  MemorySession session(with_sampler(TraceIdRatioBased{0.5}));
  for (const std::uint8_t flags : {std::uint8_t{0}, kSampled}) {
    for (const bool is_remote : {false, true}) {
      for (const std::uint64_t randomness : {threshold - 1, threshold}) {
        SpanContext parent = parent_with(flags, is_remote);
        parent.trace_id = trace_id_of(randomness);
        const Question question{.trace_id = parent.trace_id, .parent = parent};
        EXPECT_EQ(ask(*sampler, question).is_sampled, randomness >= threshold);
        const auto span = get_tracer("ratio").scoped_span("child", {}, {.parent = &parent});
        EXPECT_EQ(span.context().is_sampled(), randomness >= threshold);
      }
    }
  }
}

TEST(TraceIdRatioBased, TakesAllOrNothingAtItsEnds) {
  for (const std::uint64_t randomness : {std::uint64_t{0}, kNeverSampled - 1}) {
    const Question question{.trace_id = trace_id_of(randomness)};
    EXPECT_TRUE(ask(*make_sampler(TraceIdRatioBased{1}), question).is_sampled);
    EXPECT_FALSE(ask(*make_sampler(TraceIdRatioBased{0}), question).is_sampled);
  }
}

// "SHOULD emit a warning if used as a child sampler".
TEST(TraceIdRatioBased, WarnsWhereItDecidesOnMoreThanRoots) {
  const TraceIdRatioBased ratio{0.5};
  for (const Sampler& below :
       {Sampler(ratio), Sampler(ParentBased{.remote_parent_sampled = ratio}),
        Sampler(ParentBased{.local_parent_not_sampled = ratio}), Sampler(RuleBased{.otherwise = ratio}),
        Sampler(RuleBased{.rules = {{.sampler = ratio}}}), Sampler(AlwaysRecord{ratio})})
    EXPECT_TRUE(uses_ratio_below_roots(below));
  for (const Sampler& of_roots :
       {Sampler(ParentBased{ratio}), Sampler(AlwaysRecord{ParentBased{ratio}}),
        Sampler(ParentBased{RuleBased{.rules = {{.sampler = ratio}}}}), Sampler(Probability{0.5})})
    EXPECT_FALSE(uses_ratio_below_roots(of_roots));
  ergon::test::run_in_fresh_process([] { start_with(ParentBased{TraceIdRatioBased{0.5}}); }, "^$");
  ergon::test::run_in_fresh_process([] { start_with(AlwaysRecord{TraceIdRatioBased{0.5}}); },
                                    "tracing.sampler: .*use it as parent_based.root");
}

// trace/sdk.md, the default sampler: ParentBased(root=AlwaysOn).
TEST(DefaultSampler, FollowsTheParentAndTakesEveryRoot) {
  TelemetryConfig config = everything();
  config.tracing = TracingConfig{};
  MemorySession session(config);
  const Tracer tracer = get_tracer("ratio");
  EXPECT_TRUE(tracer.scoped_span("root").context().is_sampled());
  for (const bool is_remote : {false, true}) {
    for (const std::uint8_t flags : {std::uint8_t{0}, kSampled}) {
      const SpanContext parent = parent_with(flags, is_remote);
      EXPECT_EQ(tracer.scoped_span("child", {}, {.parent = &parent}).context().is_sampled(),
                flags == kSampled);
    }
  }
}

}  // namespace
}  // namespace ergon::telemetry::test
