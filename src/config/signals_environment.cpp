#include "config/signals_environment.hpp"

#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include <ergon/config/telemetry_description.hpp>

#include "base/diagnostic.hpp"
#include "config/environment_fill.hpp"
#include "config/environment_variable.hpp"
#include "config/exporter_environment.hpp"
#include "config/metrics_environment.hpp"
#include "config/otlp_environment.hpp"
#include "config/scalar_value.hpp"
#include "config/tracing_environment.hpp"

namespace ergon::inline v0::config {
namespace {

base::Diagnostic g_bad_span_batches{"what the environment says of batches of spans is ignored"};
base::Diagnostic g_bad_log_batches{"what the environment says of batches of logs is ignored"};
base::Diagnostic g_bad_log_limits{"limits of log records in the environment are ignored"};
base::Diagnostic g_bad_switch{"OTEL_SDK_DISABLED is ignored"};

// Sets a key of the object at `path` to what a variable says.
void take(EnvironmentFill& environment, const std::string& variable, const FieldDescription& row,
          const std::string& path, void* object) {
  const auto text = environment.text_for(variable.c_str(), member_path(path, row.name));
  if (!text) return;
  void* const place = row.address(object);
  const auto* optional = std::get_if<OptionalType>(&row.type().kind);
  const bool was_empty = optional != nullptr && optional->get(place) == nullptr;
  const TypeDescription& type = optional != nullptr ? optional->value() : row.type();
  void* const target = optional != nullptr ? optional->ensure(place) : place;
  if (const auto complaint = assign_scalar(type, row.rules, target, {*text})) {
    environment.complain(variable, complaint->found, complaint->allowed);
    if (was_empty) optional->reset(place);
  }
}

// What OTEL_BSP_… (spans) or OTEL_BLRP_… (log records) says of all batches in a section.
void take_batches(const std::string& prefix, const TypeDescription& type, void* section,
                  EnvironmentFill& environment, const std::string& path) {
  constexpr std::array<std::string_view, 1> kBatch{"batch"};
  for (const HeldObject& batch : held_objects(kBatch, type, section, path)) {
    for (const auto& [name, key] :
         {std::pair("SCHEDULE_DELAY", "schedule_delay"), std::pair("MAX_QUEUE_SIZE", "max_queue_size"),
          std::pair("MAX_EXPORT_BATCH_SIZE", "max_export_batch_size"),
          std::pair("EXPORT_TIMEOUT", "export_timeout")})
      take(environment, prefix + name, row_of(batch.type, key), batch.path, batch.object);
  }
}

// What is said of all attributes gives way to what is said of log records'.
void take_log_limits(LoggingConfig& logging, Origins& origins, const std::string& path) {
  EnvironmentFill environment(origins, g_bad_log_limits);
  const FieldDescription& limits = row_of(type_of<LoggingConfig>(), "limits");
  const auto of = [&](const char* variable, const char* key) {
    take(environment, variable, row_of(limits.type(), key), member_path(path, "limits"), &logging.limits);
  };
  of("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "attribute_value_length_limit");
  of("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "attribute_value_length_limit");
  of("OTEL_ATTRIBUTE_COUNT_LIMIT", "attribute_count_limit");
  of("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "attribute_count_limit");
}

// A handler's exporter alone is short for one batch, which the environment may say something of.
void write_out_batches(LoggingConfig& logging) {
  for (Handler& handler : logging.handlers) {
    auto* const otlp = handler.get_if<OtlpHandler>();
    if (otlp == nullptr || !otlp->processors.empty()) continue;
    BatchLogProcessor batch;
    if (otlp->exporter) batch.exporter = *std::move(otlp->exporter);
    otlp->exporter.reset();
    otlp->processors.emplace_back(std::move(batch));
  }
}

void take_log_batches(LoggingConfig& logging, Origins& origins, const std::string& path) {
  const auto is_set = [](const char* variable) { return environment_variable(variable).has_value(); };
  if (!is_set("OTEL_BLRP_SCHEDULE_DELAY") && !is_set("OTEL_BLRP_MAX_QUEUE_SIZE") &&
      !is_set("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE") && !is_set("OTEL_BLRP_EXPORT_TIMEOUT"))
    return;
  write_out_batches(logging);
  EnvironmentFill environment(origins, g_bad_log_batches);
  take_batches("OTEL_BLRP_", type_of<LoggingConfig>(), &logging, environment, path);
}

}  // namespace

bool is_disabled_by_environment() {
  const auto text = environment_variable("OTEL_SDK_DISABLED");
  if (!text) return false;
  const std::string value = lower_case(*text);
  if (value != "true" && value != "false")
    g_bad_switch.report("found " + quoted(*text) + "; allowed: true, false");
  return value == "true";
}

void turn_off(Signals signals) {
  signals.logging = LoggingConfig{.level = Level::off};
  signals.metrics.reset();
  signals.tracing.reset();
}

void apply_environment(Signals signals, Origins& origins, const std::string& path) {
  // What the environment turns on does not turn off the console that there is without any section.
  const bool has_none = !signals.logging && !signals.metrics && !signals.tracing;
  apply_exporter_environment(signals, origins, path);
  if (has_none && !signals.logging) signals.logging.emplace();
  const std::string logging = member_path(path, "logging");
  const std::string metrics = member_path(path, "metrics");
  const std::string tracing = member_path(path, "tracing");
  if (signals.tracing) {
    apply_tracing_environment(*signals.tracing, origins, tracing);
    EnvironmentFill environment(origins, g_bad_span_batches);
    take_batches("OTEL_BSP_", type_of<TracingConfig>(), &*signals.tracing, environment, tracing);
    apply_otlp_environment(*signals.tracing, origins, tracing);
  }
  if (signals.metrics) {
    apply_metrics_environment(*signals.metrics, origins, metrics);
    apply_otlp_environment(*signals.metrics, origins, metrics);
  }
  if (signals.logging) {
    take_log_limits(*signals.logging, origins, logging);
    apply_otlp_environment(*signals.logging, origins, logging);
    take_log_batches(*signals.logging, origins, logging);
  }
}

}  // namespace ergon::inline v0::config
