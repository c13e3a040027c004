#include "config/metrics_environment.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "base/diagnostic.hpp"
#include "config/config_error.hpp"
#include "config/environment.hpp"
#include "config/locate.hpp"
#include "config/parse_scalar.hpp"

namespace ergon::config {
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

// Takes variables in place of values whose key, at `path`, a file has not.
class MetricsEnvironment {
 public:
  explicit MetricsEnvironment(const Node* file) : file_(file) {}
  MetricsEnvironment(const MetricsEnvironment&) = delete;
  MetricsEnvironment& operator=(const MetricsEnvironment&) = delete;
  ~MetricsEnvironment() {
    if (!complaints_.empty()) g_bad_metrics.report(complaints_);
  }

  template <class T, std::size_t Size>
  void take(const char* variable, const std::string& path, const std::array<Choice<T>, Size>& choices,
            T& value) {
    const auto text = text_for(variable, path);
    if (!text) return;
    const std::string name = lower_case(*text);
    const auto found = std::ranges::find(choices, std::string_view(name), &Choice<T>::name);
    if (found != choices.end()) {
      value = found->value;
      return;
    }
    std::string allowed;
    for (const auto& one : choices) allowed.append(allowed.empty() ? "" : ", ").append(one.name);
    complain(variable, *text, allowed);
  }

  // Milliseconds; `has_no_limit`: 0 is for ever.
  void take_time(const char* variable, const std::string& path, bool has_no_limit,
                 std::chrono::milliseconds& value) {
    const auto text = text_for(variable, path);
    if (!text) return;
    const auto number = parse_integer(*text);
    const std::int64_t smallest = has_no_limit ? 0 : 1;
    if (!number || number->value < smallest) {
      complain(variable, *text, "milliseconds, a number from " + std::to_string(smallest) + " on");
      return;
    }
    const std::int64_t most = kLongest.count();
    value = std::chrono::milliseconds(number->value == 0 ? most : std::min(number->value, most));
  }

 private:
  [[nodiscard]] std::optional<std::string> text_for(const char* variable, const std::string& path) const {
    if (file_ != nullptr && is_in(*file_, path)) return std::nullopt;
    return environment_variable(variable);
  }
  // All in one report, as only one is written in some time; once, however many readers there are.
  void complain(std::string_view variable, std::string_view found, std::string_view allowed) {
    std::string complaint(variable);
    complaint.append(": found ").append(quoted(found)).append("; allowed: ").append(allowed);
    if (complaints_.find(complaint) != std::string::npos) return;
    complaints_.append(complaints_.empty() ? "" : "; ").append(complaint);
  }

  const Node* file_;
  std::string complaints_;
};

void apply_to_reader(PeriodicReader& reader, const std::string& path, MetricsEnvironment& environment) {
  environment.take_time("OTEL_METRIC_EXPORT_INTERVAL", member_path(path, "interval"), false, reader.interval);
  environment.take_time("OTEL_METRIC_EXPORT_TIMEOUT", member_path(path, "timeout"), true, reader.timeout);
  auto* const otlp = std::get_if<OtlpGrpcMetricExporter>(&reader.exporter);
  if (otlp == nullptr) return;
  const std::string exporter = member_path(member_path(path, "exporter"), "otlp_grpc");
  environment.take("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
                   member_path(exporter, "temporality_preference"), kTemporalities,
                   otlp->temporality_preference);
  environment.take("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
                   member_path(exporter, "default_histogram_aggregation"), kHistograms,
                   otlp->default_histogram_aggregation);
}

}  // namespace

void apply_metrics_environment(MetricsConfig& config, const Node* file, const std::string& path) {
  MetricsEnvironment environment(file);
  environment.take("OTEL_METRICS_EXEMPLAR_FILTER", member_path(path, "exemplar_filter"), kExemplarFilters,
                   config.exemplar_filter);
  for (std::size_t i = 0; i < config.readers.size(); ++i) {
    const std::string reader = item_path(member_path(path, "readers"), i);
    apply_to_reader(std::get<PeriodicReader>(config.readers[i]), member_path(reader, "periodic"),
                    environment);
  }
}

}  // namespace ergon::config
