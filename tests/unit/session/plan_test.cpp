#include "telemetry/session/plan.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/record/probability_state.hpp"
#include "unit/support_engine/memory_session.hpp"

namespace ergon::telemetry {
namespace {

using namespace std::chrono_literals;

using ergon::test::everything;
using ergon::test::MemorySession;

RecordingPlan plan_with(const Sampler& sampler) {
  TelemetryConfig config;
  config.tracing = TracingConfig{.sampler = sampler};
  return plan_recording(config);
}

TEST(RecordingPlan, RecordsTheSignalsThatHaveASection) {
  TelemetryConfig config;
  config.logging = LoggingConfig{.level = Level::warning};
  const RecordingPlan logs = plan_recording(config);
  EXPECT_FALSE(logs.records_spans || !logs.metrics.readers.empty());
  config = {};
  config.metrics = MetricsConfig{};
  EXPECT_EQ(plan_recording(config).metrics.readers.size(), 1U);
}

TEST(RecordingPlan, TurnsUsualSamplersIntoThresholds) {
  const auto threshold = [](const Sampler& sampler) {
    return plan_with(sampler).plain_sampling.value().root_threshold;
  };
  EXPECT_EQ(threshold(AlwaysOn{}), kAlwaysSampled);
  EXPECT_EQ(threshold(AlwaysOff{}), kNeverSampled);
  EXPECT_EQ(threshold(TraceIdRatioBased{0.25}), rounded_threshold(0.25));
  EXPECT_EQ(threshold(ParentBased{TraceIdRatioBased{0.25}}), rounded_threshold(0.25));
  EXPECT_EQ(threshold(ParentBased{ParentBased{AlwaysOff{}}}), kNeverSampled);
  EXPECT_TRUE(plan_with(ParentBased{}).plain_sampling.value().follows_parent);
  EXPECT_FALSE(plan_with(AlwaysOn{}).plain_sampling.value().follows_parent);
}

TEST(RecordingPlan, KeepsSamplersThatAThresholdCannotStandFor) {
  const auto is_plain = [](const Sampler& sampler) { return plan_with(sampler).plain_sampling.has_value(); };
  EXPECT_FALSE(is_plain(Probability{0.5}));
  EXPECT_FALSE(is_plain(RateLimiting{}));
  EXPECT_FALSE(is_plain(RuleBased{}));
  EXPECT_FALSE(is_plain(ParentBased{.root = Probability{0.5}}));
  EXPECT_FALSE(is_plain(ParentBased{.remote_parent_not_sampled = AlwaysOn{}}));
  EXPECT_FALSE(is_plain(ParentBased{.remote_parent_sampled = AlwaysOff{}}));
  EXPECT_FALSE(is_plain(ParentBased{.local_parent_sampled = AlwaysOff{}}));
  EXPECT_FALSE(is_plain(ParentBased{.local_parent_not_sampled = AlwaysOn{}}));
}

TEST(RecordingPlan, HasTheLimitsOfSpans) {
  EXPECT_EQ(plan_with(AlwaysOn{}).capacity.attributes.value_length, AttributeLimits::kNoLimit);
  EXPECT_EQ(plan_with(AlwaysOn{}).capacity.attributes.count, 128);
  TelemetryConfig config;
  config.tracing = TracingConfig{.limits = {.attribute_value_length_limit = 7,
                                            .attribute_value_depth_limit = 6,
                                            .attribute_count_limit = 5,
                                            .event_count_limit = 4,
                                            .link_count_limit = 3,
                                            .event_attribute_count_limit = 2,
                                            .link_attribute_count_limit = 65'535}};
  const SpanCapacity capacity = plan_recording(config).capacity;
  EXPECT_EQ(capacity.attributes.count, 5);
  EXPECT_EQ(capacity.event_attributes.count, 2);
  EXPECT_EQ(capacity.link_attributes.count, 65'535);
  EXPECT_EQ(capacity.events, 4);
  EXPECT_EQ(capacity.links, 3);
  for (const AttributeLimits& limits :
       {capacity.attributes, capacity.event_attributes, capacity.link_attributes}) {
    EXPECT_EQ(limits.value_length, 7U);
    EXPECT_EQ(limits.depth, 6);
  }
}

TEST(Session, RefusesLimitsThatAreOutOfRange) {
  TelemetryConfig config = everything();
  config.tracing->limits = {.attribute_value_depth_limit = 31, .attribute_count_limit = -1};
  const MemorySession session(config);
  ASSERT_EQ(session.errors().size(), 2U);
  EXPECT_NE(session.errors()[0].find("tracing.limits.attribute_value_depth_limit"), std::string::npos);
  EXPECT_NE(session.errors()[1].find("tracing.limits.attribute_count_limit"), std::string::npos);
}

TEST(RecordingPlan, IsLogsToTheConsoleWithoutAnySection) {
  const TelemetryConfig config = with_defaults({});
  ASSERT_TRUE(config.logging.has_value());
  EXPECT_TRUE(config.logging->handlers.at(0).holds<ConsoleHandler>());
  EXPECT_FALSE(config.tracing || config.metrics);
}

TEST(Delivery, OfTheConfigurationWinsOverOptions) {
  const RuntimeOptions options{.memory_limit = 3U << 20U, .max_block = 7ms};
  const RuntimeOptions as_it_was = with_delivery(options, {});
  EXPECT_EQ(as_it_was.memory_limit, options.memory_limit);
  EXPECT_EQ(as_it_was.max_block, options.max_block);
  const RuntimeOptions changed = with_delivery(
      options,
      {.memory_limit = 2 << 20, .on_full = OnFull::block, .max_block = 1ms, .shutdown_timeout = 9ms});
  EXPECT_EQ(changed.memory_limit, 2U << 20U);
  EXPECT_EQ(changed.on_full, OnFull::block);
  EXPECT_EQ(changed.max_block, 1ms);
  EXPECT_EQ(changed.shutdown_timeout, 9ms);
}

struct Threads {
  std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>();
  NetworkThread network{mailbox};
  FilesThread files{mailbox};
  UserThreads user_threads{mailbox};
  OwnCode own;
};

TEST(PipelinePlan, HasAPipelineForEachDestination) {
  TelemetryConfig config;
  const OtlpGrpcExporter collector{.endpoint = "http://collector:4317/"};
  config.tracing = TracingConfig{
      .processors = {
          BatchSpanProcessor{
              .schedule_delay = 7s, .max_export_batch_size = 9, .max_queue_size = 20, .exporter = collector},
          SimpleSpanProcessor{.exporter = ConsoleExporter{}}}};
  config.logging =
      LoggingConfig{.source = true,
                    .handlers = {ConsoleHandler{.level = Level::error, .stream = ConsoleStream::err},
                                 OtlpHandler{.exporter = collector}, OtlpHandler{.exporter = collector}}};
  config.metrics = MetricsConfig{
      .readers = {PeriodicReader{.interval = 3s,
                                 .max_export_batch_size = 7,
                                 .exporter = OtlpGrpcMetricExporter{.endpoint = collector.endpoint}}}};
  Threads threads;
  const WorkerOptions options = plan_pipelines(
      config, plan_recording(config), {}, {},
      {threads.mailbox, threads.network, threads.files, threads.user_threads, threads.own, nullptr});
  std::vector<std::string> names;
  for (const PipelineOptions& pipeline : options.pipelines) names.push_back(pipeline.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"otlp_grpc http://collector:4317", "console", "console stderr",
                                      "otlp_grpc http://collector:4317", "otlp_grpc http://collector:4317 #2",
                                      "otlp_grpc http://collector:4317"}));
  EXPECT_EQ(options.pipelines[0].max_records, 9U);
  EXPECT_EQ(options.pipelines[0].max_queued, 20U);
  EXPECT_EQ(options.pipelines[3].max_queued, UINT64_MAX);
  EXPECT_EQ(options.pipelines[0].delay, 7s);
  EXPECT_EQ(options.pipelines[1].max_records, 1U);
  EXPECT_EQ(options.pipelines[2].level, Level::error);
  EXPECT_TRUE(options.has_log_sources);
  ASSERT_EQ(options.readers.size(), 1U);
  EXPECT_EQ(options.readers[0].interval, 3s);
  EXPECT_EQ(options.readers[0].pipeline, 5U);
  EXPECT_EQ(options.pipelines[5].max_records, 7U);
}

TEST(PipelinePlan, NamesTheComponentsOfEachPipeline) {
  TelemetryConfig config;
  const OtlpGrpcExporter collector{.endpoint = "http://collector:4317/"};
  config.tracing = TracingConfig{.processors = {BatchSpanProcessor{.exporter = collector},
                                                SimpleSpanProcessor{.exporter = InMemoryExporter{}}}};
  config.logging = LoggingConfig{.handlers = {ConsoleHandler{}, OtlpHandler{.exporter = collector}}};
  config.metrics = MetricsConfig{
      .readers = {PeriodicReader{.exporter = OtlpGrpcMetricExporter{.endpoint = collector.endpoint}}}};
  Threads threads;
  const WorkerOptions options = plan_pipelines(
      config, plan_recording(config), {}, {},
      {threads.mailbox, threads.network, threads.files, threads.user_threads, threads.own, nullptr});
  std::vector<std::string> types;
  for (const PipelineOptions& pipeline : options.pipelines)
    types.push_back(pipeline.processor_type + " > " + pipeline.exporter_type);
  EXPECT_EQ(types, (std::vector<std::string>{"batching_span_processor > otlp_grpc_span_exporter",
                                             "simple_span_processor > in_memory_span_exporter",
                                             "batching_log_processor > console_log_exporter",
                                             "batching_log_processor > otlp_grpc_log_exporter",
                                             " > otlp_grpc_metric_exporter"}));
  EXPECT_EQ(options.pipelines[0].server, (ServerAddress{"collector", 4317}));
  EXPECT_EQ(options.pipelines[1].server, ServerAddress());
  EXPECT_TRUE(options.reports_itself);
  config.metrics.reset();
  EXPECT_FALSE(plan_pipelines(config, plan_recording(config), {}, {},
                              {threads.mailbox, threads.network, threads.files, threads.user_threads,
                               threads.own, nullptr})
                   .reports_itself);
}

TEST(SimpleProcessor, HasSentASpanWhenItsEndReturns) {
  TelemetryConfig config = everything();
  config.tracing->processors = {SimpleSpanProcessor{}};
  MemorySession session(config);
  for (std::uint64_t i = 1; i <= 5; ++i) {
    {
      const auto span = get_tracer("simple").scoped_span("s");
    }
    EXPECT_EQ(session.statistics().spans.total.delivered, i);
  }
}

TEST(SimpleProcessor, HasSentALogWhenItsCallReturns) {
  TelemetryConfig config = everything();
  config.logging->handlers = {OtlpHandler{.processors = {SimpleLogProcessor{}}}};
  MemorySession session(config);
  for (std::uint64_t i = 1; i <= 5; ++i) {
    get_logger("simple").info("l {}", i);
    EXPECT_EQ(session.statistics().logs.total.delivered, i);
  }
}

TEST(Statistics, CloseWhileThreadsRecord) {
  MemorySession session;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 500; ++i) {
        const auto span = get_tracer("books").scoped_span("s");
        get_logger("books").info("l {}", i);
        get_meter("books").counter("statistics.counter").add(1, {{"i", i % 7}});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(session.flush());
  const Statistics running = session.statistics();
  EXPECT_TRUE(session.stop());
  for (const Statistics& books : {running, session.statistics()}) {
    EXPECT_EQ(books.spans.total.created, 2'000U);
    EXPECT_EQ(books.spans.total.delivered, 2'000U);
    EXPECT_EQ(books.logs.total.delivered, 2'000U);
    for (const SignalStatistics* signal : {&books.spans, &books.logs, &books.metric_points}) {
      EXPECT_TRUE(signal->total.closes());
      EXPECT_EQ(signal->total.queued, 0U);
      ASSERT_EQ(signal->destinations.size(), 1U);
      EXPECT_TRUE(signal->destinations[0].counts.closes());
      EXPECT_EQ(signal->destinations[0].counts.delivered, signal->total.delivered);
    }
  }
}

}  // namespace
}  // namespace ergon::telemetry
