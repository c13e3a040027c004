#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ergon/extend/register_extension.hpp>
#include <ergon/telemetry.hpp>

#include "telemetry/export/otlp_reader.hpp"
#include "unit/support_engine/fresh_process.hpp"
#include "unit/support_engine/journal.hpp"
#include "unit/support_engine/memory_session.hpp"

// What a sampler's verdict puts on spans of the time before the session, and who gets them.
namespace ergon::test {
namespace {

using telemetry::Signal;

TelemetryConfig sampled_by(const Sampler& sampler) {
  TelemetryConfig config = everything();
  config.tracing->sampler = sampler;
  return config;
}

// With attributes that it was not told of, as they are arrays and maps.
class SettingSampler final : public SpanSampler {
 public:
  void should_sample(const SamplingInput& /*input*/, SamplingResult& result) const override {
    for (const std::string_view key : {"array", "map", "text", "of the sampler"})
      result.set_attribute(key, "the sampler's");
    result.decision = SamplingDecision::record_and_sample;
  }
};

void keep_the_keys_of_early_spans_unique() {
  {
    const auto span = get_tracer("early").scoped_span(
        "early", {{"array", std::vector<int>{1, 2}}, {"map", Map{{"a", 1}}}, {"text", "own"}});
  }
  telemetry::register_extension<SettingSampler>("setting");
  MemorySession session(sampled_by(Custom("setting")));
  const auto requests = session.take(Signal::spans);
  ASSERT_EQ(requests.size(), 1U);
  const auto spans = telemetry::read_spans(requests[0]).spans;
  ASSERT_EQ(spans.size(), 1U);
  std::map<std::string, int> times;
  for (const auto& [key, value] : spans[0].attributes) {
    ++times[key];
    EXPECT_EQ(value == "the sampler's", key == "of the sampler") << key << ": " << value;
  }
  EXPECT_EQ(times,
            (std::map<std::string, int>{{"array", 1}, {"map", 1}, {"text", 1}, {"of the sampler", 1}}));
}

TEST(PrestartVerdict, LeavesTheKeysOfSpansUnique) {
  run_in_fresh_process(&keep_the_keys_of_early_spans_unique);
}

Journal g_journal;

class WatchingProcessor final : public SpanProcessor {
 public:
  void on_end(const SpanData& span) override {
    g_journal.note(span.name + (span.context.is_sampled() ? " sampled" : " recorded only"));
  }
};

void show_processors_what_is_recorded_only() {
  get_tracer("early").scoped_span("early").end();
  telemetry::register_extension<WatchingProcessor>("watching");
  TelemetryConfig config = sampled_by(AlwaysRecord{AlwaysOff{}});
  config.tracing->processors = {Custom("watching"), BatchSpanProcessor{}};
  MemorySession session(config);
  EXPECT_TRUE(session.take(Signal::spans).empty()) << "exporters get sampled spans only";
  EXPECT_EQ(g_journal.lines(), std::vector<std::string>{"early recorded only"});
  EXPECT_EQ(session.statistics().spans.total.delivered, 1U);
  EXPECT_TRUE(session.statistics().spans.total.closes());
}

TEST(PrestartVerdict, ShowsProcessorsWhatIsRecordedOnly) {
  run_in_fresh_process(&show_processors_what_is_recorded_only);
}

void send_what_is_kept_with_the_flag_of_the_sampler() {
  {
    auto root = get_tracer("early").scoped_span("failed");
    const auto child = get_tracer("early").scoped_span("child");
    root.set_status(StatusCode::error);
  }
  TelemetryConfig config = sampled_by(ParentBased{.root = AlwaysOff{}});
  config.tracing->keep = KeepConfig{};
  MemorySession session(config);
  const auto requests = session.take(Signal::spans);
  ASSERT_EQ(requests.size(), 1U);
  const auto spans = telemetry::read_spans(requests[0]).spans;
  EXPECT_EQ(spans.size(), 2U);
  for (const auto& span : spans) EXPECT_FALSE(span.context.is_sampled()) << span.name;
}

TEST(PrestartVerdict, SetsTheFlagOfSpansThatAreKept) {
  run_in_fresh_process(&send_what_is_kept_with_the_flag_of_the_sampler);
}

}  // namespace
}  // namespace ergon::test
