#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include <ergon/testing/recording.hpp>

#include "conformance/propagation/headers.hpp"
#include "telemetry/propagation/composite.hpp"
#include "unit/support_engine/memory_session.hpp"

// specification: context/api-propagators.md#composite-propagator, #global-propagators, #fields; trace/api.md.
namespace ergon::test {
namespace {

using telemetry::CompositePropagator;
using Written = std::map<std::string, std::string>;

// Appends its name to one header, and counts how many extracted before it.
class Signing final : public TextMapPropagator {
 public:
  explicit Signing(std::string name) : name_(std::move(name)) {}

  void inject(const Context&, CarrierWriter& carrier) const override {
    order() += name_;
    carrier.set("signed", order());
  }
  [[nodiscard]] Context extract(const Context& context, const CarrierReader&) const override {
    return context.with_baggage(context.baggage().set(name_, std::to_string(context.baggage().size())));
  }
  [[nodiscard]] std::vector<std::string_view> fields() const override { return {"signed", name_}; }

  static std::string& order() {
    static std::string order;
    return order;
  }

 private:
  std::string name_;
};

class Throwing final : public TextMapPropagator {
 public:
  void inject(const Context&, CarrierWriter&) const override { throw std::runtime_error("no"); }
  [[nodiscard]] Context extract(const Context&, const CarrierReader&) const override { throw 5; }
  [[nodiscard]] std::vector<std::string_view> fields() const override { return {}; }
};

TEST(CompositePropagator, AsksEachInTurnAndGoesOnWhereOneThrows) {
  const Signing a("a");
  const Signing b("b");
  const Throwing thrower;
  const CompositePropagator composite({&a, &thrower, &b});
  Signing::order().clear();
  Written headers;
  detail::MapWriter<Written> writer(headers);
  composite.inject(Context(), writer);
  EXPECT_EQ(headers, (Written{{"signed", "ab"}}));
  const Context context = composite.extract(Context(), detail::MapReader<Written>(headers));
  EXPECT_EQ(context.baggage().get("a"), "0");
  EXPECT_EQ(context.baggage().get("b"), "1");
  EXPECT_EQ(composite.fields(), (std::vector<std::string_view>{"signed", "a", "b"}));
}

TEST(CompositePropagator, MayBeOfNone) {
  const CompositePropagator none({});
  const Context context = Context().with_baggage(Baggage().set("kept", "1"));
  const Written headers{{"traceparent", std::string(kTraceparent)}};
  EXPECT_EQ(none.extract(context, detail::MapReader<Written>(headers)).baggage(), context.baggage());
  EXPECT_TRUE(none.fields().empty());
}

// "the default … W3C Trace Context and W3C Baggage"
TEST(GlobalPropagator, IsTraceContextAndBaggageByDefault) {
  EXPECT_EQ(global_propagator().fields(),
            (std::vector<std::string_view>{"traceparent", "tracestate", "baggage"}));
}

TEST(GlobalPropagator, InjectsWhatIsCurrent) {
  ergon::testing::Recorder recorder;
  Written headers;
  inject(headers);
  EXPECT_TRUE(headers.empty());
  const auto scope = attach(current_baggage().set("user", "u-1"));
  const auto span = get_tracer("client").scoped_span("call");
  inject(headers);
  EXPECT_EQ(headers.at("traceparent"),
            "00-" + span.context().trace_id.to_hex() + "-" + span.context().span_id.to_hex() + "-03");
  EXPECT_EQ(headers.at("baggage"), "user=u-1");
}

TEST(GlobalPropagator, ContinuesTheTraceOfTheCaller) {
  ergon::testing::Recorder recorder;
  {
    const Written headers{{"traceparent", std::string(kTraceparent)}, {"tracestate", "foo=1"}};
    const auto scope = attach(extract(headers));
    const auto span = get_tracer("server").scoped_span("serve", {}, {.kind = SpanKind::server});
    Written onward;
    inject(onward);
    EXPECT_EQ(onward.at("tracestate"), "foo=1");
  }
  const auto recording = recorder.stop();
  const auto* span = recording.spans().find("serve");
  EXPECT_EQ(span->context.trace_id.to_hex(), kTraceId);
  EXPECT_EQ(span->parent_span_id.to_hex(), kSpanId);
  EXPECT_EQ(span->context.trace_state.to_header(), "foo=1");
}

// "extract … if a value can not be parsed … MUST NOT throw … and MUST NOT store a new value"
TEST(GlobalPropagator, KeepsTheCurrentContextWhereThereIsNothingToRead) {
  ergon::testing::Recorder recorder;
  const auto span = get_tracer("server").scoped_span("span");
  EXPECT_EQ(extract(Written{}).span_context(), span.context());
  EXPECT_FALSE(extract(Written{}, Context()).span_context().is_valid());
}

// trace/sdk.md#sampling: a span that is not sampled is propagated as such
TEST(GlobalPropagator, PropagatesASpanThatIsNotSampled) {
  TelemetryConfig config = everything();
  config.tracing->sampler = AlwaysOff{};
  MemorySession session(config);
  const auto span = get_tracer("client").scoped_span("call");
  Written headers;
  inject(headers);
  EXPECT_EQ(headers.at("traceparent"),
            "00-" + span.context().trace_id.to_hex() + "-" + span.context().span_id.to_hex() + "-02");
}

TEST(GlobalPropagator, PropagatesWithTracingOff) {
  TelemetryConfig config = everything();
  config.tracing.reset();
  MemorySession session(config);
  const Written caller{{"traceparent", std::string(kTraceparent)}, {"baggage", "user=u-1"}};
  const auto scope = attach(extract(caller));
  const auto span = get_tracer("client").scoped_span("call");
  Written headers;
  inject(headers);
  EXPECT_EQ(headers.at("traceparent"),
            "00-" + std::string(kTraceId) + "-" + span.context().span_id.to_hex() + "-00");
  EXPECT_EQ(headers.at("baggage"), "user=u-1");
}

TEST(GlobalPropagator, BuiltInOnesHaveTheirNames) {
  for (const char* name : {"tracecontext", "baggage", "b3", "b3multi"})
    EXPECT_NE(built_in_propagator(name), nullptr) << name;
  EXPECT_EQ(built_in_propagator("jaeger"), nullptr);
}

}  // namespace
}  // namespace ergon::test
