#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstring>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>
#include <ergon/telemetry/propagation.hpp>

#include "telemetry/export/otlp_reader.hpp"
#include "telemetry/record/probability_state.hpp"
#include "telemetry/record/sampling.hpp"
#include "unit/support_engine/fresh_process.hpp"
#include "unit/support_engine/memory_session.hpp"

// `tracing.keep`, as a program meets it.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using telemetry::Counts;
using telemetry::DropReason;
using telemetry::Signal;

TelemetryConfig keeping(const KeepConfig& keep, Sampler sampler = ParentBased{}) {
  TelemetryConfig config = everything();
  config.tracing->sampler = std::move(sampler);
  config.tracing->keep = keep;
  return config;
}

Tracer tracer() { return get_tracer("keep"); }

std::vector<testing::RecordedSpan> spans_of(MemorySession& session) {
  std::vector<testing::RecordedSpan> spans;
  for (const std::string& request : session.take(Signal::spans)) {
    for (testing::RecordedSpan& span : telemetry::read_spans(request).spans) spans.push_back(std::move(span));
  }
  return spans;
}

std::vector<std::string> names_of(MemorySession& session) {
  std::vector<std::string> names;
  for (const auto& span : spans_of(session)) names.push_back(span.name);
  return names;
}

// 100,000 transactions on two threads, each continuing a trace of another process: one in a hundred fails,
// one in a hundred is slow, and one in ten has a span that ends after all of it.
class Transactions {
 public:
  static constexpr int kCount = 100'000;
  static constexpr std::uint64_t kUsual = 3;

  enum class Kind : std::uint8_t { well, failed, slow };
  [[nodiscard]] static Kind kind_of(int number) {
    return number % 100 == 7 ? Kind::failed : number % 100 == 13 ? Kind::slow : Kind::well;
  }
  [[nodiscard]] static bool has_late_span(int number) { return number / 100 % 10 == number % 10; }
  [[nodiscard]] static std::uint64_t spans_of(int number) { return kUsual + (has_late_span(number) ? 1 : 0); }

  Transactions() : trace_ids_(kCount) {
    std::mt19937_64 random(20'261'124);
    for (TraceId& id : trace_ids_) {
      const std::uint64_t halves[]{random() | 1U, random()};
      std::memcpy(id.bytes.data(), halves, sizeof halves);
    }
  }

  void run() const {
    std::jthread other([this] { run(0, kCount / 2); });
    run(kCount / 2, kCount);
  }

  [[nodiscard]] const TraceId& trace_id(int number) const {
    return trace_ids_[static_cast<std::size_t>(number)];
  }

 private:
  void run(int first, int end) const {
    const TraceState state = TraceState::immortal("ot=th:0");
    std::deque<Span> late;
    for (int number = first; number < end; ++number) {
      const SpanContext remote{.trace_id = trace_id(number),
                               .span_id = {{1}},
                               .trace_flags = SpanContext::kSampled | SpanContext::kRandom,
                               .is_remote = true,
                               .trace_state = state};
      run_one(number, remote, late);
      if (late.size() > 5) late.pop_front();
    }
  }

  static void run_one(int number, const SpanContext& remote, std::deque<Span>& late) {
    const bool is_slow = kind_of(number) == Kind::slow;
    const auto start = is_slow ? std::chrono::system_clock::now() - 2h : Timestamp{};
    const auto transaction =
        tracer().scoped_span("transaction", {{"order", number}},
                             {.kind = SpanKind::consumer, .parent = &remote, .start_time = start});
    if (has_late_span(number)) late.push_back(tracer().start_span("late"));
    const auto process = tracer().scoped_span("process");
    auto charge = tracer().scoped_span("charge", {{"currency", "EUR"}});
    if (kind_of(number) == Kind::failed) charge.set_status(StatusCode::error, "no funds");
  }

  std::vector<TraceId> trace_ids_;
};

struct IsBefore {
  bool operator()(const TraceId& a, const TraceId& b) const { return a.bytes < b.bytes; }
};

