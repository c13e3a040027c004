#include "task/telemetry_presets.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "config/yaml_document.hpp"
#include "task/task_description.hpp"

namespace ergon::inline v0::detail {
namespace {

constexpr std::string_view kConsole = R"(
logging: {handlers: [{console: {level: trace}}]}
metrics: {readers: [{periodic: {exporter: {console: }}}]}
tracing: {processors: [{batch: {exporter: {console: }}}]}
)";

constexpr std::string_view kFiles = R"(
logging:
  handlers:
    - console: {level: warning}
    - rotating_file: {level: trace, filename: "telemetry/{task}-{pid}.log"}
    - otlp: {level: trace, exporter: {otlp_file/development: {output_stream: "file://telemetry/{task}-{pid}.jsonl"}}}
metrics:
  readers:
    - periodic: {exporter: {otlp_file/development: {output_stream: "file://telemetry/{task}-{pid}.jsonl"}}}
tracing:
  processors:
    - batch: {exporter: {otlp_file/development: {output_stream: "file://telemetry/{task}-{pid}.jsonl"}}}
)";

constexpr std::string_view kOtlp = R"(
logging: {handlers: [{console: {level: trace}}, {otlp: {level: trace, exporter: {otlp_grpc: }}}]}
metrics: {readers: [{periodic: {exporter: {otlp_grpc: }}}]}
tracing: {processors: [{batch: {exporter: {otlp_grpc: }}}]}
)";

std::string_view name_of(TelemetryPreset preset) noexcept {
  switch (preset) {
    case TelemetryPreset::console:
      return "console";
    case TelemetryPreset::files:
      return "files";
    case TelemetryPreset::otlp:
      return "otlp";
    case TelemetryPreset::off:
      return "off";
  }
  return {};
}

std::string_view preset_text(TelemetryPreset preset) noexcept {
  switch (preset) {
    case TelemetryPreset::console:
      return kConsole;
    case TelemetryPreset::files:
      return kFiles;
    case TelemetryPreset::otlp:
      return kOtlp;
    case TelemetryPreset::off:
      break;
  }
  return "{}";
}

}  // namespace

config::Layer preset_layer(TelemetryPreset preset, std::string mount) {
  config::ConfigErrors none;  // a test reads them all
  std::string source = "telemetry: " + std::string(name_of(preset));
  config::NodePointer root = config::load_yaml(preset_text(preset), source, none);
  return {std::move(source), std::move(root), std::move(mount)};
}

void expand_preset(TaskConfig& config) {
  if (!config.telemetry) return;
  TaskConfig expanded;
  static_cast<void>(
      config::read_layer(preset_layer(*config.telemetry, {}), config::type_of<TaskConfig>(), &expanded, {}));
  if (!config.logging) config.logging = std::move(expanded.logging);
  if (!config.metrics) config.metrics = std::move(expanded.metrics);
  if (!config.tracing) config.tracing = std::move(expanded.tracing);
}

}  // namespace ergon::inline v0::detail
