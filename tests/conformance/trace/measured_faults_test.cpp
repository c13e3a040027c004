#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <ergon/extend/exporter.hpp>
#include <ergon/extend/register_extension.hpp>
#include <ergon/telemetry.hpp>

#include "conformance/trace/recorded.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "unit/support_engine/journal.hpp"
#include "unit/support_engine/sinks.hpp"
#include "unit/support_engine/worker_session.hpp"

// Faults that were measured in opentelemetry-cpp, each as what holds here; README.md says where the
// others of them are.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;

void record_spans(int count) {
  const Tracer tracer = get_tracer("faults");
  for (int i = 0; i < count; ++i) const auto span = tracer.scoped_span("span", {{"number", i}});
}

TelemetryConfig with_batches(const BatchSpanProcessor& processor) {
  TelemetryConfig config;
  config.service_name = "test";
  config.tracing = TracingConfig{.processors = {processor}};
  return config;
}

// There: a limit of 100 holds until the first flush ever; afterwards batches have 600.
TEST(BatchLimit, IsKeptAfterAFlush) {
  MemorySession session(with_batches({.schedule_delay = 1h, .max_export_batch_size = 100}));
  for (int round = 0; round < 3; ++round) {
    record_spans(650);
    std::vector<std::size_t> sizes;
    for (const std::string& request : session.take(telemetry::Signal::spans))
      sizes.push_back(telemetry::read_spans(request).spans.size());
    EXPECT_EQ(sizes, (std::vector<std::size_t>{100, 100, 100, 100, 100, 100, 50})) << "after flush " << round;
  }
}

// There: some 4,800 spans a second with a delay of 5 s make 6,077 exports in 8 s, 6 spans each.
TEST(BatchDelay, IsHonouredUnderATrickle) {
  constexpr auto kDelay = 100ms;
  constexpr std::size_t kRequests = 5;
  const auto memory = std::make_shared<telemetry::MemorySink>();
  const auto began = std::chrono::steady_clock::now();
  const auto started = telemetry::Engine::instance().start(
      with_batches({.schedule_delay = kDelay, .max_export_batch_size = 2'048}), {}, memory);
  std::vector<std::size_t> sizes;
  std::size_t recorded = 0;
  while (sizes.size() < kRequests) {
    record_spans(1);
    ++recorded;
    std::this_thread::sleep_for(200us);  // the trickle
    for (const auto& [signal, request] : memory->take())
      sizes.push_back(telemetry::read_spans(request).spans.size());
  }
  const auto taken = std::chrono::steady_clock::now() - began;
  EXPECT_GE(taken, kRequests * kDelay) << "each batch waits for its delay";
  std::size_t exported = 0;
  for (const std::size_t size : sizes) exported += size;
  const double allowed = static_cast<double>(recorded) * (kDelay / std::chrono::duration<double>(taken));
  EXPECT_GE(static_cast<double>(exported) / kRequests, 0.7 * allowed)
      << "the mean batch, of what the delay allows";
  EXPECT_TRUE(telemetry::Engine::instance().shutdown(started.number, 20s));
}

Gate g_gate;

class StuckExporter final : public TelemetryExporter {
 public:
  bool export_batch(const ExportedBatch& /*batch*/) override {
    g_gate.pass();
    return true;
  }
};

// There: shutdown(100 ms) takes the 3 s that the exporter takes, and `export_timeout` is never used.
TEST(Shutdown, ReturnsByItsDeadlineWithAStuckExporter) {
  telemetry::register_extension<StuckExporter>("stuck");
  g_gate.shut();
  auto session = telemetry::start(with_batches({.schedule_delay = 1ms, .exporter = Custom("stuck")}));
  record_spans(100);
  EXPECT_FALSE(session.flush(10ms));
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_FALSE(session.shutdown(100ms)) << "it says what it could not do";
  const auto took = std::chrono::steady_clock::now() - begun;
  EXPECT_GE(took, 90ms) << "the exporter had its time";
  EXPECT_LT(took, 100ms + 400ms) << "on a machine that does other things, too";
  const telemetry::Counts books = session.statistics().spans.total;
  EXPECT_EQ(books.dropped[static_cast<std::size_t>(telemetry::DropReason::shutdown)], 100U);
  EXPECT_TRUE(books.closes());
  g_gate.open();
}

// There: a warning a span, and no count.
TEST(FullQueue, CountsEverySpanThatItDrops) {
  constexpr int kSpans = 10'000;
  const auto mailbox = std::make_shared<telemetry::Mailbox>();
  const auto sink = std::make_shared<telemetry::test::DeliveringSink>(mailbox);
  telemetry::WorkerOptions options;
  options.pipelines = {telemetry::test::pipeline_to(sink, telemetry::Signal::spans)};
  telemetry::test::WorkerSession session(mailbox, options,
                                         {.memory_limit = 1U << 20U, .starts_worker = false});
  record_spans(kSpans);
  session.start_worker();
  ASSERT_TRUE(session.flush());
  std::uint64_t arrived = 0;
  for (const telemetry::ExportBatch& batch : sink->take())
    arrived += telemetry::read_spans(batch.request()).spans.size();
  const telemetry::Counts books = session.statistics().spans.total;
  const auto full = books.dropped[static_cast<std::size_t>(telemetry::DropReason::queue_full)];
  EXPECT_GT(full, 0U);
  EXPECT_EQ(arrived + full, std::uint64_t{kSpans});
  EXPECT_EQ(books.delivered, arrived);
  EXPECT_TRUE(books.closes());
}

}  // namespace
}  // namespace ergon::test
