#include <gtest/gtest.h>

#include <string>

#include "conformance/sampling/asked.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "telemetry/record/probability_state.hpp"
#include "unit/support_engine/memory_session.hpp"

// trace/sdk.md#compositesampler and #composablesampler
namespace ergon::telemetry::test {
namespace {

constexpr std::uint64_t kAll = kNeverSampled - 1;
constexpr std::uint8_t kSampled = SpanContext::kSampled;

Answer ask_composed(const ComposableSampler& composed, const Question& question) {
  return ask(*make_sampler(Sampler(composed)), question);
}

Question child_of(std::uint8_t flags, std::string_view state, std::uint64_t randomness,
                  bool is_remote = true) {
  Question question{.trace_id = trace_id_of(randomness)};
  question.parent = parent_with(flags, is_remote, state);
  question.parent.trace_id = question.trace_id;
  return question;
}

// ComposableAlwaysOn: threshold 0, reliable; ComposableAlwaysOff: none.
TEST(ComposableAlwaysOn, SaysThatEveryTraceIsSampled) {
  const auto answer = ask_composed(AlwaysOn{}, {.trace_id = trace_id_of(0)});
  EXPECT_TRUE(answer.is_sampled);
  EXPECT_EQ(answer.trace_state.to_header(), "ot=th:0");
}

TEST(ComposableAlwaysOff, SamplesNothingAndTakesTheThresholdAway) {
  const auto answer = ask_composed(AlwaysOff{}, child_of(kSampled, "ot=th:8;xy:1,vendor=a", kAll));
  EXPECT_FALSE(answer.is_sampled);
  EXPECT_EQ(answer.trace_state.to_header(), "ot=xy:1,vendor=a");
}

TEST(ComposableProbability, DecidesAndSaysAsProbabilityDoes) {
  const std::uint64_t threshold = rounded_threshold(0.25);
  const Sampler alone = Probability{0.25};
  for (const std::uint64_t randomness : {std::uint64_t{0}, threshold - 1, threshold, kAll}) {
    const Question question{.trace_id = trace_id_of(randomness)};
    const auto composed = ask_composed(Probability{0.25}, question);
    const auto expected = ask(*make_sampler(alone), question);
    EXPECT_EQ(composed.is_sampled, expected.is_sampled);
    EXPECT_EQ(composed.trace_state.to_header(), expected.trace_state.to_header());
  }
  EXPECT_TRUE(ask_composed(Probability{0.5}, child_of(0, "ot=rv:80000000000000", 0)).is_sampled);
  EXPECT_FALSE(ask_composed(Probability{0}, {.trace_id = trace_id_of(kAll)}).is_sampled);
}

// "If the parent has a threshold, use it; else by its sampled flag, and then the threshold is not reliable."
TEST(ComposableParentThreshold, GoesOnWithTheParentsThreshold) {
  const ComposableSampler sampler = ParentThreshold{AlwaysOff{}};
  const auto above = ask_composed(sampler, child_of(kSampled, "ot=th:8;rv:90000000000000", 0));
  EXPECT_TRUE(above.is_sampled);
  EXPECT_EQ(above.trace_state.to_header(), "ot=th:8;rv:90000000000000");
  const auto below = ask_composed(sampler, child_of(0, "ot=th:8;xy:1", 1));
  EXPECT_FALSE(below.is_sampled);
  EXPECT_EQ(below.trace_state.to_header(), "ot=xy:1");
}

TEST(ComposableParentThreshold, FollowsTheFlagWhereTheParentHasNone) {
  const ComposableSampler sampler = ParentThreshold{AlwaysOn{}};
  for (const char* state : {"vendor=a", "ot=xy:1", "ot=th:nonsense"}) {
    const auto sampled = ask_composed(sampler, child_of(kSampled, state, 0));
    EXPECT_TRUE(sampled.is_sampled) << state;
    EXPECT_EQ(threshold_in(sampled.trace_state), std::nullopt) << state;
    EXPECT_FALSE(ask_composed(sampler, child_of(0, state, kAll)).is_sampled) << state;
  }
}

TEST(ComposableParentThreshold, AsksItsRootWithoutAParent) {
  const auto root = ask_composed(ParentThreshold{Probability{0.5}}, {.trace_id = trace_id_of(kAll)});
  EXPECT_TRUE(root.is_sampled);
  EXPECT_EQ(root.trace_state.to_header(), "ot=th:8");
  EXPECT_FALSE(ask_composed(ParentThreshold{AlwaysOff{}}, {.trace_id = trace_id_of(kAll)}).is_sampled);
}

Question asked_with(Attributes attributes) { return {.trace_id = trace_id_of(0), .attributes = attributes}; }

bool samples(const ComposableRule& rule, const Question& question) {
  return ask_composed(ComposableRuleBased{{rule}}, question).is_sampled;
}

TEST(ComposableRuleBased, MatchesByValuesOfAnAttribute) {
  const ComposableRule rule{.attribute_values = AttributeValuesCondition{"http.route", {"/a", "/b*", "7"}}};
  EXPECT_TRUE(samples(rule, asked_with({{"http.route", "/a"}})));
  EXPECT_TRUE(samples(rule, asked_with({{"http.route", 7}})));
  EXPECT_TRUE(samples(rule, asked_with({{"http.route", "/b*"}}))) << "values are no patterns";
  EXPECT_FALSE(samples(rule, asked_with({{"http.route", "/bc"}})));
  EXPECT_FALSE(samples(rule, asked_with({{"other", "/a"}})));
}

TEST(ComposableRuleBased, MatchesByPatternsOfAnAttribute) {
  const ComposableRule rule{
      .attribute_patterns = AttributePatternsCondition{"http.path", {"/internal/*", "/p?"}, {"*/health"}}};
  EXPECT_TRUE(samples(rule, asked_with({{"http.path", "/internal/a"}})));
  EXPECT_TRUE(samples(rule, asked_with({{"http.path", "/p1"}})));
  EXPECT_FALSE(samples(rule, asked_with({{"http.path", "/internal/health"}})));
  EXPECT_FALSE(samples(rule, asked_with({{"http.path", "/other"}})));
  EXPECT_FALSE(samples(rule, asked_with({})));
  const ComposableRule all_but{.attribute_patterns =
                                   AttributePatternsCondition{"http.path", {}, {"*/health"}}};
  EXPECT_TRUE(samples(all_but, asked_with({{"http.path", "/other"}})));
}

TEST(ComposableRuleBased, MatchesByKindAndParent) {
  const ComposableRule consumers{.span_kinds = {SpanKind::consumer, SpanKind::server}};
  EXPECT_TRUE(samples(consumers, {.kind = SpanKind::consumer}));
  EXPECT_FALSE(samples(consumers, {.kind = SpanKind::client}));
  const auto parents = {Question{}, child_of(0, "", 0, true), child_of(0, "", 0, false)};
  const auto kinds = {ParentKind::none, ParentKind::remote, ParentKind::local};
  for (const ParentKind kind : kinds) {
    int at = 0;
    for (const Question& question : parents)
      EXPECT_EQ(samples({.parent = {kind}}, question), at++ == static_cast<int>(kind));
  }
}

TEST(ComposableRuleBased, LetsTheFirstMatchDecideElseDrops) {
  const ComposableRuleBased rules{
      {{.span_kinds = {SpanKind::client}, .sampler = AlwaysOff{}}, {.parent = {ParentKind::none}}}};
  EXPECT_FALSE(ask_composed(rules, {.trace_id = trace_id_of(kAll), .kind = SpanKind::client}).is_sampled);
  EXPECT_TRUE(ask_composed(rules, {.trace_id = trace_id_of(0)}).is_sampled);
  const auto unmatched = ask_composed(rules, child_of(kSampled, "ot=th:0", kAll));
  EXPECT_FALSE(unmatched.is_sampled);
  EXPECT_EQ(unmatched.trace_state.to_header(), "");
}

// What another sampler records of what this one drops is not annotated by it.
TEST(ComposableAnnotating, LeavesWhatItDropsAlone) {
  TelemetryConfig config = ergon::test::everything();
  config.tracing->keep = KeepConfig{.errors = true, .ratio = 0};
  config.tracing->sampler = ComposableSampler(Annotating{{{"sampled.by", "root"}}, AlwaysOff{}});
  ergon::test::MemorySession session(config);
  {
    auto failed = get_tracer("composite").scoped_span("failed");
    failed.set_status(StatusCode::error);
  }
  const auto requests = session.take(Signal::spans);
  ASSERT_EQ(requests.size(), 1U);
  const auto spans = read_spans(requests[0]).spans;
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_TRUE(spans[0].attributes.empty());
}

// ComposableAnnotatingSampler, in a session: on what is sampled, and never over what the span starts with.
TEST(ComposableAnnotating, PutsAttributesOnWhatIsSampled) {
  TelemetryConfig config = ergon::test::everything();
  config.tracing->sampler =
      ComposableSampler(ParentThreshold{Annotating{{{"sampled.by", "root"}, {"weight", 3}}, Probability{1}}});
  ergon::test::MemorySession session(config);
  {
    const auto root = get_tracer("composite").scoped_span("root", {{"weight", "its own"}});
    const auto child = get_tracer("composite").scoped_span("child");
    EXPECT_EQ(child.context().trace_state.to_header(), "ot=th:0");
  }
  const auto requests = session.take(Signal::spans);
  ASSERT_EQ(requests.size(), 1U);
  const auto spans = read_spans(requests[0]).spans;
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_TRUE(spans[0].attributes.empty()) << "the child's sampler is the parent's threshold";
  EXPECT_EQ(testing::find(spans[1].attributes, "sampled.by"), "root");
  EXPECT_EQ(testing::find(spans[1].attributes, "weight"), "its own");
}

}  // namespace
}  // namespace ergon::telemetry::test
