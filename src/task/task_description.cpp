#include "task/task_description.hpp"

#include <ergon/config/telemetry_description.hpp>

#include "task/policy_tables.hpp"
#include "task/supervision_tables.hpp"

namespace ergon::inline v0 {

using config::Tag;

constexpr auto ergon_describe(Tag<TelemetryPreset>) {
  return config::enumeration(
      "A name for what the three signals are together.", config::name("console", TelemetryPreset::console),
      config::name("files", TelemetryPreset::files), config::name("otlp", TelemetryPreset::otlp),
      config::name("off", TelemetryPreset::off));
}

constexpr auto ergon_describe(Tag<TaskConfig>) {
  using config::field;
  using config::TypedBy;
  return config::object(
      "One task.",
      field<&TaskConfig::workers>("workers", "Worker processes.",
                                  {.unit = "{process}", .minimum = 1, .maximum = 1'024}),
      field<&TaskConfig::connectors>("connectors",
                                     "Where transactions come from and go to, as NAME: {TYPE: {options}}.",
                                     {.replaces = true, .registry = "connectors", .typed_by = TypedBy::key}),
      field<&TaskConfig::services>("services", "What the task uses, as NAME: {options}.",
                                   {.registry = "services", .typed_by = TypedBy::name}),
      field<&TaskConfig::policies>("policies", "How the task runs."),
      field<&TaskConfig::supervision>("supervision", "How its worker processes are watched over."),
      field<&TaskConfig::telemetry>("telemetry", "Stands for the sections of the three signals."),
      field<&TaskConfig::resource>("resource", "What describes the process, of every signal."),
      field<&TaskConfig::propagator>("propagator",
                                     "How contexts travel; by default tracecontext and baggage."),
      field<&TaskConfig::redact>("redact", "What leaves the process under no circumstances."),
      field<&TaskConfig::delivery>("delivery", "What telemetry may cost while destinations don't keep up."),
      field<&TaskConfig::logging>("logging", "Logs; without this section, none."),
      field<&TaskConfig::metrics>("metrics", "Metrics; without this section, none."),
      field<&TaskConfig::tracing>("tracing", "Traces; without this section, none."));
}

constexpr auto ergon_describe(Tag<TaskFile>) {
  return config::object(
      "A program's configuration.",
      config::field<&TaskFile::include>("include", "Files that are read before this one."),
      config::field<&TaskFile::defaults>("defaults", "What each task has where it says nothing else."),
      config::field<&TaskFile::tasks>("tasks", "The tasks, by name.", {.minimum = 1, .required = true}));
}

}  // namespace ergon::inline v0

namespace ergon::inline v0::config {

template <>
const TypeDescription& type_of<TelemetryPreset>() noexcept {
  return described<TelemetryPreset>();
}

template <>
const TypeDescription& type_of<TaskConfig>() noexcept {
  return described<TaskConfig>();
}

template <>
const TypeDescription& type_of<TaskFile>() noexcept {
  return described<TaskFile>();
}

}  // namespace ergon::inline v0::config
