#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>

#include <ergon/telemetry.hpp>

#include "telemetry/export/otlp_reader.hpp"
#include "unit/support_engine/fresh_process.hpp"
#include "unit/support_engine/memory_session.hpp"

// What is recorded before a session starts is kept, and decided on when it does.
namespace ergon::test {
namespace {

using telemetry::Counts;
using telemetry::DropReason;
using telemetry::Signal;

std::uint64_t dropped(const Counts& counts, DropReason reason) {
  return counts.dropped[static_cast<std::size_t>(reason)];
}

TelemetryConfig sampled_by(const Sampler& sampler) {
  TelemetryConfig config = everything();
  config.tracing->sampler = sampler;
  return config;
}

void deliver_what_came_before() {
  const Counter<std::int64_t> counter = get_meter("early").counter("early.counter");
  {
    const auto span = get_tracer("early").scoped_span("early span", {{"a", 1}});
    get_logger("early").info("early {}", "log");
    counter.add(3);
    EXPECT_TRUE(span.is_recording());
    EXPECT_TRUE(get_logger("early").enabled(Level::trace));
  }
  MemorySession session;
  counter.add(4);
  {
    const auto span = get_tracer("early").scoped_span("later");
  }
  EXPECT_TRUE(session.flush());
  const telemetry::Statistics books = session.statistics();
  EXPECT_EQ(books.spans.total.created, 2U);
  EXPECT_EQ(books.spans.total.delivered, 2U);
  EXPECT_EQ(books.logs.total.delivered, 1U);
  const auto requests = session.take(Signal::metric_points);
  ASSERT_FALSE(requests.empty());
  EXPECT_EQ(telemetry::read_points(requests.back()).points.at(0).value, 7);
}

TEST(Prestart, DeliversWhatCameBefore) { run_in_fresh_process(&deliver_what_came_before); }

void leave_out_what_the_sampler_leaves_out() {
  for (int i = 0; i < 20; ++i) const auto span = get_tracer("early").scoped_span("early");
  MemorySession session(sampled_by(AlwaysOff{}));
  EXPECT_TRUE(session.flush());
  const Counts counts = session.statistics().spans.total;
  EXPECT_EQ(counts.created, 20U);
  EXPECT_EQ(counts.sampled_out, 20U);
  EXPECT_TRUE(counts.closes());
}

TEST(Prestart, LeavesOutWhatTheSamplerLeavesOut) {
  run_in_fresh_process(&leave_out_what_the_sampler_leaves_out);
}

void decide_by_the_ratio() {
  std::uint64_t above = 0;
  for (int i = 0; i < 200; ++i) {
    const auto span = get_tracer("early").scoped_span("early", {}, {.root = true});
    above += span.context().trace_id.bytes[9] >= 0x80 ? 1 : 0;  // half of the 56 bits' range
  }
  MemorySession session(sampled_by(ParentBased{TraceIdRatioBased{0.5}}));
  EXPECT_TRUE(session.flush());
  const Counts counts = session.statistics().spans.total;
  EXPECT_EQ(counts.delivered, above);
  EXPECT_EQ(counts.sampled_out, 200 - above);
}

TEST(Prestart, DecidesByTheRatio) { run_in_fresh_process(&decide_by_the_ratio); }

void decide_on_a_span_that_was_open() {
  Span open = get_tracer("early").start_span("open at the start");
  MemorySession session(sampled_by(AlwaysOff{}));
  open.end();
  EXPECT_TRUE(session.flush());
  const Counts counts = session.statistics().spans.total;
  EXPECT_EQ(counts.delivered, 0U);
  EXPECT_EQ(counts.sampled_out, counts.created);
  EXPECT_TRUE(counts.closes());
}

// Spans with a parent in another process, one sampled and one not, and a child of each.
void continue_early(SpanContext remote, bool is_sampled) {
  remote.trace_flags = is_sampled ? SpanContext::kSampled : 0;
  remote.is_remote = true;
  const auto root = get_tracer("early").scoped_span("early", {}, {.parent = &remote});
  const auto child = get_tracer("early").scoped_span("child");
}

void follow_remote_parents() {
  SpanContext remote{.trace_id = {{1}}, .span_id = {{1}}};
  continue_early(remote, true);
  remote.trace_id.bytes[0] = 2;
  continue_early(remote, false);
  const auto alone = get_tracer("early").start_span("alone");
  MemorySession session(sampled_by(ParentBased{.root = AlwaysOff{}}));
  EXPECT_TRUE(session.flush());
  const Counts counts = session.statistics().spans.total;
  EXPECT_EQ(counts.delivered, 2U);
  EXPECT_EQ(counts.sampled_out, 2U);
}

TEST(Prestart, FollowsRemoteParents) { run_in_fresh_process(&follow_remote_parents); }

void keep_traces_whole() {
  for (int i = 0; i < 100; ++i) {
    const auto root = get_tracer("early").scoped_span("root", {}, {.root = true});
    const auto child = get_tracer("early").scoped_span("child", {{"index", i}});
  }
  MemorySession session(sampled_by(ParentBased{.root = RateLimiting{10}}));
  std::map<std::string, int> spans_of_trace;
  for (const std::string& request : session.take(Signal::spans)) {
    for (const auto& span : telemetry::read_spans(request).spans)
      ++spans_of_trace[span.context.trace_id.to_hex()];
  }
  EXPECT_GE(spans_of_trace.size(), 10U);
  EXPECT_LT(spans_of_trace.size(), 100U);
  for (const auto& [trace, spans] : spans_of_trace) EXPECT_EQ(spans, 2) << trace;
}

TEST(Prestart, KeepsTracesWhole) { run_in_fresh_process(&keep_traces_whole); }

void decide_by_rules() {
  {
    const auto wanted = get_tracer("early").scoped_span("wanted", {{"tenant", "acme"}});
    const auto other = get_tracer("early").scoped_span("other", {{"tenant", "other"}});
  }
  MemorySession session(sampled_by(RuleBased{.rules = {{.attributes = {{"tenant", "acme"}}}}}));
  const auto requests = session.take(Signal::spans);
  ASSERT_EQ(requests.size(), 1U);
  const auto spans = telemetry::read_spans(requests[0]).spans;
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].name, "wanted");
}

