#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <ergon/extend/exporter.hpp>
#include <ergon/extend/register_extension.hpp>
#include <ergon/testing/in_memory_store.hpp>

#include "conformance/logs/recorded_logs.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "unit/support_engine/journal.hpp"
#include "unit/support_engine/sinks.hpp"
#include "unit/support_engine/worker_session.hpp"

// logs/sdk.md: log record processors, built in, and exporters behind them.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;

Journal g_journal;
std::atomic<int> g_at_once{0};
std::thread::id g_thread;  // read and written on the exporter's thread alone

// Decodes what it gets by the official protos, and compares that with the values.
class CheckingLogExporter final : public TelemetryExporter {
 public:
  bool export_batch(const ExportedBatch& batch) override {
    EXPECT_EQ(++g_at_once, 1);
    g_thread = std::this_thread::get_id();
    const auto request = decode<ExportLogsServiceRequest>(std::string(batch.otlp()));
    const auto logs = batch.logs();
    EXPECT_EQ(logs.size(), batch.count());
    std::size_t at = 0;
    for (const auto& scope : request.resource_logs(0).scope_logs()) {
      for (const ProtoLog& log : scope.log_records()) {
        EXPECT_EQ(logs.at(at).message, log.body().string_value());
        EXPECT_EQ(logs[at].scope->name, scope.scope().name());
        EXPECT_EQ(std::chrono::nanoseconds(logs[at].time.time_since_epoch()).count(),
                  static_cast<std::int64_t>(log.time_unix_nano()));
        ++at;
      }
    }
    EXPECT_EQ(at, logs.size());
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

telemetry::Session exporting_by(const LogProcessor& processor) {
  telemetry::register_extension<CheckingLogExporter>("checking_logs");
  static_cast<void>(g_journal.take());
  return telemetry::start(with_log_processors({processor}));
}

void log_lines(int lines) {
  for (int i = 0; i < lines; ++i) get_logger(i % 2 == 0 ? "exported" : "exported.too").info("line {}", i);
}

// "Export() will never be called concurrently for the same exporter instance".
TEST(LogExporterClause, IsCalledByOneThreadWithHonestBatches) {
  auto session = exporting_by(BatchLogProcessor{
      .schedule_delay = 1h, .max_export_batch_size = 100, .exporter = Custom("checking_logs")});
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) threads.emplace_back([] { log_lines(250); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(session.flush(20s));
  EXPECT_EQ(g_journal.count("flush"), 1);
  EXPECT_TRUE(session.shutdown(20s));
  const auto books = session.statistics().logs.total;
  EXPECT_EQ(books.delivered, 1'000U);
  EXPECT_EQ(g_journal.count("batch of 100"), 10);
  EXPECT_EQ(g_journal.lines().back(), "shutdown");
  EXPECT_EQ(g_journal.count("shutdown"), 1);
}

// "Simple processor: passes finished records to the exporter as soon as they are emitted", and synchronizes.
TEST(LogExporterClause, HasExportedAlreadyWhenASimplyProcessedCallReturns) {
  auto session = exporting_by(SimpleLogProcessor{.exporter = Custom("checking_logs")});
  for (int i = 1; i <= 5; ++i) {
    log_lines(1);
    EXPECT_EQ(g_journal.count("batch of 1"), i);
  }
}

TEST(LogExporterClause, HasExportedAllWhenTheSessionIsFlushed) {
  auto session = exporting_by(BatchLogProcessor{.schedule_delay = 1h, .exporter = Custom("checking_logs")});
  log_lines(7);
  EXPECT_TRUE(session.flush(20s));
  EXPECT_THAT(g_journal.lines(), ::testing::ElementsAre("batch of 7", "flush"));
}

// "Shutdown MUST include the effects of ForceFlush."
TEST(LogExporterClause, HasExportedAllWhenTheSessionIsShutDown) {
  auto session = exporting_by(BatchLogProcessor{.schedule_delay = 1h, .exporter = Custom("checking_logs")});
  log_lines(7);
  EXPECT_TRUE(session.shutdown(20s));
  EXPECT_THAT(g_journal.lines(), ::testing::ElementsAre("batch of 7", "flush", "shutdown"));
}

TEST(LogBatchDelay, SendsWhatIsNotFull) {
  auto session = exporting_by(BatchLogProcessor{.schedule_delay = 50ms, .exporter = Custom("checking_logs")});
  log_lines(1);
  EXPECT_TRUE(g_journal.wait_for("batch of 1"));
}

TEST(LogBatchLimit, IsKeptAfterAFlush) {
  MemorySession session(
      with_log_processors({BatchLogProcessor{.schedule_delay = 1h, .max_export_batch_size = 100}}));
  for (int round = 0; round < 3; ++round) {
    log_lines(650);
    std::vector<std::size_t> sizes;
    for (const std::string& request : session.take(telemetry::Signal::logs))
      sizes.push_back(telemetry::read_logs(request).logs.size());
    EXPECT_EQ(sizes, (std::vector<std::size_t>{100, 100, 100, 100, 100, 100, 50})) << "after flush " << round;
  }
}

// "Each processor … registered on the same provider": all have every record.
TEST(LogProcessors, SideBySideHaveEveryRecord) {
  testing::InMemoryStore batched("batched logs");
  testing::InMemoryStore simple("simple logs");
  batched.clear();
  simple.clear();
  auto session = telemetry::start(
      with_log_processors({BatchLogProcessor{.schedule_delay = 1h, .exporter = batched.exporter()},
                           SimpleLogProcessor{.exporter = simple.exporter()}}));
  log_lines(3);
  EXPECT_EQ(simple.logs().size(), 3U);
  EXPECT_TRUE(session.flush(20s));
  ASSERT_EQ(batched.logs().size(), 3U);
  for (const auto& log : batched.logs()) EXPECT_TRUE(log.message.starts_with("line "));
}

// In opentelemetry-cpp what a full queue drops of logs is neither said nor counted.
TEST(FullLogQueue, CountsEveryRecordThatItDrops) {
  constexpr int kLines = 20'000;
  const auto mailbox = std::make_shared<telemetry::Mailbox>();
  const auto sink = std::make_shared<telemetry::test::DeliveringSink>(mailbox);
  telemetry::WorkerOptions options;
  options.pipelines = {telemetry::test::pipeline_to(sink, telemetry::Signal::logs)};
  telemetry::test::WorkerSession session(mailbox, options,
                                         {.memory_limit = 1U << 20U, .starts_worker = false});
  log_lines(kLines);
  session.start_worker();
  ASSERT_TRUE(session.flush());
  std::uint64_t arrived = 0;
  for (const telemetry::ExportBatch& batch : sink->take())
    arrived += telemetry::read_logs(batch.request()).logs.size();
  const telemetry::Counts books = session.statistics().logs.total;
  const auto full = books.dropped[static_cast<std::size_t>(telemetry::DropReason::queue_full)];
  EXPECT_GT(full, 0U);
  EXPECT_EQ(arrived + full, std::uint64_t{kLines});
  EXPECT_EQ(books.delivered, arrived);
  EXPECT_TRUE(books.closes());
}

}  // namespace
}  // namespace ergon::test
