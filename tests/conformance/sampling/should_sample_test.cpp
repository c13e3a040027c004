#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <ergon/extend/register_extension.hpp>
#include <ergon/extend/sampler.hpp>
#include <ergon/testing/recording.hpp>

#include "conformance/sampling/asked.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "unit/support_engine/memory_session.hpp"

// trace/sdk.md#shouldsample: what a sampler is told, and what becomes of its answer.
namespace ergon::test {
namespace {

constexpr ContextKey<int> kPriority{"priority"};

struct Asked {
  SpanContext parent;
  std::string tenant;
  int priority;
  TraceId trace_id;
  std::string name;
  SpanKind kind;
  std::string attributes;
  std::vector<SpanContext> links;
};
std::vector<Asked> g_asked;

class AttentiveSampler final : public SpanSampler {
 public:
  void should_sample(const SamplingInput& input, SamplingResult& result) const override {
    const int* priority = input.context.get(kPriority);
    Asked asked{.parent = input.context.span_context(),
                .tenant = std::string(input.context.baggage().get("tenant")),
                .priority = priority != nullptr ? *priority : 0,
                .trace_id = input.trace_id,
                .name = std::string(input.name),
                .kind = input.kind,
                .attributes = {},
                .links = {}};
    for (const Attribute& attribute : input.attributes) asked.attributes += std::string(attribute.key) + ";";
    for (const SpanLink& link : input.links) asked.links.push_back(link.context);
    g_asked.push_back(std::move(asked));
    result.decision = SamplingDecision::record_and_sample;
    result.trace_state = result.trace_state.set("vendor", "asked");
    result.set_attribute("sampler", "attentive");
    result.set_attribute("given", "by the sampler");
  }
};

MemorySession attentive_session() {
  telemetry::register_extension<AttentiveSampler>("attentive");
  g_asked.clear();
  TelemetryConfig config = everything();
  config.tracing->sampler = Custom("attentive");
  return MemorySession(config);
}

TEST(ShouldSample, IsToldTheParentsContextWithAllItHas) {
  MemorySession session = attentive_session();
  const SpanContext parent = telemetry::test::parent_with(SpanContext::kSampled, true, "other=1");
  const Context context =
      Context().with_span_context(parent).with_baggage(Baggage().set("tenant", "acme")).with(kPriority, 7);
  {
    const auto scope = attach(context);
    get_tracer("asked").scoped_span("in the current context").end();
  }
  get_tracer("asked").start_span("in a given one", {}, {.context = &context}).end();
  ASSERT_EQ(g_asked.size(), 2U);
  for (const Asked& asked : g_asked) {
    EXPECT_EQ(asked.parent, parent) << asked.name;
    EXPECT_EQ(asked.tenant, "acme") << asked.name;
    EXPECT_EQ(asked.priority, 7) << asked.name;
    EXPECT_EQ(asked.trace_id, parent.trace_id);
  }
}

TEST(ShouldSample, IsToldWhatTheSpanBeginsWith) {
  MemorySession session = attentive_session();
  const SpanContext linked = telemetry::test::parent_with(0, true);
  const auto span = get_tracer("asked").scoped_span("span", {{"a", 1}, {"b", 2}},
                                                    {.kind = SpanKind::client, .links = {{linked}}});
  ASSERT_EQ(g_asked.size(), 1U);
  EXPECT_FALSE(g_asked[0].parent.is_valid()) << "a root";
  EXPECT_EQ(g_asked[0].trace_id, span.context().trace_id) << "the id that the span then has";
  EXPECT_EQ(g_asked[0].name, "span");
  EXPECT_EQ(g_asked[0].kind, SpanKind::client);
  EXPECT_EQ(g_asked[0].attributes, "a;b;");
  EXPECT_EQ(g_asked[0].links, std::vector<SpanContext>{linked});
}

TEST(ShouldSample, AnswersWithAttributesAndATraceState) {
  MemorySession session = attentive_session();
  const SpanContext parent = telemetry::test::parent_with(SpanContext::kSampled, true, "other=1");
  {
    const auto span =
        get_tracer("asked").scoped_span("span", {{"given", "at the start"}}, {.parent = &parent});
    EXPECT_EQ(span.context().trace_state.to_header(), "vendor=asked,other=1");
    EXPECT_TRUE(span.context().is_sampled());
  }
  const auto requests = session.take(telemetry::Signal::spans);
  ASSERT_EQ(requests.size(), 1U);
  const auto spans = telemetry::read_spans(requests[0]).spans;
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(testing::find(spans[0].attributes, "sampler"), "attentive");
  EXPECT_EQ(testing::find(spans[0].attributes, "given"), "at the start");
}

}  // namespace
}  // namespace ergon::test
