#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>

#include <ergon/extend/register_extension.hpp>

#include "conformance/trace/recorded.hpp"

// trace/sdk.md#id-generators, trace/api.md#spancontext; W3C trace context level 2, the random flag.
namespace ergon::test {
namespace {

const Tracer& tracer() {
  static const Tracer kTracer = get_tracer("conformance.ids");
  return kTracer;
}

TEST(Ids, AreNeverZeroAndNeverTwice) {
  constexpr std::size_t kSpans = 20'000;
  MemorySession session;
  std::set<std::string> traces;
  std::set<std::string> spans;
  for (std::size_t i = 0; i < kSpans; ++i) {
    const auto span = tracer().scoped_span("s", {}, {.root = true});
    ASSERT_TRUE(span.context().is_valid());
    traces.insert(span.context().trace_id.to_hex());
    spans.insert(span.context().span_id.to_hex());
  }
  EXPECT_EQ(traces.size(), kSpans);
  EXPECT_EQ(spans.size(), kSpans);
}

TEST(RandomFlag, IsSetOnRoots) {
  MemorySession session;
  EXPECT_EQ(tracer().scoped_span("s").context().trace_flags, SpanContext::kSampled | SpanContext::kRandom);
}

// "Never set or unset in the middle of a trace", and flags that have no meaning yet are sent as 0.
TEST(RandomFlag, IsTheParentsOnChildren) {
  MemorySession session;
  SpanContext parent;
  parent.trace_id.bytes.fill(0xAB);
  parent.span_id.bytes.fill(0xCD);
  parent.is_remote = true;
  for (const unsigned flags : {0x00U, 0x01U, 0x02U, 0x03U, 0xFFU}) {
    parent.trace_flags = static_cast<std::uint8_t>(flags);
    const auto child = tracer().scoped_span("child", {}, {.parent = &parent});
    EXPECT_EQ(child.context().trace_flags, flags & 0x03U) << flags;
    EXPECT_EQ(child.context().trace_id, parent.trace_id);
    EXPECT_NE(child.context().span_id, parent.span_id);
  }
}

// Counts, in both kinds of id; says of itself whether that is random.
class CountingIds final : public IdGenerator {
 public:
  struct Options {
    bool is_random{false};
    bool fails{false};
    ERGON_OPTIONS(Options, is_random, fails);
  };
  explicit CountingIds(const Options& options) : options_(options) {}

  TraceId make_trace_id() override {
    if (options_.fails) throw std::runtime_error("no more traces");
    TraceId id;
    id.bytes[0] = ++traces_;
    return id;
  }
  SpanId make_span_id() override {
    get_tracer("conformance.ids").scoped_span("within").end();  // ignored
    SpanId id;
    if (!options_.fails) id.bytes[7] = ++spans_;
    return id;
  }
  [[nodiscard]] bool is_random() const noexcept override { return options_.is_random; }

 private:
  Options options_;
  std::uint8_t traces_{0};
  std::uint8_t spans_{0};
};

MemorySession counting_session(const CountingIds::Options& options, const Sampler& sampler = ParentBased{}) {
  telemetry::register_extension<CountingIds>("counting");
  TelemetryConfig config = everything();
  config.tracing->sampler = sampler;
  config.tracing->id_generator = Custom("counting", options);
  return MemorySession(config);
}

// trace/sdk.md#id-generators: "MUST provide a mechanism for customizing the way IDs are generated".
TEST(IdGeneratorClause, MakesTheIdsOfBothKindsOfSpan) {
  MemorySession session = counting_session({});
  const auto root = tracer().scoped_span("root");
  const auto child = tracer().start_span("child");
  const auto other = tracer().start_span("root", {}, {.root = true});
  EXPECT_EQ(root.context().trace_id.to_hex(), "01000000000000000000000000000000");
  EXPECT_EQ(root.context().span_id.to_hex(), "0000000000000001");
  EXPECT_EQ(child.context().trace_id, root.context().trace_id);
  EXPECT_EQ(child.context().span_id.to_hex(), "0000000000000002");
  EXPECT_EQ(other.context().trace_id.to_hex(), "02000000000000000000000000000000");
}

// W3C level 2: the flag is for trace ids of which at least the last seven bytes are random.
TEST(IdGeneratorClause, SaysWhetherTracesAreRandom) {
  for (const bool is_random : {false, true}) {
    MemorySession session = counting_session({.is_random = is_random});
    const auto root = tracer().scoped_span("root");
    const auto child = tracer().scoped_span("child");
    const std::uint8_t flags = SpanContext::kSampled | (is_random ? SpanContext::kRandom : 0);
    EXPECT_EQ(root.context().trace_flags, flags);
    EXPECT_EQ(child.context().trace_flags, flags);
  }
}

TEST(IdGeneratorClause, IsAskedBeforeTheSampler) {
  MemorySession session = counting_session({}, Probability{0.5});
  const auto root = tracer().scoped_span("root");
  EXPECT_FALSE(root.context().is_sampled()) << "the last seven bytes of the id are zero";
  EXPECT_EQ(root.context().span_id.to_hex(), "0000000000000001") << "sampled or not";
}

TEST(IdGeneratorClause, LeavesRandomIdsWhereItMakesNone) {
  MemorySession session = counting_session({.fails = true});
  const auto root = tracer().scoped_span("root");
  EXPECT_TRUE(root.context().is_valid());
  EXPECT_EQ(root.context().trace_flags, SpanContext::kSampled | SpanContext::kRandom);
}

TEST(IdGeneratorClause, IsThatOfTheSession) {
  {
    MemorySession session = counting_session({});
    session.stop();
    EXPECT_NE(tracer().scoped_span("late").context().span_id.to_hex(), "0000000000000001");
  }
  MemorySession session;
  EXPECT_NE(tracer().scoped_span("s").context().span_id.to_hex(), "0000000000000001");
}

TEST(IdGeneratorClause, IsNamedInTheConfiguration) {
  telemetry::register_extension<CountingIds>("counting");
  const auto errors_of = [](const IdGeneratorConfig& generator) {
    TelemetryConfig config = everything();
    config.tracing->id_generator = generator;
    return MemorySession(config).errors();
  };
  EXPECT_TRUE(errors_of(RandomIds{}).empty());
  const auto errors = errors_of(Custom("none"));
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_TRUE(errors[0].starts_with("tracing.id_generator/development.none: found an unregistered name"))
      << errors[0];
}

}  // namespace
}  // namespace ergon::test