TEST(Prestart, DecidesByRules) { run_in_fresh_process(&decide_by_rules); }

void put_the_probability_on_early_spans() {
  {
    const auto root = get_tracer("early").scoped_span("root");
    const auto child = get_tracer("early").scoped_span("child");
  }
  MemorySession session(sampled_by(ParentBased{.root = Probability{1}}));
  const auto requests = session.take(Signal::spans);
  ASSERT_EQ(requests.size(), 1U);
  for (const auto& span : telemetry::read_spans(requests[0]).spans)
    EXPECT_EQ(span.context.trace_state.to_header(), "ot=th:0") << span.name;
}

void replace_an_early_trace_state() {
  const SpanContext remote{.trace_id = {{1}},
                           .span_id = {{1}},
                           .trace_flags = SpanContext::kSampled,
                           .is_remote = true,
                           .trace_state = TraceState::parse("ot=th:8")};
  get_tracer("early").scoped_span("early", {}, {.parent = &remote}).end();
  MemorySession session(sampled_by(Probability{1}));
  const auto requests = session.take(Signal::spans);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(telemetry::read_spans(requests[0]).spans.at(0).context.trace_state.to_header(), "ot=th:0");
}

// As `always_on` decides by itself, the parent's threshold is not true any more.
void take_a_threshold_off_early_spans() {
  const SpanContext remote{.trace_id = {{1}},
                           .span_id = {{1}},
                           .trace_flags = SpanContext::kSampled,
                           .is_remote = true,
                           .trace_state = TraceState::parse("ot=th:8")};
  {
    const auto root = get_tracer("early").scoped_span("root", {}, {.parent = &remote});
    const auto child = get_tracer("early").scoped_span("child");
  }
  MemorySession session(sampled_by(AlwaysOn{}));
  const auto requests = session.take(Signal::spans);
  ASSERT_EQ(requests.size(), 1U);
  const auto spans = telemetry::read_spans(requests[0]).spans;
  ASSERT_EQ(spans.size(), 2U);
  for (const auto& span : spans) EXPECT_EQ(span.context.trace_state.to_header(), "") << span.name;
}

TEST(Prestart, TakesAThresholdOffEarlySpans) { run_in_fresh_process(&take_a_threshold_off_early_spans); }

TEST(Prestart, ReplacesAnEarlyTraceState) { run_in_fresh_process(&replace_an_early_trace_state); }

TEST(Prestart, PutsTheProbabilityOnEarlySpans) { run_in_fresh_process(&put_the_probability_on_early_spans); }

TEST(Prestart, DecidesOnASpanThatWasOpenAtTheStart) { run_in_fresh_process(&decide_on_a_span_that_was_open); }

void keep_the_logs_of_the_level() {
  const Logger log = get_logger("early");
  for (int level = 0; level < 6; ++level) log.log(static_cast<Level>(level), "{}", level);
  TelemetryConfig config = everything();
  config.logging->level = Level::warning;
  MemorySession session(config);
  EXPECT_TRUE(session.flush());
  const Counts counts = session.statistics().logs.total;
  EXPECT_EQ(counts.created, 6U);
  EXPECT_EQ(counts.delivered, 3U);
  EXPECT_EQ(dropped(counts, DropReason::filtered), 3U);
  EXPECT_TRUE(counts.closes());
}

TEST(Prestart, KeepsTheLogsOfTheLevel) { run_in_fresh_process(&keep_the_logs_of_the_level); }

void count_what_no_section_wants() {
  {
    const auto span = get_tracer("early").scoped_span("early");
  }
  get_logger("early").info("early");
  TelemetryConfig config;
  config.logging = LoggingConfig{.handlers = {OtlpHandler{}}};
  MemorySession session(config);
  EXPECT_TRUE(session.flush());
  const telemetry::Statistics books = session.statistics();
  EXPECT_TRUE(books.spans.total.closes());
  EXPECT_EQ(books.spans.total.delivered, 0U);
  EXPECT_EQ(books.spans.total.queued, 0U);
  EXPECT_EQ(books.logs.total.delivered, 1U);
}

TEST(Prestart, CountsWhatNoSectionWants) { run_in_fresh_process(&count_what_no_section_wants); }

// Without any session: warnings and above go to stderr when the process exits, the rest is counted.
void warn_and_exit() {
  get_logger("early").info("not shown");
  get_logger("early").warning("shown {}", "at exit\nforged");
  {
    const auto span = get_tracer("early").scoped_span("early");
  }
}

TEST(Prestart, TellsWarningsAtExitWithoutASession) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        warn_and_exit();
        std::exit(0);
      },
      ::testing::ExitedWithCode(0),
      "WARNING\\] \\[early\\] shown at exit\\\\nforged\n.*never started: 2 spans and log records");
}

}  // namespace
}  // namespace ergon::test
