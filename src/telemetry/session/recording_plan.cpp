#include "telemetry/session/recording_plan.hpp"

#include <algorithm>
#include <exception>
#include <variant>

#include <ergon/config/extension.hpp>

#include "config/extension_registry.hpp"
#include "telemetry/record/probability_state.hpp"
#include "telemetry/record/sampling.hpp"
#include "telemetry/session/view_plan.hpp"

namespace ergon::inline v0::telemetry {

namespace {

// A console or file is waited for as long as an exporter by default; 0, no limit, is an hour here.
std::chrono::milliseconds limit_of(const Exporter& exporter) {
  auto limit = OtlpGrpcExporter{}.timeout;
  if (const auto* grpc = exporter.get_if<OtlpGrpcExporter>()) limit = grpc->timeout;
  if (const auto* http = exporter.get_if<OtlpHttpExporter>()) limit = http->timeout;
  return limit.count() > 0 ? limit : std::chrono::hours(1);
}

template <class Simple, class Processor>
void plan_waits_of(Signal signal, const std::vector<Processor>& processors, RecordingPlan& plan) {
  for (const Processor& processor : processors) {
    const auto* simple = processor.template get_if<Simple>();
    if (simple == nullptr) continue;
    plan.waits_for_export[static_cast<std::size_t>(signal)] = true;
    plan.longest_wait = std::max(plan.longest_wait, limit_of(simple->exporter));
  }
}

void plan_waits(const TelemetryConfig& config, RecordingPlan& plan) {
  if (config.tracing) plan_waits_of<SimpleSpanProcessor>(Signal::spans, config.tracing->processors, plan);
  if (!config.logging) return;
  for (const Handler& handler : config.logging->handlers) {
    const auto* otlp = handler.get_if<OtlpHandler>();
    if (otlp != nullptr) plan_waits_of<SimpleLogProcessor>(Signal::logs, otlp->processors, plan);
  }
}

// Of spans or logs.
template <class Limits>
AttributeLimits attribute_limits(const Limits& limits) {
  AttributeLimits attributes;
  if (limits.attribute_value_length_limit)
    attributes.value_length = static_cast<std::uint32_t>(*limits.attribute_value_length_limit);
  attributes.depth = static_cast<std::uint8_t>(limits.attribute_value_depth_limit);
  attributes.count = static_cast<std::uint16_t>(limits.attribute_count_limit);
  return attributes;
}

SpanCapacity capacity_of(const SpanLimits& limits) {
  const AttributeLimits attributes = attribute_limits(limits);
  const auto with_count = [&attributes](std::int64_t count) {
    AttributeLimits counted = attributes;
    counted.count = static_cast<std::uint16_t>(count);
    return counted;
  };
  return {.attributes = attributes,
          .event_attributes = with_count(limits.event_attribute_count_limit),
          .link_attributes = with_count(limits.link_attribute_count_limit),
          .events = static_cast<std::uint16_t>(limits.event_count_limit),
          .links = static_cast<std::uint16_t>(limits.link_count_limit)};
}

// Every span is recorded then, and the sampler only says which are sampled.
void plan_keep(const KeepConfig& keep, RecordingPlan& plan) {
  plan.keep = {.errors = keep.errors,
               .slower_than = keep.slower_than,
               .threshold = rounded_threshold(keep.ratio),
               .head = std::nullopt};
  if (plan.plain_sampling)
    plan.keep->head = {plan.plain_sampling->root_threshold, plan.plain_sampling->follows_parent};
  plan.plain_sampling.reset();
}

std::shared_ptr<IdGenerator> make_id_generator(const IdGeneratorConfig& config) {
  const auto* custom = config.get_if<Custom>();
  if (custom == nullptr) return nullptr;
  return std::shared_ptr<IdGenerator>(static_cast<IdGenerator*>(
      config::make_extension(detail::kIdGenerators, *custom, "tracing.id_generator/development")));
}

}  // namespace

RecordingPlan plan_recording(const TelemetryConfig& config) {
  RecordingPlan plan;
  plan_waits(config, plan);
  plan.metrics = plan_metrics(config.metrics);
  plan.replays_logs = config.logging && config.logging->on_error;
  plan.records_spans = config.tracing.has_value();
  if (config.logging) plan.log_attributes = attribute_limits(config.logging->limits);
  if (!config.tracing) {  // spans are current, with ids for the logs, but never sampled
    plan.plain_sampling = PlainSampling{.follows_parent = false, .root_threshold = kNeverSampled};
    plan.sampler = make_sampler(AlwaysOff{});
    return plan;
  }
  plan.plain_sampling = plain_sampling(config.tracing->sampler);
  const auto& keep = config.tracing->keep;
  plan.sampler =
      make_sampler(keep ? Sampler(AlwaysRecord{config.tracing->sampler}) : config.tracing->sampler);
  if (keep) plan_keep(*keep, plan);
  plan.id_generator = make_id_generator(config.tracing->id_generator);
  plan.capacity = capacity_of(config.tracing->limits);
  return plan;
}

RecordingPlan plan_recording(const TelemetryConfig& config, std::vector<std::string>& errors) try {
  return plan_recording(config);
} catch (const std::exception& error) {
  errors.emplace_back(error.what());
  return {};
}

}  // namespace ergon::inline v0::telemetry
