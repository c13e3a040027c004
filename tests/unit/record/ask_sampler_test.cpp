#include "telemetry/record/ask_sampler.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

#include "telemetry/record/recording_state.hpp"

// How a sampler is asked when a span starts, whoever wrote it.
namespace ergon::telemetry {
namespace {

using Behaviour = std::function<void(const SamplingInput&, SamplingResult&)>;

class ScriptedSampler final : public SpanSampler {
 public:
  explicit ScriptedSampler(Behaviour behaviour) : behaviour_(std::move(behaviour)) {}

  void should_sample(const SamplingInput& input, SamplingResult& result) const override {
    behaviour_(input, result);
  }

 private:
  Behaviour behaviour_;
};

class AskSampler : public ::testing::Test {
 protected:
  void TearDown() override { g_recording.sampler = nullptr; }

  // From now on, for this test.
  void sample_by(Behaviour behaviour) {
    sampler_ = std::make_unique<ScriptedSampler>(std::move(behaviour));
    g_recording.sampler = sampler_.get();
  }

  Tracer tracer_ = get_tracer("asked");
  ergon::testing::Recorder recorder_;
  std::unique_ptr<ScriptedSampler> sampler_;
};

void take(SamplingResult& result) { result.decision = SamplingDecision::record_and_sample; }

TEST_F(AskSampler, IsToldOfParentNameKindAttributesAndLinks) {
  SpanContext parent;
  SpanId seen_parent;
  std::string seen;
  {
    const auto outer = tracer_.scoped_span("outer");
    parent = outer.context();
    sample_by([&](const SamplingInput& input, SamplingResult&) {
      seen_parent = input.context.span_context().span_id;
      EXPECT_EQ(input.trace_id, parent.trace_id);
      seen = std::string(input.name) + " " + std::to_string(static_cast<int>(input.kind)) + " " +
             std::string(input.attributes[0].key) + " " + std::to_string(input.links.size());
    });
    const auto inner = tracer_.scoped_span("inner", {{"key", 1}},
                                           {.kind = SpanKind::client, .links = {{.context = parent}}});
    EXPECT_FALSE(inner.is_recording());
  }
  EXPECT_EQ(seen_parent, parent.span_id);
  EXPECT_EQ(seen, "inner 3 key 1");
}

TEST_F(AskSampler, SeesNoParentOfARootAndTheBaggageOfItsContext) {
  const auto scope = attach(Baggage().set("tenant", "acme"));
  const auto outer = tracer_.scoped_span("outer");
  std::string tenant;
  sample_by([&](const SamplingInput& input, SamplingResult&) {
    EXPECT_FALSE(input.context.span_context().is_valid());
    tenant = std::string(input.context.baggage().get("tenant"));
  });
  const auto root = tracer_.scoped_span("root", {}, {.root = true});
  EXPECT_EQ(tenant, "acme");
}

TEST_F(AskSampler, AddsTheSamplersAttributesBelowTheSpansOwn) {
  sample_by([](const SamplingInput&, SamplingResult& result) {
    take(result);
    result.set_attribute("sampler.rule", "first");
    result.set_attribute("key", "sampler's");
  });
  {
    const auto span = tracer_.scoped_span("span", {{"key", "own"}});
  }
  const auto recording = recorder_.stop();
  ASSERT_EQ(recording.spans().size(), 1U);
  const auto& attributes = recording.spans()[0].attributes;
  EXPECT_EQ(attributes.size(), 2U);
  EXPECT_EQ(ergon::testing::find(attributes, "sampler.rule"), "first");
  EXPECT_EQ(ergon::testing::find(attributes, "key"), "own");
}

TEST_F(AskSampler, HandsTheSamplersTraceStateOn) {
  sample_by([](const SamplingInput&, SamplingResult& result) {
    take(result);
    result.trace_state = result.trace_state.set("vendor", "kept");
  });
  const auto span = tracer_.scoped_span("span");
  EXPECT_EQ(span.context().trace_state.to_header(), "vendor=kept");
}

TEST_F(AskSampler, DropsTheSpanOfASamplerThatThrows) {
  sample_by([](const SamplingInput&, SamplingResult& result) {
    result.set_attribute("half", std::string(4'096, 'a'));
    throw std::runtime_error("no idea");
  });
  const auto span = tracer_.scoped_span("span");
  EXPECT_FALSE(span.is_recording());
  EXPECT_TRUE(span.context().is_valid());
}

TEST_F(AskSampler, DropsTheSpanOfASamplerThatThrowsAfterItsDecision) {
  sample_by([](const SamplingInput&, SamplingResult& result) {
    take(result);
    throw std::runtime_error("on second thoughts");
  });
  EXPECT_FALSE(tracer_.scoped_span("span").is_recording());
}

TEST_F(AskSampler, IgnoresWhatASamplerRecords) {
  int asked = 0;
  sample_by([&](const SamplingInput&, SamplingResult& result) {
    ++asked;
    take(result);
    const auto within = tracer_.scoped_span("within");
    get_logger("asked").error("within");
  });
  {
    const auto span = tracer_.scoped_span("span");
    EXPECT_TRUE(span.is_recording());
    EXPECT_EQ(current_span_context(), span.context());
  }
  get_logger("asked").error("after");
  const auto recording = recorder_.stop();
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(recording.spans().size(), 1U);
  EXPECT_EQ(recording.logs().size(), 1U);
}

}  // namespace
}  // namespace ergon::telemetry
