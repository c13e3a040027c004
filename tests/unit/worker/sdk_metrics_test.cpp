#include "telemetry/worker/sdk_metrics.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/export/otlp_reader.hpp"
#include "unit/support_engine/sinks.hpp"
#include "unit/support_engine/worker_session.hpp"

namespace ergon::telemetry::test {
namespace {

using namespace std::chrono_literals;

constexpr double kMissing = -1;

/// What a collection told of the SDK.
class Told {
 public:
  explicit Told(const ExportBatch& batch) : points_(read_points(batch.request()).points) {}

  /// The value, or count, of the point of this component with this `error.type`; no type: with none.
  [[nodiscard]] double value(std::string_view metric, std::string_view component = {},
                             std::string_view error = {}) const {
    for (const auto& point : points_) {
      if (point.name != metric || ergon::testing::find(point.attributes, "error.type") != error) continue;
      if (ergon::testing::find(point.attributes, "otel.component.name") != component) continue;
      return point.buckets.empty() ? point.value : static_cast<double>(point.count);
    }
    return kMissing;
  }
  /// Of all points.
  [[nodiscard]] double sum(std::string_view metric) const {
    double sum = 0;
    for (const auto& point : points_) sum += point.name == metric ? point.value : 0;
    return sum;
  }
  [[nodiscard]] const ergon::testing::RecordedPoint& point(std::string_view metric) const {
    for (const auto& point : points_) {
      if (point.name == metric) return point;
    }
    throw std::out_of_range("no such point");
  }

 private:
  std::vector<ergon::testing::RecordedPoint> points_;
};

PipelineOptions of(PipelineOptions options, std::string processor, std::string exporter) {
  options.processor_type = std::move(processor);
  options.exporter_type = std::move(exporter);
  return options;
}

/// Spans go to a sink of the test's, logs and metrics are delivered.
template <class SpanSink>
class Stage {
 public:
  explicit Stage(std::uint64_t max_queued = UINT64_MAX, const std::string& exporter = "spans_out") {
    options_.pipelines = {of(pipeline_to(spans_, Signal::spans), "batching_span_processor", exporter),
                          of(pipeline_to(others_, Signal::logs), "batching_log_processor", "logs_out"),
                          of(pipeline_to(metrics_, Signal::metric_points, UINT64_MAX), "", "metrics_out")};
    options_.pipelines[0].max_queued = max_queued;
    options_.pipelines[0].server = {"collector", 4317};
    options_.readers = {{1h, 2}};
    options_.reports_itself = true;
    session_ = std::make_unique<WorkerSession>(mailbox_, options_);
  }

  [[nodiscard]] WorkerSession& session() { return *session_; }
  [[nodiscard]] SpanSink& spans() { return *spans_; }
  /// The latest collection that has arrived.
  [[nodiscard]] Told told() { return Told(metrics_->take().back()); }

