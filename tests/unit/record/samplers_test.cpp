#include "telemetry/record/sampling.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include <ergon/telemetry.hpp>

#include "base/random.hpp"
#include "telemetry/record/probability_state.hpp"
#include "unit/support_engine/memory_session.hpp"

namespace ergon::test {
namespace {

using telemetry::randomness_of;
using telemetry::rounded_threshold;

constexpr std::array kRatios{0.0001, 0.01, 0.1, 0.25, 0.5, 0.9, 0.999};

TraceId make_id(base::IdGenerator& ids) {
  TraceId id;
  for (const std::size_t at : {0U, 8U}) {
    const std::uint64_t half = ids.next_id();
    std::memcpy(id.bytes.data() + at, &half, 8);
  }
  return id;
}

base::IdGenerator fixed_ids() {
  return std::bit_cast<base::IdGenerator>(std::array<std::uint64_t, 4>{101, 202, 303, 404});
}

// Half the width of an interval that holds so many of `n` draws of probability p, by the normal
// approximation.
double tolerance(double sigmas, double n, double p) { return sigmas * std::sqrt(n * p * (1 - p)); }

TEST(Sampling, ReadsTheLowSevenBytesOfTheTraceId) {
  TraceId id;
  for (std::size_t i = 0; i < 16; ++i) id.bytes[i] = static_cast<std::uint8_t>(i);
  EXPECT_EQ(randomness_of(id), 0x090A0B0C0D0E0FU);
}

// The thresholds that tracestate-probability-sampling.md gives, `th` without its trailing zeros.
TEST(Sampling, HasTheSpecificationsThresholds) {
  EXPECT_EQ(rounded_threshold(1), 0U);
  EXPECT_EQ(rounded_threshold(0.5), 0x80000000000000U);
  EXPECT_EQ(rounded_threshold(0.25), 0xC0000000000000U);
  EXPECT_EQ(rounded_threshold(0.01) >> 40U, 0xFD70U);
  EXPECT_EQ(rounded_threshold(0), std::uint64_t{1} << 56U);
  EXPECT_EQ(rounded_threshold(-1), std::uint64_t{1} << 56U);
  EXPECT_EQ(rounded_threshold(2), 0U);
  EXPECT_EQ(rounded_threshold(1e-18), std::uint64_t{1} << 56U);
}

TEST(Sampling, TakesTheAskedShareOfAMillionTraces) {
  constexpr int kTraces = 1'000'000;
  std::array<int, kRatios.size()> taken{};
  std::array<std::uint64_t, kRatios.size()> thresholds{};
  std::ranges::transform(kRatios, thresholds.begin(), rounded_threshold);
  base::IdGenerator ids = fixed_ids();
  for (int i = 0; i < kTraces; ++i) {
    const std::uint64_t randomness = randomness_of(make_id(ids));
    for (std::size_t r = 0; r < kRatios.size(); ++r) taken[r] += randomness >= thresholds[r] ? 1 : 0;
  }
  for (std::size_t r = 0; r < kRatios.size(); ++r) {
    EXPECT_NEAR(taken[r], kTraces * kRatios[r], tolerance(3.29, kTraces, kRatios[r]))
        << kRatios[r];  // 99.9 %
  }
}

TEST(Sampling, TakesWithALargerRatioWhatItTakesWithASmaller) {
  base::IdGenerator ids = fixed_ids();
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t randomness = randomness_of(make_id(ids));
    bool was_taken = false;
    for (const double ratio : kRatios) {
      const bool is_taken = randomness >= rounded_threshold(ratio);
      EXPECT_TRUE(is_taken || !was_taken) << ratio;
      was_taken = is_taken;
    }
  }
}

MemorySession session_with(const Sampler& sampler) {
  TelemetryConfig config = everything();
  config.tracing->sampler = sampler;
  return MemorySession(config);
}

TEST(Sampler, DecidesByRatioForRoots) {
  constexpr int kSpans = 20'000;
  MemorySession session = session_with(TraceIdRatioBased{0.25});
  const Tracer tracer = get_tracer("samplers");
  int recording = 0;
  for (int i = 0; i < kSpans; ++i) {
    const auto span = tracer.scoped_span("root", {}, {.root = true});
    recording += span.is_recording() ? 1 : 0;
    EXPECT_EQ(span.is_recording(), span.context().is_sampled());
    EXPECT_EQ(span.is_recording(), randomness_of(span.context().trace_id) >= rounded_threshold(0.25));
  }
  EXPECT_NEAR(recording, kSpans * 0.25, tolerance(5, kSpans, 0.25));
  session.flush();
  const telemetry::Counts counts = session.statistics().spans.total;
  EXPECT_EQ(counts.created, std::uint64_t{kSpans});
  EXPECT_EQ(counts.sampled_out, static_cast<std::uint64_t>(kSpans - recording));
  EXPECT_EQ(counts.delivered, static_cast<std::uint64_t>(recording));
  EXPECT_TRUE(counts.closes());
}

TEST(Sampler, PropagatesValidIdsOfWhatItLeavesOut) {
  MemorySession session = session_with(AlwaysOff{});
  const Tracer tracer = get_tracer("samplers");
  const auto root = tracer.scoped_span("root");
  EXPECT_TRUE(root.context().is_valid());
  EXPECT_FALSE(root.context().is_sampled());
  EXPECT_EQ(root.context().trace_flags, SpanContext::kRandom);
  EXPECT_EQ(current_span_context(), root.context());
  const auto child = tracer.scoped_span("child");
  EXPECT_EQ(child.context().trace_id, root.context().trace_id);
  EXPECT_NE(child.context().span_id, root.context().span_id);
  EXPECT_TRUE(child.context().span_id.is_valid());
}

SpanContext remote(std::uint8_t flags) {
  SpanContext context;
  context.trace_id.bytes.fill(0xAB);
  context.span_id.bytes.fill(0xCD);
  context.trace_flags = flags;
  context.is_remote = true;
  return context;
}

bool samples_child_of(const SpanContext& parent) {
  return get_tracer("samplers").scoped_span("child", {}, {.parent = &parent}).is_recording();
}

TEST(Sampler, FollowsTheParentWhenParentBased) {
  for (const Sampler& root : {Sampler(AlwaysOn{}), Sampler(AlwaysOff{}), Sampler(TraceIdRatioBased{0.5})}) {
    MemorySession session = session_with(ParentBased{root});
    EXPECT_TRUE(samples_child_of(remote(SpanContext::kSampled)));
    EXPECT_FALSE(samples_child_of(remote(0)));
    EXPECT_FALSE(samples_child_of(remote(SpanContext::kRandom)));
  }
}

TEST(Sampler, AsksNoParentWhenNotParentBased) {
  {
    MemorySession session = session_with(AlwaysOn{});
    EXPECT_TRUE(samples_child_of(remote(0)));
  }
  MemorySession session = session_with(AlwaysOff{});
  EXPECT_FALSE(samples_child_of(remote(SpanContext::kSampled)));
}

TEST(Sampler, SamplesNothingWithTracingOff) {
  TelemetryConfig config = everything();
  config.tracing.reset();
  MemorySession session(config);
  const SpanContext parent = remote(SpanContext::kSampled);
  const auto span = get_tracer("samplers").scoped_span("s", {{"a", 1}}, {.parent = &parent});
  EXPECT_FALSE(span.is_recording());
  EXPECT_TRUE(span.context().is_valid());
  EXPECT_FALSE(span.context().is_sampled());
  EXPECT_EQ(span.context().trace_id, parent.trace_id);
  EXPECT_EQ(session.statistics().spans.total.created, 0U);
}

}  // namespace
}  // namespace ergon::test