TEST(Keep, KeepsAllThatFailedOrWasSlowAndItsShareOfTheRest) {
  const telemetry::RuntimeOptions options{.on_full = telemetry::OnFull::block, .max_block = 60s};
  MemorySession session(keeping({.errors = true, .slower_than = 1h, .ratio = 0.01}), options);
  const Transactions transactions;
  transactions.run();
  ASSERT_TRUE(session.flush());

  std::map<TraceId, std::uint64_t, IsBefore> arrived;
  std::map<TraceId, std::string, IsBefore> states;
  std::uint64_t delivered = 0;
  for (const auto& span : spans_of(session)) {
    ++arrived[span.context.trace_id];
    ++delivered;
    const auto [state, is_first] =
        states.emplace(span.context.trace_id, std::string(span.context.trace_state.to_header()));
    EXPECT_EQ(span.context.trace_state.to_header(), state->second) << "one of all spans of a trace";
  }
  const std::uint64_t threshold = telemetry::rounded_threshold(0.01);
  int rest = 0;
  std::uint64_t created = 0;
  for (int number = 0; number < Transactions::kCount; ++number) {
    const TraceId& id = transactions.trace_id(number);
    const bool matters = Transactions::kind_of(number) != Transactions::Kind::well;
    const bool is_kept = matters || telemetry::randomness_of(id) >= threshold;
    rest += is_kept && !matters ? 1 : 0;
    created += Transactions::spans_of(number);
    ASSERT_EQ(arrived[id], is_kept ? Transactions::spans_of(number) : 0) << number;
    if (is_kept) {
      ASSERT_EQ(states[id], matters ? "ot=th:0" : "ot=th:fd70a") << number;
    }
  }
  constexpr double kRest = Transactions::kCount * 0.98;
  EXPECT_NEAR(rest, kRest * 0.01, 3.29 * std::sqrt(kRest * 0.01 * 0.99)) << "99.9 %";
  const Counts counts = session.statistics().spans.total;
  EXPECT_EQ(counts.created, created);
  EXPECT_EQ(counts.delivered, delivered);
  EXPECT_EQ(counts.sampled_out, created - delivered);
  EXPECT_TRUE(counts.closes());
}

TEST(Keep, KeepsWhatFailedThoughItWasNotSampledAndLeavesTheFlagAsItWas) {
  MemorySession session(keeping({}, ParentBased{.root = AlwaysOff{}}));
  for (const bool fails : {true, false}) {
    std::map<std::string, std::string> headers;
    auto root = tracer().scoped_span(fails ? "failed" : "well");
    EXPECT_TRUE(root.is_recording());
    const auto child = tracer().scoped_span("child");
    inject(headers);
    EXPECT_TRUE(headers.at("traceparent").ends_with("-02")) << headers.at("traceparent");
    if (fails) root.set_status(StatusCode::error);
  }
  const auto spans = spans_of(session);
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].name, "child");
  EXPECT_EQ(spans[1].name, "failed");
  for (const auto& span : spans) {
    EXPECT_FALSE(span.context.is_sampled());
    EXPECT_TRUE(span.context.trace_state.is_empty());
  }
}

TEST(Keep, LeavesTheFlagOnWhereItKeepsNothing) {
  MemorySession session(keeping({.ratio = 0}));
  std::map<std::string, std::string> headers;
  {
    const auto root = tracer().scoped_span("well");
    inject(headers);
  }
  EXPECT_TRUE(headers.at("traceparent").ends_with("-03")) << headers.at("traceparent");
  EXPECT_TRUE(spans_of(session).empty());
  EXPECT_EQ(session.statistics().spans.total.sampled_out, 1U);
}

TEST(Keep, SaysTheThresholdOfTheSampler) {
  for (const Sampler& root : std::initializer_list<Sampler>{TraceIdRatioBased{0.25}, Probability{0.25}}) {
    MemorySession session(keeping({.ratio = 1}, ParentBased{.root = root}));
    std::uint64_t sampled = 0;
    for (int i = 0; i < 200; ++i) {
      const auto span = tracer().scoped_span("root");
      sampled += span.context().is_sampled() ? 1 : 0;
    }
    const auto spans = spans_of(session);
    EXPECT_EQ(spans.size(), sampled);
    for (const auto& span : spans) EXPECT_EQ(span.context.trace_state.to_header(), "ot=th:c");
  }
}

