#include "task/task_description.hpp"

#include <ergon/config/telemetry_description.hpp>

namespace ergon {

using config::Tag;

constexpr auto ergon_describe(Tag<LoopPolicy>) {
  return config::object(
      "How a consumer's loop runs.",
      config::field<&LoopPolicy::concurrency>("concurrency", "Loop threads of one worker process.",
                                              {.unit = "{thread}", .minimum = 1, .maximum = 1'024}));
}

constexpr auto ergon_describe(Tag<FetchBatch>) {
  return config::object(
      "What is asked of the connector.",
      config::field<&FetchBatch::size>("size", "Transactions in one fetch, at most.",
                                       {.unit = "{transaction}", .minimum = 1, .maximum = 100'000}));
}

constexpr auto ergon_describe(Tag<FetchPolicy>) {
  return config::object(
      "How a consumer fetches.",
      config::field<&FetchPolicy::batch>("batch", "What is asked of the connector."),
      config::field<&FetchPolicy::connector>(
          "connector", "The name of the connector to fetch from, where there are several."));
}

constexpr auto ergon_describe(Tag<ConsumerPolicy>) {
  return config::object("How a consumer runs.",
                        config::field<&ConsumerPolicy::loop>("loop", "How its loop runs."),
                        config::field<&ConsumerPolicy::fetch>("fetch", "How it fetches."));
}

constexpr auto ergon_describe(Tag<Policies>) {
  return config::object("How a task runs, by role.",
                        config::field<&Policies::consumer>("consumer", "How a consumer runs."));
}

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
      field<&TaskConfig::workers>("workers", "Worker processes; one, for now.", {.minimum = 1, .maximum = 1}),
      field<&TaskConfig::connectors>("connectors",
                                     "Where transactions come from and go to, as NAME: {TYPE: {options}}.",
                                     {.replaces = true, .registry = "connectors", .typed_by = TypedBy::key}),
      field<&TaskConfig::services>("services", "What the task uses, as NAME: {options}.",
                                   {.registry = "services", .typed_by = TypedBy::name}),
      field<&TaskConfig::policies>("policies", "How the task runs."),
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

}  // namespace ergon

namespace ergon::config {

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

}  // namespace ergon::config
