#include "config/exporter_environment.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostic.hpp"
#include "config/environment_fill.hpp"
#include "config/environment_variable.hpp"

namespace ergon::config {
namespace {

base::Diagnostic g_bad_exporters{"what the environment says of exporters is ignored"};

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
  ExporterFill(Origins& origins, std::string_view signal)
      : environment_(origins, g_bad_exporters), signal_(signal) {}

  // What is to be in place of the value at `path`. `is_default`: what is there already is what nobody chose,
  // so that the protocol alone can choose, too.
  std::optional<Choice> choice(const std::string& path, bool is_default) {
    Choice choice;
    const auto protocol = protocol_for(path);
    choice.protocol = protocol.value_or(Protocol::http_protobuf);
    const std::string variable = "OTEL_" + std::string(signal_) + "_EXPORTER";
    if (const auto text = environment_.text_for(variable.c_str(), path))
      choice.names = named(variable, *text);
    if (choice.names.empty() && protocol && is_default) choice.names.emplace_back(kOtlp);
    if (!choice.names.empty()) return choice;
    environment_.forget(path);
    return std::nullopt;
  }

 private:
  std::vector<std::string> named(const std::string& variable, std::string_view text) {
    std::vector<std::string> names;
    while (!text.empty()) {
      const std::size_t comma = std::min(text.find(','), text.size());
      std::string name = lower_case(std::string(without_spaces(text.substr(0, comma))));
      text.remove_prefix(std::min(comma + 1, text.size()));
      if (name == kNone) return {std::string(kNone)};
      if (name == kOtlp || name == kConsole) {
        if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
      } else if (!name.empty()) {
        environment_.complain(variable, name, "otlp, console, none");
      }
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

bool is_default(const TracingConfig& config) {
  if (config.processors.size() != 1) return false;
  const auto* batch = config.processors.front().get_if<BatchSpanProcessor>();
  return batch != nullptr && batch->exporter.holds<OtlpGrpcExporter>();
}

bool is_default(const MetricsConfig& config) {
  return config.readers.size() == 1 &&
         config.readers.front().get<PeriodicReader>().exporter.holds<OtlpGrpcMetricExporter>();
}

void choose_traces(std::optional<TracingConfig>& tracing, Origins& origins, const std::string& path) {
  const auto choice = ExporterFill(origins, "TRACES")
                          .choice(member_path(path, "processors"), tracing && is_default(*tracing));
  if (!choice) return;
  if (choice->is_none()) return tracing.reset();
  if (!tracing) tracing.emplace();
  tracing->processors.clear();
  for (const std::string& name : choice->names)
    tracing->processors.emplace_back(BatchSpanProcessor{.exporter = exporter_named(name, choice->protocol)});
}

void choose_metrics(std::optional<MetricsConfig>& metrics, Origins& origins, const std::string& path) {
  const auto choice =
      ExporterFill(origins, "METRICS").choice(member_path(path, "readers"), metrics && is_default(*metrics));
  if (!choice) return;
  if (choice->is_none()) return metrics.reset();
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
  const auto choice = ExporterFill(origins, "LOGS").choice(member_path(path, "handlers"), false);
  if (!choice) return;
  if (!logging) logging.emplace();
  if (choice->is_none()) {
    logging->level = Level::off;
    return;
  }
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

}  // namespace ergon::config
