#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <ergon/extend/exporter.hpp>
#include <ergon/extend/register_extension.hpp>
#include <ergon/telemetry.hpp>
#include <ergon/testing/in_memory_store.hpp>

#include "unit/support_engine/journal.hpp"

// Exporters of the program's own and the one that keeps all in memory, as a program meets them.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using telemetry::DropReason;
using telemetry::Signal;
using ::testing::ElementsAre;

Journal g_journal;
Gate g_gate;

std::string signal_name(Signal signal) {
  return signal == Signal::spans ? "spans" : signal == Signal::logs ? "logs" : "points";
}

class JournalingExporter : public TelemetryExporter {
 public:
  struct Options {
    std::string label{"own"};
    ERGON_OPTIONS(Options, label);
  };
  explicit JournalingExporter(Options options) : label_(std::move(options.label)) {
    if (label_.empty()) throw std::invalid_argument("no label");
  }
  ~JournalingExporter() override { g_journal.note(label_ + " destroyed"); }

  bool export_batch(const ExportedBatch& batch) override {
    g_journal.note(label_ + " " + signal_name(batch.signal()) + " " + std::to_string(batch.count()));
    for (const SpanData& span : batch.spans()) g_journal.note(label_ + " span " + span.name);
    get_tracer("exporters").scoped_span("of an exporter").end();
    return true;
  }
  bool force_flush(Deadline /*deadline*/) override {
    g_journal.note(label_ + " flush");
    return true;
  }
  void shutdown(Deadline /*deadline*/) override { g_journal.note(label_ + " shutdown"); }

 private:
  std::string label_;
};

class StuckExporter final : public TelemetryExporter {
 public:
  bool export_batch(const ExportedBatch& /*batch*/) override {
    g_journal.note("stuck");
    g_gate.pass();
    return true;
  }
};

class ThrowingExporter final : public TelemetryExporter {
 public:
  bool export_batch(const ExportedBatch& /*batch*/) override { throw std::runtime_error("no disk"); }
  bool force_flush(Deadline /*deadline*/) override { throw 7; }
  void shutdown(Deadline /*deadline*/) override { throw std::runtime_error("no end"); }
};

class RefusingExporter final : public TelemetryExporter {
 public:
  bool export_batch(const ExportedBatch& /*batch*/) override { return false; }
};

// Drops the last handle of a span, as a callback does that it completes.
Span g_handle;

class HandleDroppingExporter final : public TelemetryExporter {
 public:
  bool export_batch(const ExportedBatch& /*batch*/) override {
    g_handle = Span();
    return true;
  }
};

Custom own(std::string label) {
  return Custom("journaling", JournalingExporter::Options{.label = std::move(label)});
}

class OwnExporters : public ::testing::Test {
 protected:
  void SetUp() override {
    telemetry::register_extension<JournalingExporter>("journaling");
    telemetry::register_extension<StuckExporter>("stuck");
    telemetry::register_extension<ThrowingExporter>("throwing");
    telemetry::register_extension<RefusingExporter>("refusing");
    telemetry::register_extension<HandleDroppingExporter>("handle dropping");
    static_cast<void>(g_journal.take());
    store_.clear();
  }
  void TearDown() override { g_gate.open(); }

  [[nodiscard]] static TelemetryConfig traced(std::vector<SpanProcessorConfig> processors) {
    TelemetryConfig config;
    config.tracing = TracingConfig{.processors = std::move(processors)};
    return config;
  }
  static void record(int spans) {
    for (int i = 0; i < spans; ++i) get_tracer("exporters").scoped_span("s").end();
  }
  [[nodiscard]] static telemetry::Counts counts_of(const telemetry::Session& session,
                                                   const std::string& name) {
    for (const auto& destination : session.statistics().spans.destinations) {
      if (destination.name == name) return destination.counts;
    }
    ADD_FAILURE() << "no destination " << name;
    return {};
  }
  [[nodiscard]] static std::uint64_t dropped(const telemetry::Counts& counts, DropReason reason) {
    return counts.dropped[static_cast<std::size_t>(reason)];
  }

  testing::InMemoryStore store_{"own exporters"};
};

TEST_F(OwnExporters, AreFlushedWithTheSessionAndShutDownOnceAtItsEnd) {
  auto session = telemetry::start(traced({BatchSpanProcessor{.exporter = own("a")}}));
  record(2);
  EXPECT_TRUE(session.flush(20s));
  EXPECT_THAT(g_journal.take(), ElementsAre("a spans 2", "a span s", "a span s", "a flush"));
  EXPECT_EQ(counts_of(session, "journaling").delivered, 2U);
  record(1);
  EXPECT_TRUE(session.shutdown(20s));
  EXPECT_TRUE(session.shutdown(20s));
  EXPECT_THAT(g_journal.take(), ElementsAre("a spans 1", "a span s", "a flush", "a shutdown", "a destroyed"));
  EXPECT_EQ(session.statistics().spans.total.created, 3U) << "the exporter's own spans are ignored";
  EXPECT_TRUE(session.statistics().spans.total.closes());
}

