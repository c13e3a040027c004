#include <chrono>
#include <string_view>

#include <ergon/config/extension.hpp>
#include <ergon/config/telemetry_description.hpp>

#include "telemetry/session/exporter_tables.hpp"
#include "telemetry/session/log_tables.hpp"
#include "telemetry/session/metrics_tables.hpp"
#include "telemetry/session/resource_tables.hpp"
#include "telemetry/session/tracer_tables.hpp"

// One table per object: what a key is called, what it is for, what it may be. Defaults are those of the
// objects.
namespace ergon::inline v0 {

using namespace std::chrono_literals;
using config::Tag;

namespace {

// Longer than anybody waits, and far from where nanoseconds overflow.
constexpr std::chrono::milliseconds kLongest = 24h;

}  // namespace

// Spans and log records are batched by the same options, with their own defaults.
template <class Batch>
constexpr auto describe_batch(std::string_view documentation) {
  return config::object(
      documentation,
      config::field<&Batch::schedule_delay>("schedule_delay", "Longest wait for a batch to fill.",
                                            {.minimum = 0ms, .maximum = kLongest}),
      config::field<&Batch::max_export_batch_size>("max_export_batch_size",
                                                   "Items in one export request, at most.",
                                                   {.unit = "{item}", .minimum = 1, .maximum = 65'536}),
      config::field<&Batch::max_queue_size>(
          "max_queue_size", "Items that wait or are on their way, at most; else bytes limit them.",
          {.unit = "{item}", .minimum = 1, .maximum = 1'000'000'000}),
      config::field<&Batch::export_timeout>(
          "export_timeout", "Of a batch, with all attempts; 0: as long as the exporter tries.",
          {.minimum = 0ms, .maximum = kLongest}),
      config::field<&Batch::exporter>("exporter", "Where batches go."));
}

template <class Simple>
constexpr auto describe_simple(std::string_view documentation) {
  return config::object(documentation, config::field<&Simple::exporter>("exporter", "Where each item goes."));
}

constexpr auto ergon_describe(Tag<BatchSpanProcessor>) {
  return describe_batch<BatchSpanProcessor>("Exports spans together, away from the caller's thread.");
}

constexpr auto ergon_describe(Tag<SimpleSpanProcessor>) {
  return describe_simple<SimpleSpanProcessor>("Exports each span on the thread that ends it: for debugging.");
}

constexpr auto ergon_describe(Tag<SpanProcessorConfig>) {
  return config::one_of("What happens to spans.",
                        config::alternative<SpanProcessorConfig, BatchSpanProcessor>("batch"),
                        config::alternative<SpanProcessorConfig, SimpleSpanProcessor>("simple"),
                        config::registered<SpanProcessorConfig, Custom>(detail::kSpanProcessors));
}

constexpr auto ergon_describe(Tag<KeepConfig>) {
  return config::object(
      "What is exported of all that is recorded, decided when the local root of a trace ends.",
      config::field<&KeepConfig::errors>("errors", "Traces that failed here, whole."),
      config::field<&KeepConfig::slower_than>("slower_than", "Traces whose local root took longer, whole.",
                                              {.minimum = 0ms, .maximum = kLongest}),
      config::field<&KeepConfig::ratio>("ratio", "Share of the rest.", {.minimum = 0, .maximum = 1}));
}

constexpr auto ergon_describe(Tag<RemoteParent>) {
  return config::enumeration("What a transaction does with its sender's trace.",
                             config::name("parent", RemoteParent::parent),
                             config::name("link", RemoteParent::link));
}

constexpr auto ergon_describe(Tag<TracingConfig>) {
  return config::object(
      "Traces.", config::field<&TracingConfig::sampler>("sampler", "Decides which traces are recorded."),
      config::field<&TracingConfig::keep>("keep", "What of them is exported; without, all that is sampled.",
                                          {.excludes = "processors", .excludes_kind = "simple"}),
      config::field<&TracingConfig::processors>("processors", "Each takes every recorded span.",
                                                {.minimum = 1}),
      config::field<&TracingConfig::limits>("limits", "What a span may hold."),
      config::field<&TracingConfig::tracer_configurator>("tracer_configurator/development",
                                                         "Which tracers are on."),
      config::field<&TracingConfig::id_generator>("id_generator/development",
                                                  "Makes the ids of traces and spans."),
      config::field<&TracingConfig::remote_parent>(
          "remote_parent", "Whether a transaction goes on with its sender's trace or links to it."),
      config::field<&TracingConfig::resource>("resource",
                                              "What describes the process, of this signal only."));
}

constexpr auto ergon_describe(Tag<Level>) {
  return config::enumeration("How much a log record matters.", config::name("trace", Level::trace),
                             config::name("debug", Level::debug), config::name("info", Level::info),
                             config::name("warning", Level::warning), config::name("error", Level::error),
                             config::name("critical", Level::critical), config::name("off", Level::off));
}

constexpr auto ergon_describe(Tag<ConsoleStream>) {
  return config::enumeration("A standard stream.", config::name("stdout", ConsoleStream::out),
                             config::name("stderr", ConsoleStream::err));
}

constexpr auto ergon_describe(Tag<ConsoleHandler>) {
  return config::object("Writes log records to the console.", level_field<ConsoleHandler>(),
                        formatter_field<ConsoleHandler>(), filters_field<ConsoleHandler>(),
                        config::field<&ConsoleHandler::stream>("stream", "Where lines go."));
}

constexpr auto ergon_describe(Tag<BatchLogProcessor>) {
  return describe_batch<BatchLogProcessor>("Exports log records together, away from the caller's thread.");
}

constexpr auto ergon_describe(Tag<SimpleLogProcessor>) {
  return describe_simple<SimpleLogProcessor>(
      "Exports each record on the thread that logs it: for debugging.");
}

constexpr auto ergon_describe(Tag<LogProcessor>) {
  return config::one_of("What happens to log records on their way to a backend.",
                        config::alternative<LogProcessor, BatchLogProcessor>("batch"),
                        config::alternative<LogProcessor, SimpleLogProcessor>("simple"));
}

constexpr auto ergon_describe(Tag<OtlpHandler>) {
  return config::object(
      "Sends log records to a backend.", level_field<OtlpHandler>(), filters_field<OtlpHandler>(),
      config::field<&OtlpHandler::exporter>("exporter", "Short for processors: [{batch: {exporter: …}}].",
                                            {.excludes = "processors"}),
      config::field<&OtlpHandler::processors>("processors",
                                              "Each takes every record; without any, one batch."));
}

constexpr auto ergon_describe(Tag<OneOf<Custom>>) {
  return config::one_of("A log handler of the program's own.",
                        config::registered<OneOf<Custom>, Custom>(detail::kLogHandlers));
}

constexpr auto ergon_describe(Tag<CustomHandler>) {
  return config::object(
      "A handler of the program's own that takes a part of the records.", level_field<CustomHandler>(),
      filters_field<CustomHandler>(),
      config::field<&CustomHandler::handler>("handler", "The name that it is registered under."));
}

constexpr auto ergon_describe(Tag<Handler>) {
  return config::one_of(
      "A destination of log records.", config::alternative<Handler, ConsoleHandler>("console"),
      config::alternative<Handler, FileHandler>("file"), config::alternative<Handler, JsonHandler>("json"),
      config::alternative<Handler, RotatingFileHandler>("rotating_file"),
      config::alternative<Handler, TimedRotatingFileHandler>("timed_rotating_file"),
      config::alternative<Handler, OtlpHandler>("otlp"),
      config::alternative<Handler, CustomHandler>("custom"),
      config::registered<Handler, Custom>(detail::kLogHandlers));
}

constexpr auto ergon_describe(Tag<LoggingConfig>) {
  return config::object(
      "Logs.", config::field<&LoggingConfig::level>("level", "The threshold of loggers that have no other."),
      config::field<&LoggingConfig::levels>("levels",
                                            "Thresholds of loggers by name, and of those below them."),
      config::field<&LoggingConfig::source>("source",
                                            "Whether records say where in the program they were made."),
      config::field<&LoggingConfig::limits>("limits", "What a log record may have."),
      config::field<&LoggingConfig::handlers>("handlers", "Each takes every record that passes.",
                                              {.minimum = 1}),
      config::field<&LoggingConfig::formatters>("formatters", "Lines of other forms, by name."),
      config::field<&LoggingConfig::filters>("filters", "Which records a handler takes, by name."),
      config::field<&LoggingConfig::flush_on>("flush_on", "Records of this level and above don't wait."),
      config::field<&LoggingConfig::on_error>("on_error",
                                              "What is below the levels, of transactions that fail."),
      config::field<&LoggingConfig::resource>("resource",
                                              "What describes the process, of this signal only."));
}

constexpr auto ergon_describe(Tag<OnFull>) {
  return config::enumeration("What a full queue does with a new record.",
                             config::name("drop_newest", OnFull::drop_newest),
                             config::name("block", OnFull::block));
}

constexpr auto ergon_describe(Tag<DeliveryConfig>) {
  return config::object(
      "What telemetry may cost while its destinations don't keep up.",
      config::field<&DeliveryConfig::memory_limit>("memory_limit", "Of all that waits; 64 MiB by default.",
                                                   {.unit = "By", .minimum = 1 << 20, .maximum = 1LL << 40U}),
      config::field<&DeliveryConfig::on_full>("on_full", "By default drop_newest."),
      config::field<&DeliveryConfig::max_block>("max_block",
                                                "Longest wait of a call under block; 100ms by default.",
                                                {.minimum = 0ms, .maximum = kLongest}),
      config::field<&DeliveryConfig::shutdown_timeout>("shutdown_timeout",
                                                       "What the end may take; 5s by default.",
                                                       {.minimum = 0ms, .maximum = kLongest}));
}

constexpr auto ergon_describe(Tag<TelemetryConfig>) {
  return config::object(
      "The telemetry of one process; a signal without its section is off.",
      config::field<&TelemetryConfig::service_name>("service_name", "The resource attribute service.name."),
      config::field<&TelemetryConfig::resource>("resource", "What describes the process, of every signal."),
      config::field<&TelemetryConfig::propagator>(
          "propagator", "How contexts travel; by default tracecontext and baggage."),
      config::field<&TelemetryConfig::redact>("redact", "What leaves the process under no circumstances."),
      config::field<&TelemetryConfig::delivery>("delivery", "What it may cost."),
      config::field<&TelemetryConfig::logging>("logging", "Logs."),
      config::field<&TelemetryConfig::metrics>("metrics", "Metrics."),
      config::field<&TelemetryConfig::tracing>("tracing", "Traces."));
}

}  // namespace ergon::inline v0

namespace ergon::inline v0::config {

template <>
const TypeDescription& type_of<RedactConfig>() noexcept {
  return described<RedactConfig>();
}

template <>
const TypeDescription& type_of<DeliveryConfig>() noexcept {
  return described<DeliveryConfig>();
}

template <>
const TypeDescription& type_of<LogProcessor>() noexcept {
  return described<LogProcessor>();
}

template <>
const TypeDescription& type_of<LogRecordLimits>() noexcept {
  return described<LogRecordLimits>();
}

template <>
const TypeDescription& type_of<ResourceConfig>() noexcept {
  return described<ResourceConfig>();
}

template <>
const TypeDescription& type_of<LoggingConfig>() noexcept {
  return described<LoggingConfig>();
}

template <>
const TypeDescription& type_of<MetricsConfig>() noexcept {
  return described<MetricsConfig>();
}

template <>
const TypeDescription& type_of<TracingConfig>() noexcept {
  return described<TracingConfig>();
}

template <>
const TypeDescription& type_of<TelemetryConfig>() noexcept {
  return described<TelemetryConfig>();
}

}  // namespace ergon::inline v0::config
