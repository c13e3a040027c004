#include "telemetry/session/plan.hpp"

#include <utility>
#include <variant>

#include "telemetry/session/log_plan.hpp"
#include "telemetry/session/pipeline_planner.hpp"
#include "telemetry/session/resource.hpp"

namespace ergon::inline v0::telemetry {

WorkerOptions plan_pipelines(const TelemetryConfig& config, const RecordingPlan& recording,
                             const RuntimeOptions& options, const ResourceAttributes& resource,
                             const SinkMakers& makers) {
  PipelinePlanner planner(
      makers, options.default_service_name.empty() ? config.service_name : options.default_service_name);
  const auto feed = [&](Signal signal, const ResourceConfig& own) {
    const std::string& schema_url = own.schema_url.empty() ? config.resource.schema_url : own.schema_url;
    return Feed{.signal = signal,
                .resource = encode_resource(resource, own.attributes, options),
                .resource_schema_url = schema_url};
  };
  if (config.tracing) {
    const Feed spans = feed(Signal::spans, config.tracing->resource);
    for (const SpanProcessorConfig& processor : config.tracing->processors)
      processor.visit([&](const auto& one) { planner.add_processor(spans, one); });
  }
  if (config.logging) {
    plan_log_handlers(planner, feed(Signal::logs, config.logging->resource), *config.logging);
  }
  if (config.metrics) {
    std::uint32_t number = 0;
    for (const MetricReader& reader : config.metrics->readers) {
      const auto& periodic = reader.get<PeriodicReader>();
      const auto index =
          planner.add(feed(Signal::metric_points, config.metrics->resource), periodic.exporter);
      const ReaderPlan& reader_plan = recording.metrics.readers[number];
      planner.options.pipelines[index].max_records = reader_plan.max_points;
      planner.options.readers.push_back({periodic.interval, index, number++, periodic.timeout});
    }
  }
  planner.options.reports_itself = config.metrics.has_value();
  planner.options.redact = config.redact;
  planner.options.sampler = recording.sampler;
  planner.options.keep = recording.keep;
  if (config.logging) planner.options.flush_on = config.logging->flush_on;
  if (config.logging && config.logging->on_error)
    planner.options.replay_keep = static_cast<std::size_t>(config.logging->on_error->keep);
  planner.options.has_log_sources = config.logging && config.logging->source;
  planner.options.has_own_filters = !makers.own.log_filters.empty();
  return std::move(planner.options);
}

RuntimeOptions with_delivery(RuntimeOptions options, const DeliveryConfig& delivery) {
  options.memory_limit = static_cast<std::size_t>(
      delivery.memory_limit.value_or(static_cast<std::int64_t>(options.memory_limit)));
  options.on_full = delivery.on_full.value_or(options.on_full);
  options.max_block = delivery.max_block.value_or(options.max_block);
  options.shutdown_timeout = delivery.shutdown_timeout.value_or(options.shutdown_timeout);
  return options;
}

TelemetryConfig with_defaults(TelemetryConfig config) {
  if (!config.logging && !config.metrics && !config.tracing) config.logging = LoggingConfig{};
  return config;
}

}  // namespace ergon::inline v0::telemetry