TEST_F(OwnExporters, StandSideBySideEachWithItsOwnBooks) {
  auto session = telemetry::start(
      traced({BatchSpanProcessor{.max_export_batch_size = 1, .exporter = own("a")},
              BatchSpanProcessor{.exporter = Custom("refusing")}, BatchSpanProcessor{.exporter = own("b")},
              BatchSpanProcessor{.exporter = store_.exporter()}}));
  record(3);
  EXPECT_TRUE(session.flush(20s));
  EXPECT_EQ(g_journal.count("a spans 1"), 3);
  EXPECT_EQ(g_journal.count("b spans 3"), 1);
  EXPECT_EQ(store_.spans().size(), 3U);
  EXPECT_EQ(counts_of(session, "journaling").delivered, 3U);
  EXPECT_EQ(counts_of(session, "journaling #2").delivered, 3U);
  EXPECT_EQ(dropped(counts_of(session, "refusing"), DropReason::non_retryable), 3U);
  EXPECT_EQ(session.statistics().spans.total.delivered, 3U);
}

TEST_F(OwnExporters, TakeEverySignal) {
  TelemetryConfig config = traced({SimpleSpanProcessor{own("traces")}});
  config.logging = LoggingConfig{.handlers = {OtlpHandler{.exporter = own("logging")}}};
  config.metrics = MetricsConfig{.readers = {PeriodicReader{.exporter = own("metering")}}};
  auto session = telemetry::start(config);
  record(1);
  EXPECT_EQ(g_journal.count("traces span s"), 1) << "`simple` has exported it before `end` returned";
  get_logger("exporters").info("here");
  get_meter("exporters").counter("own.exported").add(1);
  EXPECT_TRUE(session.shutdown(20s));
  EXPECT_EQ(g_journal.count("logging logs 1"), 1);
  EXPECT_EQ(g_journal.count("metering flush"), 1);
}

TEST_F(OwnExporters, UnderSimpleDoNotWaitForThemselves) {
  auto session = telemetry::start(traced({SimpleSpanProcessor{Custom("handle dropping")}}));
  g_handle = get_tracer("exporters").start_span("ends at the exporter");
  const auto begun = std::chrono::steady_clock::now();
  record(1);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s) << "the longest wait is 10 s";
  EXPECT_TRUE(session.shutdown(20s));
  EXPECT_TRUE(session.statistics().spans.total.closes());
}

TEST_F(OwnExporters, DropAndCountWhatTheyThrowAt) {
  auto session = telemetry::start(traced({BatchSpanProcessor{.exporter = Custom("throwing")},
                                          BatchSpanProcessor{.exporter = store_.exporter()}}));
  record(5);
  EXPECT_FALSE(session.flush(20s)) << "its force_flush throws";
  EXPECT_FALSE(session.shutdown(20s));
  EXPECT_EQ(dropped(counts_of(session, "throwing"), DropReason::non_retryable), 5U);
  EXPECT_EQ(store_.spans().size(), 5U);
  EXPECT_TRUE(session.statistics().spans.total.closes());
}

TEST_F(OwnExporters, StuckOnesFillTheirOwnShareOnlyAndKeepNoShutdownWaiting) {
  g_gate.shut();
  constexpr int kSpans = 20'000;
  auto session =
      telemetry::start(traced({BatchSpanProcessor{.exporter = Custom("stuck")},
                               BatchSpanProcessor{.schedule_delay = 1ms, .exporter = store_.exporter()},
                               BatchSpanProcessor{.exporter = own("healthy")}}),
                       {.memory_limit = 2U << 20U, .on_full = telemetry::OnFull::drop_newest});
  record(1);
  EXPECT_FALSE(session.flush(10ms));
  ASSERT_TRUE(g_journal.wait_for("stuck"));
  for (int i = 1; i < kSpans; i += 100) {
    record(100);
    std::this_thread::sleep_for(1ms);  // so that rings have room: the stuck share is to be what is full
  }
  static_cast<void>(session.flush(200ms));
  const auto stuck = counts_of(session, "stuck");
  EXPECT_GT(dropped(stuck, DropReason::queue_full), 0U);
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_FALSE(session.shutdown(100ms));
  const auto took = std::chrono::steady_clock::now() - begun;
  EXPECT_LT(took, 100ms + 400ms) << "on a machine that does other things, too";
  EXPECT_EQ(g_journal.count("healthy shutdown"), 1);
  const auto books = session.statistics().spans;
  EXPECT_TRUE(books.total.closes());
  for (const auto& destination : books.destinations) {
    EXPECT_TRUE(destination.counts.closes()) << destination.name;
    EXPECT_EQ(destination.counts.queued, 0U) << destination.name;
  }
  const auto at_stuck = counts_of(session, "stuck");
  EXPECT_GT(dropped(at_stuck, DropReason::shutdown), 0U);
  EXPECT_EQ(at_stuck.delivered, 0U);
  const auto in_memory = counts_of(session, "in_memory own exporters");
  EXPECT_EQ(in_memory.delivered, in_memory.created);
  EXPECT_EQ(store_.spans().size(), in_memory.delivered);
}

}  // namespace
}  // namespace ergon::test
