#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include <ergon/extend/register_extension.hpp>
#include <ergon/extend/sampler.hpp>
#include <ergon/telemetry.hpp>
#include <ergon/testing/in_memory_store.hpp>

#include "unit/support_engine/fresh_process.hpp"
#include "unit/support_engine/journal.hpp"

// A sampler that does not return when it is asked about a span of the time before the session.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using telemetry::DropReason;

// Never destroyed: the sampler may hang at the process's end, too.
Journal& g_journal = *new Journal;
Gate& g_gate = *new Gate;

class StuckSampler final : public SpanSampler {
 public:
  void should_sample(const SamplingInput& input, SamplingResult& result) const override {
    g_journal.note("asked about " + std::string(input.name));
    if (input.name == "early") g_gate.pass();
    result.decision = SamplingDecision::record_and_sample;
  }
};

TelemetryConfig sampled_by_a_stuck_one() {
  telemetry::register_extension<StuckSampler>("stuck");
  TelemetryConfig config;
  config.tracing = TracingConfig{
      .sampler = Custom("stuck"),
      .processors = {BatchSpanProcessor{.exporter = testing::InMemoryStore("stuck").exporter()}}};
  return config;
}

// A session whose worker hangs in the sampler, with one span delivered before.
telemetry::Session hanging_session() {
  Span early = get_tracer("sampler").start_span("early");
  auto session = telemetry::start(sampled_by_a_stuck_one());
  get_tracer("sampler").scoped_span("punctual").end();
  EXPECT_TRUE(session.flush(20s));
  g_gate.shut();
  early.end();
  EXPECT_FALSE(session.flush(1ms));
  EXPECT_TRUE(g_journal.wait_for("asked about early"));
  return session;
}

void end_the_session_in_time() {
  auto session = hanging_session();
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_FALSE(session.shutdown(100ms));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
  const auto books = session.statistics().spans;
  EXPECT_TRUE(books.total.closes());
  EXPECT_EQ(books.total.created, 2U);
  EXPECT_EQ(books.total.delivered, 1U);
  EXPECT_EQ(books.total.dropped[static_cast<std::size_t>(DropReason::shutdown)], 1U);
  for (const auto& destination : books.destinations) {
    EXPECT_TRUE(destination.counts.closes());
    EXPECT_EQ(destination.counts.queued, 0U);
  }
  EXPECT_TRUE(session.shutdown(20s)) << "it is over";
}

TEST(StuckSampler, KeepsNoShutdownWaiting) { run_in_fresh_process(&end_the_session_in_time); }

void start_again_when_it_has_returned() {
  EXPECT_FALSE(hanging_session().shutdown(1ms));
  const auto refused = telemetry::start(sampled_by_a_stuck_one());
  ASSERT_EQ(refused.errors().size(), 1U);
  EXPECT_NE(refused.errors()[0].find("has not returned"), std::string::npos);
  g_gate.open();
  telemetry::Session next;
  while (!next) {
    std::this_thread::yield();
    next = telemetry::start(sampled_by_a_stuck_one());
  }
  get_tracer("sampler").scoped_span("of the next").end();
  EXPECT_TRUE(next.shutdown(20s));
  EXPECT_EQ(next.statistics().spans.total.created, 1U);
  EXPECT_EQ(next.statistics().spans.total.delivered, 1U);
}

TEST(StuckSampler, LetsASessionStartWhenItHasReturned) {
  run_in_fresh_process(&start_again_when_it_has_returned);
}

}  // namespace
}  // namespace ergon::test