TEST(Keep, HoldsWhatIsUndecidedThroughAFlushAndDecidesAtTheStop) {
  MemorySession session(keeping({.ratio = 0}));
  const auto failing = tracer().start_span("failing", {}, {.root = true});
  const auto well = tracer().start_span("well", {}, {.root = true});
  {
    const auto scope = failing.make_current();
    auto failed = tracer().start_span("failed");
    failed.set_status(StatusCode::error);
  }
  {
    const auto scope = well.make_current();
    const auto fine = tracer().start_span("fine");
  }
  EXPECT_TRUE(session.flush());
  Counts counts = session.statistics().spans.total;
  EXPECT_EQ(counts.queued, 2U);
  EXPECT_EQ(counts.delivered, 0U);
  EXPECT_TRUE(counts.closes());
  EXPECT_TRUE(session.stop());
  counts = session.statistics().spans.total;
  EXPECT_EQ(counts.delivered, 1U) << "its root would not come";
  EXPECT_EQ(counts.sampled_out, 1U);
  EXPECT_EQ(counts.queued, 0U);
  EXPECT_TRUE(counts.closes());
}

TEST(Keep, CountsWhatThereWasNoMemoryFor) {
  MemorySession session(keeping({.ratio = 0}),
                        {.memory_limit = 1U << 20U, .on_full = telemetry::OnFull::block, .max_block = 60s});
  const std::string text(1'000, 'x');
  auto root = tracer().start_span("root");
  const SpanContext parent = root.context();
  for (int i = 0; i < 1'000; ++i)
    const auto span = tracer().start_span("child", {{"text", text}}, {.parent = &parent});
  root.set_status(StatusCode::error);
  root.end();
  EXPECT_TRUE(session.flush());
  const Counts counts = session.statistics().spans.total;
  EXPECT_EQ(counts.created, 1'001U);
  EXPECT_GT(counts.dropped[static_cast<std::size_t>(DropReason::keep_full)], 800U);
  EXPECT_GT(counts.delivered, 1U) << "what came last, whose root has failed";
  EXPECT_EQ(counts.queued, 0U);
  EXPECT_TRUE(counts.closes());
}

TEST(Keep, MakesNothingOfTracersThatAreOff) {
  TelemetryConfig config = keeping({.ratio = 1});
  config.tracing->tracer_configurator.tracers = {{.name = "keep", .config = {.enabled = false}}};
  MemorySession session(config);
  {
    auto span = tracer().scoped_span("off");
    span.set_status(StatusCode::error);
    EXPECT_FALSE(span.is_recording());
  }
  EXPECT_TRUE(spans_of(session).empty());
}

void decide_on_early_traces() {
  for (const bool fails : {true, false}) {
    auto root = tracer().scoped_span(fails ? "failed" : "well");
    const auto child = tracer().scoped_span("child");
    if (fails) root.set_status(StatusCode::error);
  }
  MemorySession session(keeping({.ratio = 0}));
  EXPECT_EQ(names_of(session), (std::vector<std::string>{"child", "failed"}));
  EXPECT_TRUE(session.statistics().spans.total.closes());
}

TEST(Keep, DecidesOnTracesOfTheTimeBefore) { run_in_fresh_process(&decide_on_early_traces); }

TEST(Keep, DoesNotGoWithASimpleProcessor) {
  TelemetryConfig config = keeping({});
  config.tracing->processors = {BatchSpanProcessor{}, SimpleSpanProcessor{}};
  const MemorySession session(config);
  ASSERT_EQ(session.errors().size(), 1U);
  EXPECT_EQ(session.errors()[0],
            "tracing.keep: found together with simple processors; allowed: only one of the two");
}

}  // namespace
}  // namespace ergon::test
