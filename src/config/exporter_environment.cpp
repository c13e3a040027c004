#include "config/exporter_environment.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include <ergon/config/telemetry_description.hpp>

#include "base/diagnostic.hpp"
#include "config/environment_fill.hpp"
#include "config/environment_variable.hpp"
#include "config/propagator_list.hpp"
#include "config/yaml_text.hpp"

namespace ergon::inline v0::config {
namespace {

// Of each signal, as they are filled one by one and each is told by itself.
base::Diagnostic g_bad_traces{"what the environment says of exporters of traces is ignored"};
base::Diagnostic g_bad_metrics{"what the environment says of exporters of metrics is ignored"};
base::Diagnostic g_bad_logs{"what the environment says of exporters of logs is ignored"};

constexpr std::string_view kOtlp = "otlp";
constexpr std::string_view kConsole = "console";
constexpr std::string_view kNone = "none";

enum class Protocol : std::uint8_t { grpc, http_protobuf, http_json };

// The exporters of a signal that the environment names.
struct Choice {
  std::vector<std::string> names{};
  Protocol protocol{Protocol::http_protobuf};

  [[nodiscard]] bool is_none() const { return names.front() == kNone; }
};

class ExporterFill {
 public:
  ExporterFill(Origins& origins, std::string_view signal, base::Diagnostic& diagnostic)
      : environment_(origins, diagnostic), signal_(signal) {}

  // What is to be in place of the value at `path`. `is_default`: what is there already is what nobody chose,
  // so that the protocol alone can choose, too.
  template <class IsDefault>
  std::optional<Choice> choice(const std::string& path, IsDefault is_default) {
    Choice choice;
    const auto protocol = protocol_for(path);
    choice.protocol = protocol.value_or(Protocol::http_protobuf);
    const std::string variable = "OTEL_" + std::string(signal_) + "_EXPORTER";
    if (const auto text = environment_.text_for(variable.c_str(), path))
      choice.names = named(variable, *text);
    if (choice.names.empty() && protocol && is_default()) choice.names.emplace_back(kOtlp);
    if (!choice.names.empty()) return choice;
    environment_.forget(path);
    return std::nullopt;
  }

 private:
  std::vector<std::string> named(const std::string& variable, std::string_view text) {
    const std::string list = lower_case(std::string(text));
    std::vector<std::string> names;
    for (const std::string_view name : listed_once(list)) {
      if (name == kNone) return {std::string(kNone)};
      if (name == kOtlp || name == kConsole) names.emplace_back(name);
      else environment_.complain(variable, name, "otlp, console, none");
    }
    return names;
  }

  std::optional<Protocol> protocol_for(const std::string& path) {
    for (const std::string& variable : {"OTEL_EXPORTER_OTLP_" + std::string(signal_) + "_PROTOCOL",
                                        std::string("OTEL_EXPORTER_OTLP_PROTOCOL")}) {
      const auto text = environment_.text_for(variable.c_str(), path);
      if (!text) continue;
      const std::string name = lower_case(*text);
      if (name == "grpc") return Protocol::grpc;
      if (name == "http/protobuf") return Protocol::http_protobuf;
      if (name == "http/json") return Protocol::http_json;
      environment_.complain(variable, *text, "grpc, http/protobuf, http/json");
      return std::nullopt;
    }
    return std::nullopt;
  }

  EnvironmentFill environment_;
  std::string_view signal_;
};

// The exporter of a signal that a name stands for, of the types that this signal has.
template <class Config, class Grpc, class Http, class Console>
Config exporter_named(std::string_view name, Protocol protocol) {
  if (name == kConsole) return Console{};
  if (protocol == Protocol::grpc) return Grpc{};
  Http http;
  if (protocol == Protocol::http_json) http.encoding = OtlpEncoding::json;
  return http;
}

Exporter exporter_named(std::string_view name, Protocol protocol) {
  return exporter_named<Exporter, OtlpGrpcExporter, OtlpHttpExporter, ConsoleExporter>(name, protocol);
}

// Whether a section has nothing but what it has by default where its signals go.
template <class Section>
bool is_as_by_default(const Section& own) {
  const YamlStyle plain{.remark = [](const ValueView&, bool) { return std::string(); }};
  const Section by_default;
  const auto text = [&](const Section& section) {
    return yaml_text(type_of<Section>(), &section, {}, plain);
  };
  return text(own) == text(by_default);
}

bool is_default(const TracingConfig& config) {
  TracingConfig own;
  own.processors = config.processors;
  return is_as_by_default(own);
}

bool is_default(const MetricsConfig& config) {
  MetricsConfig own;
  own.readers = config.readers;
  return is_as_by_default(own);
}

void choose_traces(std::optional<TracingConfig>& tracing, Origins& origins, const std::string& path) {
  const auto choice =
      ExporterFill(origins, "TRACES", g_bad_traces).choice(member_path(path, "processors"), [&] {
        return tracing && is_default(*tracing);
      });
  if (!choice) return;
  if (choice->is_none()) {
    if (!origins.is_in_text(path)) tracing.reset();
    return;
  }
  if (!tracing) tracing.emplace();
  tracing->processors.clear();
  for (const std::string& name : choice->names)
    tracing->processors.emplace_back(BatchSpanProcessor{.exporter = exporter_named(name, choice->protocol)});
}

void choose_metrics(std::optional<MetricsConfig>& metrics, Origins& origins, const std::string& path) {
  const auto choice =
      ExporterFill(origins, "METRICS", g_bad_metrics).choice(member_path(path, "readers"), [&] {
        return metrics && is_default(*metrics);
      });
  if (!choice) return;
  if (choice->is_none()) {
    if (!origins.is_in_text(path)) metrics.reset();
    return;
  }
  if (!metrics) metrics.emplace();
  metrics->readers.clear();
  for (const std::string& name : choice->names) {
    metrics->readers.emplace_back(PeriodicReader{
        .exporter = exporter_named<MetricExporterConfig, OtlpGrpcMetricExporter, OtlpHttpMetricExporter,
                                   ConsoleMetricExporter>(name, choice->protocol)});
  }
}

// Without a choice the default of logs, the console, is no matter of protocols.
void choose_logs(std::optional<LoggingConfig>& logging, Origins& origins, const std::string& path) {
  const auto choice =
      ExporterFill(origins, "LOGS", g_bad_logs).choice(member_path(path, "handlers"), [] { return false; });
  if (!choice) return;
  if (choice->is_none()) {
    if (!origins.is_in_text(path)) logging = LoggingConfig{.level = Level::off};
    return;
  }
  if (!logging) logging.emplace();
  logging->handlers.clear();
  for (const std::string& name : choice->names) {
    if (name == kConsole) logging->handlers.emplace_back(ConsoleHandler{.level = Level::trace});
    else
      logging->handlers.emplace_back(
          OtlpHandler{.level = Level::trace, .exporter = exporter_named(name, choice->protocol)});
  }
}

}  // namespace

void apply_exporter_environment(Signals signals, Origins& origins, const std::string& path) {
  choose_traces(signals.tracing, origins, member_path(path, "tracing"));
  choose_metrics(signals.metrics, origins, member_path(path, "metrics"));
  choose_logs(signals.logging, origins, member_path(path, "logging"));
}

}  // namespace ergon::inline v0::config