 private:
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  std::shared_ptr<SpanSink> spans_ = std::make_shared<SpanSink>(mailbox_);
  std::shared_ptr<DeliveringSink> others_ = std::make_shared<DeliveringSink>(mailbox_);
  std::shared_ptr<DeliveringSink> metrics_ = std::make_shared<DeliveringSink>(mailbox_);
  WorkerOptions options_;
  std::unique_ptr<WorkerSession> session_;
};

void record_spans(int count) {
  const Tracer tracer = get_tracer("sdk");
  for (int i = 0; i < count; ++i) const auto span = tracer.scoped_span("s", {}, {.root = true});
}

TEST(SdkMetrics, CloseAsTheBooksDo) {
  Stage<DeliveringSink> stage;
  record_spans(5);
  get_logger("sdk").info("one");
  get_logger("sdk").info("two");
  ASSERT_TRUE(stage.session().flush());
  const Statistics books = stage.session().statistics();
  ASSERT_TRUE(stage.session().flush());
  const Told told = stage.told();
  EXPECT_EQ(told.sum("otel.sdk.span.started"), static_cast<double>(books.spans.total.created));
  EXPECT_EQ(told.value("otel.sdk.log.created"), static_cast<double>(books.logs.total.created));
  EXPECT_EQ(told.value("otel.sdk.processor.span.processed", "ergon_span_recorder/0"), 5);
  EXPECT_EQ(told.value("otel.sdk.processor.span.queue.size", "ergon_span_recorder/0"), 0);
  EXPECT_EQ(told.value("otel.sdk.processor.span.processed", "batching_span_processor/0"), 5);
  EXPECT_EQ(told.value("otel.sdk.processor.span.queue.size", "batching_span_processor/0"), 0);
  EXPECT_EQ(told.value("otel.sdk.processor.span.queue.capacity", "batching_span_processor/0"), kMissing)
      << "bytes bound it";
  EXPECT_EQ(told.value("otel.sdk.exporter.span.exported", "spans_out/0"),
            static_cast<double>(books.spans.destinations[0].counts.delivered));
  EXPECT_EQ(told.value("otel.sdk.exporter.span.inflight", "spans_out/0"), 0);
  EXPECT_EQ(told.value("otel.sdk.processor.log.processed", "batching_log_processor/0"), 2);
  EXPECT_EQ(told.value("otel.sdk.exporter.log.exported", "logs_out/0"),
            static_cast<double>(books.logs.destinations[0].counts.delivered));
  EXPECT_EQ(told.value("otel.sdk.exporter.metric_data_point.exported", "metrics_out/0"),
            static_cast<double>(books.metric_points.total.delivered));
}

TEST(SdkMetrics, SayOfSpansHowTheyBeganAndWhichAreLive) {
  Stage<DeliveringSink> stage;
  std::vector<double> live;
  {
    const auto root = get_tracer("sdk").scoped_span("root", {}, {.root = true});
    const auto child = get_tracer("sdk").scoped_span("child");
    SpanContext sender = root.context();
    sender.is_remote = true;
    const auto remote = get_tracer("sdk").scoped_span("remote", {}, {.parent = &sender});
    ASSERT_TRUE(stage.session().flush());
    const Told told = stage.told();
    EXPECT_EQ(told.sum("otel.sdk.span.started"), 3);
    EXPECT_EQ(testing::find(told.point("otel.sdk.span.started").attributes, "otel.span.sampling_result"),
              "RECORD_AND_SAMPLE");
    live.push_back(told.value("otel.sdk.span.live"));
  }
  ASSERT_TRUE(stage.session().flush());
  live.push_back(stage.told().value("otel.sdk.span.live"));
  EXPECT_EQ(live[0] - live[1], 3);
}

// Durations go on from one session to the next, so this exporter is of no other test.
TEST(SdkMetrics, TellOfExportsUnderWayAndOfThoseThatFailed) {
  Stage<StuckSink> stage(UINT64_MAX, "spans_lost");
  record_spans(3);
  const auto flush = stage.session().ask_to_flush();
  const ExportBatch batch = stage.spans().take(1).at(0);
  const auto second = stage.session().ask_to_flush();
  stage.spans().post({batch.id, batch.pipeline, 1, 1, 1, DropReason::timeout});
  ASSERT_TRUE(flush->wait_until(Clock::now() + 20s).value_or(false));
  ASSERT_TRUE(second->wait_until(Clock::now() + 20s).value_or(false));
  ASSERT_TRUE(stage.session().flush());
  const Told told = stage.told();
  EXPECT_EQ(told.value("otel.sdk.exporter.span.inflight", "spans_lost/0"), 0);
  EXPECT_EQ(told.value("otel.sdk.exporter.span.exported", "spans_lost/0"), 1);
  EXPECT_EQ(told.value("otel.sdk.exporter.span.exported", "spans_lost/0", "rejected"), 1);
  EXPECT_EQ(told.value("otel.sdk.exporter.span.exported", "spans_lost/0", "timeout"), 1);
  EXPECT_EQ(told.value("otel.sdk.processor.span.processed", "batching_span_processor/0"), 3);
  EXPECT_GE(told.value("otel.sdk.exporter.operation.duration", "spans_lost/0", "timeout"), 1);
  EXPECT_EQ(told.value("otel.sdk.exporter.operation.duration", "spans_lost/0"), kMissing);
}

TEST(SdkMetrics, CountWhatAProcessorHasNoRoomFor) {
  Stage<StuckSink> stage(2);
  record_spans(5);
  const auto flush = stage.session().ask_to_flush();
  const ExportBatch batch = stage.spans().take(1).at(0);
  EXPECT_EQ(batch.count, 2U);
  stage.spans().post(delivered(batch));
  ASSERT_TRUE(flush->wait_until(Clock::now() + 20s).value_or(false));
  ASSERT_TRUE(stage.session().flush());
  const Told told = stage.told();
  EXPECT_EQ(told.value("otel.sdk.processor.span.queue.capacity", "batching_span_processor/0"), 2);
  EXPECT_EQ(told.value("otel.sdk.processor.span.processed", "batching_span_processor/0"), 2);
  EXPECT_EQ(told.value("otel.sdk.processor.span.processed", "batching_span_processor/0", "queue_full"), 3);
  EXPECT_EQ(told.value("otel.sdk.exporter.span.exported", "spans_out/0"), 2);
}

TEST(SdkMetrics, MeasureExportsAndCollectionsInOneBucket) {
  Stage<DeliveringSink> stage;
  record_spans(1);
  ASSERT_TRUE(stage.session().flush());
  ASSERT_TRUE(stage.session().flush());
  const Told told = stage.told();
  EXPECT_GE(told.value("otel.sdk.exporter.operation.duration", "spans_out/0"), 1);
  EXPECT_GE(told.value("otel.sdk.exporter.operation.duration", "metrics_out/0"), 1);
  EXPECT_GE(told.value("otel.sdk.metric_reader.collection.duration", "periodic_metric_reader/0"), 1);
  const auto& point = told.point("otel.sdk.metric_reader.collection.duration");
  EXPECT_EQ(point.buckets.size(), 1U);
  EXPECT_EQ(point.unit, "s");
  EXPECT_EQ(testing::find(point.attributes, "otel.component.type"), "periodic_metric_reader");
}

TEST(SdkMetrics, NameTheBackend) {
  Stage<DeliveringSink> stage;
  ASSERT_TRUE(stage.session().flush());
  const auto point = stage.told().point("otel.sdk.exporter.span.exported");
  EXPECT_EQ(testing::find(point.attributes, "server.address"), "collector");
  EXPECT_EQ(testing::find(point.attributes, "server.port"), "4317");
}

TEST(ServerAddress, IsTheEndpointsHostAndPort) {
  EXPECT_EQ(server_of("http://collector:4317"), (ServerAddress{"collector", 4317}));
  EXPECT_EQ(server_of("http://10.0.0.1:4317/prefix"), (ServerAddress{"10.0.0.1", 4317}));
  EXPECT_EQ(server_of("https://collector/v1:2"), (ServerAddress{"collector", 443}));
  EXPECT_EQ(server_of("http://[::1]:4317"), (ServerAddress{"::1", 4317}));
  EXPECT_EQ(server_of("http://user:secret@collector:4317"), (ServerAddress{"collector", 4317}));
  EXPECT_EQ(server_of("HTTPS://collector?a@b#c"), (ServerAddress{"collector", 443}));
  EXPECT_EQ(server_of("http://[2001:db8::1]"), (ServerAddress{"2001:db8::1", 80}));
  EXPECT_EQ(server_of("collector"), ServerAddress());
}

}  // namespace
}  // namespace ergon::telemetry::test
