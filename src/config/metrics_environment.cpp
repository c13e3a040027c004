#include "config/metrics_environment.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "base/diagnostic.hpp"
#include "config/config_error.hpp"
#include "config/environment.hpp"
#include "config/environment_fill.hpp"
#include "config/parse_scalar.hpp"

namespace ergon::inline v0::config {
namespace {

base::Diagnostic g_bad_metrics{"what the environment says of metrics is ignored"};

// As in the tables of readers; a test holds the two together.
constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24);

template <class T>
struct Choice {
  std::string_view name;
  T value;
};

constexpr std::array kTemporalities{
    Choice<TemporalityPreference>{"cumulative", TemporalityPreference::cumulative},
    Choice<TemporalityPreference>{"delta", TemporalityPreference::delta},
    Choice<TemporalityPreference>{"lowmemory", TemporalityPreference::low_memory}};
constexpr std::array kHistograms{
    Choice<HistogramAggregation>{"explicit_bucket_histogram", HistogramAggregation::explicit_buckets},
    Choice<HistogramAggregation>{"base2_exponential_bucket_histogram",
                                 HistogramAggregation::exponential_buckets}};
constexpr std::array kExemplarFilters{Choice<ExemplarFilter>{"always_on", ExemplarFilter::always_on},
                                      Choice<ExemplarFilter>{"always_off", ExemplarFilter::always_off},
                                      Choice<ExemplarFilter>{"trace_based", ExemplarFilter::trace_based}};

template <class T, std::size_t Size>
void take(EnvironmentFill& environment, const char* variable, const std::string& path,
          const std::array<Choice<T>, Size>& choices, T& value) {
  const auto text = environment.text_for(variable, path);
  if (!text) return;
  const std::string name = lower_case(*text);
  const auto found = std::ranges::find(choices, std::string_view(name), &Choice<T>::name);
  if (found != choices.end()) {
    value = found->value;
    return;
  }
  std::string allowed;
  for (const auto& one : choices) allowed.append(allowed.empty() ? "" : ", ").append(one.name);
  environment.complain(variable, *text, allowed);
}

// Milliseconds; `has_no_limit`: 0 is for ever.
void take_time(EnvironmentFill& environment, const char* variable, const std::string& path, bool has_no_limit,
               std::chrono::milliseconds& value) {
  const auto text = environment.text_for(variable, path);
  if (!text) return;
  const auto number = parse_integer(*text);
  const std::int64_t smallest = has_no_limit ? 0 : 1;
  if (!number || number->value < smallest) {
    environment.complain(variable, *text, "milliseconds, a number from " + std::to_string(smallest) + " on");
    return;
  }
  const std::int64_t most = kLongest.count();
  value = std::chrono::milliseconds(number->value == 0 ? most : std::min(number->value, most));
}

template <class Otlp>
void apply_to_otlp(MetricExporterConfig& exporter, const std::string& path, EnvironmentFill& environment) {
  auto* const otlp = exporter.get_if<Otlp>();
  if (otlp == nullptr) return;
  take(environment, "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
       member_path(path, "temporality_preference"), kTemporalities, otlp->temporality_preference);
  take(environment, "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
       member_path(path, "default_histogram_aggregation"), kHistograms, otlp->default_histogram_aggregation);
}

void apply_to_reader(PeriodicReader& reader, const std::string& path, EnvironmentFill& environment) {
  take_time(environment, "OTEL_METRIC_EXPORT_INTERVAL", member_path(path, "interval"), false,
            reader.interval);
  take_time(environment, "OTEL_METRIC_EXPORT_TIMEOUT", member_path(path, "timeout"), true, reader.timeout);
  const std::string exporter = member_path(path, "exporter");
  apply_to_otlp<OtlpGrpcMetricExporter>(reader.exporter, member_path(exporter, "otlp_grpc"), environment);
  apply_to_otlp<OtlpHttpMetricExporter>(reader.exporter, member_path(exporter, "otlp_http"), environment);
}

}  // namespace

void apply_metrics_environment(MetricsConfig& config, Origins& origins, const std::string& path) {
  EnvironmentFill environment(origins, g_bad_metrics);
  take(environment, "OTEL_METRICS_EXEMPLAR_FILTER", member_path(path, "exemplar_filter"), kExemplarFilters,
       config.exemplar_filter);
  for (std::size_t i = 0; i < config.readers.size(); ++i) {
    const std::string reader = item_path(member_path(path, "readers"), i);
    apply_to_reader(config.readers[i].get<PeriodicReader>(), member_path(reader, "periodic"), environment);
  }
}

}  // namespace ergon::inline v0::config
