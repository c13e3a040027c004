#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <ergon/extend/register_extension.hpp>
#include <ergon/telemetry.hpp>

#include "conformance/trace/recorded.hpp"
#include "unit/support_engine/journal.hpp"

// trace/sdk.md: span exporter, and the built-in processors in front of one.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;

Journal g_journal;
std::atomic<int> g_at_once{0};
std::thread::id g_thread;

// Decodes what it gets by the official protos, and compares that with the values.
class CheckingExporter final : public TelemetryExporter {
 public:
  bool export_batch(const ExportedBatch& batch) override {
    EXPECT_EQ(++g_at_once, 1);
    g_thread = std::this_thread::get_id();
    const auto request = decode<ExportTraceServiceRequest>(std::string(batch.otlp()));
    const auto spans = batch.spans();
    EXPECT_EQ(spans.size(), batch.count());
    EXPECT_EQ(batch.resource().size(),
              static_cast<std::size_t>(request.resource_spans(0).resource().attributes_size()));
    std::size_t at = 0;
    for (const auto& scope : request.resource_spans(0).scope_spans()) {
      for (const ProtoSpan& span : scope.spans()) {
        EXPECT_EQ(spans.at(at).name, span.name());
        EXPECT_EQ(spans[at].scope->name, scope.scope().name());
        EXPECT_EQ(std::chrono::nanoseconds(spans[at].start.time_since_epoch()).count(),
                  static_cast<std::int64_t>(span.start_time_unix_nano()));
        EXPECT_EQ(std::chrono::nanoseconds(spans[at].end.time_since_epoch()).count(),
                  static_cast<std::int64_t>(span.end_time_unix_nano()));
        ++at;
      }
    }
    EXPECT_EQ(at, spans.size());
    g_journal.note("batch of " + std::to_string(batch.count()));
    --g_at_once;
    return true;
  }
  bool force_flush(Deadline /*deadline*/) override {
    EXPECT_EQ(std::this_thread::get_id(), g_thread);
    g_journal.note("flush");
    return true;
  }
  void shutdown(Deadline /*deadline*/) override {
    EXPECT_EQ(std::this_thread::get_id(), g_thread);
    g_journal.note("shutdown");
  }
};

telemetry::Session exporting_by(const SpanProcessorConfig& processor) {
  telemetry::register_extension<CheckingExporter>("checking");
  static_cast<void>(g_journal.take());
  TelemetryConfig config;
  config.tracing = TracingConfig{.processors = {processor}};
  return telemetry::start(std::move(config));
}

void record(int spans) {
  for (int i = 0; i < spans; ++i) get_tracer(i % 2 == 0 ? "exported" : "exported.too").scoped_span("s").end();
}

// "Export() will never be called concurrently for the same exporter instance"; batches keep their limit after
// a flush.
TEST(SpanExporterClause, IsCalledByOneThreadWithHonestBatches) {
  auto session =
      exporting_by(BatchSpanProcessor{.max_export_batch_size = 100, .exporter = Custom("checking")});
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) threads.emplace_back([] { record(250); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(session.flush(20s));
  EXPECT_EQ(g_journal.count("batch of 100"), 10);
  EXPECT_EQ(g_journal.count("flush"), 1);
  EXPECT_TRUE(session.shutdown(20s));
  EXPECT_EQ(g_journal.lines().back(), "shutdown");
  EXPECT_EQ(g_journal.count("shutdown"), 1);
}

// "Simple processor: passes finished spans to the exporter as soon as they are finished", and synchronizes.
TEST(SpanExporterClause, HasExportedAlreadyWhenASimplyProcessedSpanHasEnded) {
  auto session = exporting_by(SimpleSpanProcessor{Custom("checking")});
  for (int i = 1; i <= 5; ++i) {
    record(1);
    EXPECT_EQ(g_journal.count("batch of 1"), i);
  }
}

// "ForceFlush": what was recorded before has been exported when it answers.
TEST(SpanExporterClause, HasExportedAllWhenTheSessionIsFlushed) {
  auto session = exporting_by(BatchSpanProcessor{.schedule_delay = 1h, .exporter = Custom("checking")});
  record(7);
  EXPECT_TRUE(session.flush(20s));
  EXPECT_THAT(g_journal.lines(), ::testing::ElementsAre("batch of 7", "flush"));
}

}  // namespace
}  // namespace ergon::test
