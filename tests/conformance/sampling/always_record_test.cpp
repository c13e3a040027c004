#include <gtest/gtest.h>

#include <map>
#include <stdexcept>
#include <string>

#include <ergon/extend/register_extension.hpp>
#include <ergon/telemetry/propagation.hpp>

#include "conformance/sampling/asked.hpp"
#include "unit/support_engine/memory_session.hpp"

// trace/sdk.md#alwaysrecord and #recording-sampled-reaction-table.
namespace ergon::telemetry::test {
namespace {

using ergon::test::MemorySession;

TelemetryConfig sampled_by(Sampler sampler) {
  TelemetryConfig config = ergon::test::everything();
  config.tracing->sampler = std::move(sampler);
  return config;
}

TEST(AlwaysRecord, RecordsWhatItsRootDrops) {
  const auto sampler = make_sampler(AlwaysRecord{AlwaysOff{}});
  EXPECT_EQ(ask(*sampler, {.trace_id = trace_id_of(1)}).decision, SamplingDecision::record_only);
}

TEST(AlwaysRecord, LeavesWhatItsRootSamplesAsItIs) {
  const auto sampler = make_sampler(AlwaysRecord{Probability{0.5}});
  const Answer sampled = ask(*sampler, {.trace_id = trace_id_of((std::uint64_t{1} << 56U) - 1)});
  EXPECT_EQ(sampled.decision, SamplingDecision::record_and_sample);
  EXPECT_EQ(sampled.trace_state.to_header(), "ot=th:8");
  const Answer recorded =
      ask(*sampler, {.trace_id = trace_id_of(1), .parent = parent_with(1, true, "ot=th:8")});
  EXPECT_EQ(recorded.decision, SamplingDecision::record_only);
  EXPECT_TRUE(recorded.trace_state.is_empty()) << "the root's say";
}

TEST(RecordOnly, IsRecordingWithTheSampledFlagOff) {
  MemorySession session(sampled_by(AlwaysRecord{AlwaysOff{}}));
  std::map<std::string, std::string> headers;
  {
    auto span = get_tracer("only").scoped_span("span");
    span.set_attribute("key", 1);
    EXPECT_TRUE(span.is_recording());
    EXPECT_FALSE(span.context().is_sampled());
    inject(headers);
  }
  EXPECT_TRUE(headers.at("traceparent").ends_with("-02")) << headers.at("traceparent");
}

TEST(RecordOnly, ReachesNoExporterAndIsCounted) {
  MemorySession session(sampled_by(ParentBased{.root = AlwaysRecord{TraceIdRatioBased{0.5}}}));
  constexpr std::uint64_t kSpans = 1'000;
  std::uint64_t sampled = 0;
  for (std::uint64_t i = 0; i < kSpans; ++i) {
    const auto span = get_tracer("only").scoped_span("span", {}, {.root = true});
    EXPECT_TRUE(span.is_recording());
    sampled += span.context().is_sampled() ? 1 : 0;
  }
  EXPECT_TRUE(session.flush());
  const Counts counts = session.statistics().spans.total;
  EXPECT_EQ(counts.created, kSpans);
  EXPECT_EQ(counts.delivered, sampled);
  EXPECT_EQ(counts.sampled_out, kSpans - sampled);
  EXPECT_TRUE(counts.closes());
  EXPECT_EQ(session.statistics().spans.destinations.at(0).counts.created, sampled) << "offered to it";
  EXPECT_GT(sampled, 0U);
  EXPECT_LT(sampled, kSpans);
}

TEST(RecordOnly, IsForItsChildrenAParentThatIsNotSampled) {
  MemorySession session(sampled_by(ParentBased{.root = AlwaysRecord{AlwaysOff{}}}));
  const auto root = get_tracer("only").scoped_span("root");
  const auto child = get_tracer("only").scoped_span("child");
  EXPECT_TRUE(root.is_recording());
  EXPECT_FALSE(child.is_recording());
}

class OnlyRecordingSampler final : public SpanSampler {
 public:
  struct Options {
    std::string prefix{"only"};
    ERGON_OPTIONS(Options, prefix);
  };
  explicit OnlyRecordingSampler(Options options) : prefix_(std::move(options.prefix)) {}

  void should_sample(const SamplingInput& input, SamplingResult& result) const override {
    result.decision =
        input.name.starts_with(prefix_) ? SamplingDecision::record_only : SamplingDecision::record_and_sample;
  }

 private:
  std::string prefix_;
};

TEST(RecordOnly, IsADecisionOfAProgramsOwnSampler) {
  register_extension<OnlyRecordingSampler>("only_recording");
  MemorySession session(sampled_by(Custom{"only_recording", OnlyRecordingSampler::Options{}}));
  {
    const auto sampled = get_tracer("only").scoped_span("sampled");
    const auto only = get_tracer("only").scoped_span("only recorded");
    EXPECT_TRUE(only.is_recording());
    EXPECT_FALSE(only.context().is_sampled());
    EXPECT_TRUE(sampled.context().is_sampled());
  }
  EXPECT_TRUE(session.flush());
  const Counts counts = session.statistics().spans.total;
  EXPECT_EQ(counts.delivered, 1U);
  EXPECT_EQ(counts.sampled_out, 1U);
  EXPECT_TRUE(counts.closes());
}

class UndecidedSampler final : public SpanSampler {
 public:
  void should_sample(const SamplingInput& /*input*/, SamplingResult& result) const override {
    result.decision = SamplingDecision::record_and_sample;
    throw std::runtime_error("undecided");
  }
};

TEST(AlwaysRecord, RecordsWhatASamplerThatThrowsWouldHaveDropped) {
  register_extension<UndecidedSampler>("undecided");
  MemorySession session(sampled_by(AlwaysRecord{Custom{"undecided"}}));
  const auto span = get_tracer("only").scoped_span("span");
  EXPECT_TRUE(span.is_recording());
  EXPECT_FALSE(span.context().is_sampled());
}

}  // namespace
}  // namespace ergon::telemetry::test
