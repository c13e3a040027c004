#include <gtest/gtest.h>

#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <ergon/extend/register_extension.hpp>
#include <ergon/telemetry.hpp>
#include <ergon/telemetry/propagation.hpp>

#include "telemetry/export/otlp_reader.hpp"
#include "unit/support_engine/memory_session.hpp"

// Samplers of the configuration, as a program meets them.
namespace ergon::test {
namespace {

using telemetry::Signal;

TelemetryConfig sampled_by(Sampler sampler) {
  TelemetryConfig config = everything();
  config.tracing->sampler = std::move(sampler);
  return config;
}

const RuleBased kNone{.rules = {{.sampler = AlwaysOff{}}}};

Tracer tracer() { return get_tracer("sampling"); }

std::vector<testing::RecordedSpan> spans_of(MemorySession& session) {
  std::vector<testing::RecordedSpan> spans;
  for (const std::string& request : session.take(Signal::spans)) {
    for (testing::RecordedSpan& span : telemetry::read_spans(request).spans) spans.push_back(std::move(span));
  }
  return spans;
}

TEST(Sampling, PutsTheProbabilityOnEverySpanOfTheTrace) {
  MemorySession session(sampled_by(ParentBased{.root = Probability{1}}));
  {
    const auto root = tracer().scoped_span("root");
    const auto child = tracer().scoped_span("child");
    EXPECT_EQ(root.context().trace_state.to_header(), "ot=th:0");
    std::map<std::string, std::string> headers;
    inject(headers);
    EXPECT_EQ(headers.at("tracestate"), "ot=th:0");
  }
  const auto spans = spans_of(session);
  ASSERT_EQ(spans.size(), 2U);
  for (const auto& span : spans) EXPECT_EQ(span.context.trace_state.to_header(), "ot=th:0") << span.name;
}

TEST(Sampling, PropagatesWhatIsNotSampled) {
  MemorySession session(sampled_by(ParentBased{.root = kNone}));
  std::map<std::string, std::string> headers;
  std::string id;
  {
    const auto root = tracer().scoped_span("root");
    EXPECT_FALSE(root.is_recording());
    id = root.context().trace_id.to_hex();
    inject(headers);
  }
  EXPECT_TRUE(headers.at("traceparent").starts_with("00-" + id + "-")) << headers.at("traceparent");
  EXPECT_TRUE(headers.at("traceparent").ends_with("-02")) << headers.at("traceparent");
  EXPECT_TRUE(spans_of(session).empty());
  EXPECT_EQ(session.statistics().spans.total.sampled_out, 1U);
}

TEST(Sampling, LimitsTheRateOfTracesAndKeepsThemWhole) {
  MemorySession session(sampled_by(ParentBased{.root = RateLimiting{3}}));
  for (int i = 0; i < 100; ++i) {
    const auto root = tracer().scoped_span("root");
    const auto child = tracer().scoped_span("child");
    EXPECT_EQ(child.is_recording(), root.is_recording());
  }
  const std::size_t spans = spans_of(session).size();
  EXPECT_GE(spans, 6U);
  EXPECT_LE(spans, 2U * (3 + 3 * 20)) << "more than twenty seconds' worth";
  EXPECT_EQ(spans % 2, 0U);
  EXPECT_TRUE(session.statistics().spans.total.closes());
}

TEST(Sampling, GoesByTheRulesOfTheConfiguration) {
  MemorySession session(sampled_by(RuleBased{
      .rules = {
          {.name = "health*", .sampler = AlwaysOff{}},
          {.kinds = {SpanKind::consumer}, .attributes = {{"tenant", "acme"}}, .sampler = AlwaysOn{}}}}));
  for (const char* name : {"health.check", "order"}) {
    for (const char* tenant : {"acme", "other"})
      const auto span = tracer().scoped_span(name, {{"tenant", tenant}}, {.kind = SpanKind::consumer});
  }
  const auto spans = spans_of(session);
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].name, "order");
  EXPECT_EQ(testing::find(spans[0].attributes, "tenant"), "acme");
}

// Samples the spans of one tenant, and says so.
class TenantSampler final : public SpanSampler {
 public:
  struct Options {
    std::string tenant{"acme"};
    ERGON_OPTIONS(Options, tenant);
  };
  explicit TenantSampler(Options options) : tenant_(std::move(options.tenant)) {
    if (tenant_.empty()) throw std::invalid_argument("no tenant");
  }

  void should_sample(const SamplingInput& input, SamplingResult& result) const override {
    if (input.context.baggage().get("tenant") != tenant_) return;
    result.decision = SamplingDecision::record_and_sample;
    result.set_attribute("sampled.for", tenant_);
  }

 private:
  std::string tenant_;
};

TEST(Sampling, IsByTheProgramsOwnSampler) {
  telemetry::register_extension<TenantSampler>("tenant");
  MemorySession session(
      sampled_by(ParentBased{.root = Custom("tenant", TenantSampler::Options{.tenant = "umbrella"})}));
  for (const char* tenant : {"acme", "umbrella"}) {
    const auto scope = attach(Baggage().set("tenant", tenant));
    const auto span = tracer().scoped_span(tenant);
  }
  const auto spans = spans_of(session);
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].name, "umbrella");
  EXPECT_EQ(testing::find(spans[0].attributes, "sampled.for"), "umbrella");
}

// Records while it is made, on a thread that has not recorded before.
class TalkativeSampler final : public SpanSampler {
 public:
  TalkativeSampler() { get_logger("sampling").info("rules loaded"); }

  void should_sample(const SamplingInput& /*input*/, SamplingResult& /*result*/) const override {}
};

TEST(Sampling, MayBeMadeByAProgramThatRecordsMeanwhile) {
  telemetry::register_extension<TalkativeSampler>("talkative");
  std::thread([] {
    const MemorySession session(sampled_by(Custom("talkative")));
    EXPECT_TRUE(session.errors().empty());
  }).join();
}

TEST(Sampling, SaysWhatIsWrongWithASamplerOfThePrograms) {
  telemetry::register_extension<TenantSampler>("tenant");
  const auto error_of = [](const Sampler& sampler) {
    const MemorySession session(sampled_by(sampler));
    return session.errors().empty() ? std::string() : session.errors()[0];
  };
  const std::string unknown = error_of(Custom("tenent"));
  EXPECT_TRUE(unknown.starts_with("tracing.sampler.tenent: found an unregistered name; allowed: "))
      << unknown;
  EXPECT_EQ(error_of(Custom("tenant", TenantSampler::Options{.tenant = ""})),
            "tracing.sampler.tenant: it could not be made: no tenant");
}

TEST(Sampling, IsThatOfTheLatestSession) {
  {
    MemorySession session(sampled_by(kNone));
    EXPECT_FALSE(tracer().scoped_span("first").is_recording());
  }
  MemorySession session;
  EXPECT_TRUE(tracer().scoped_span("second").is_recording());
}

}  // namespace
}  // namespace ergon::test
