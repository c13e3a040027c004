#include "telemetry/session/pipeline_planner.hpp"

#include <unistd.h>

#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include "telemetry/export/console_table.hpp"
#include "telemetry/export/console_tree.hpp"
#include "telemetry/session/terminal.hpp"

namespace ergon::telemetry {

namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

std::string_view service_path(Signal signal) {
  constexpr std::array<std::string_view, kSignals> kPaths{
      "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
      "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
      "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"};
  return kPaths[static_cast<std::size_t>(signal)];
}

std::string_view word_of(Signal signal) {
  constexpr std::array<std::string_view, kSignals> kWords{"span", "log", "metric"};
  return kWords[static_cast<std::size_t>(signal)];
}

// `otel.component.type` of what collects batches for an exporter, and of one of ours.
std::string processor_type(const Feed& feed) {
  if (feed.signal == Signal::metric_points) return {};
  return std::string(feed.is_simple ? "simple_" : "batching_").append(word_of(feed.signal)) + "_processor";
}
std::string exporter_type(std::string_view kind, Signal signal) {
  return std::string(kind).append("_").append(word_of(signal)) + "_exporter";
}

std::string without_trailing_slash(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

}  // namespace

std::uint32_t PipelinePlanner::add(const Feed& feed, const Exporter& exporter) {
  return std::visit(Overloaded{[&](const OtlpGrpcExporter& grpc) { return add_grpc(feed, grpc); },
                               [&](const ConsoleExporter&) { return add_console_exporter(feed); },
                               [&](const InMemoryExporter& memory) { return add_memory(feed, memory); },
                               [&](const Custom& custom) { return add_own(feed, custom); }},
                    exporter);
}

std::uint32_t PipelinePlanner::add(const Feed& feed, const MetricExporterConfig& exporter) {
  return std::visit(
      Overloaded{[&](const OtlpGrpcMetricExporter& grpc) {
                   return add_grpc(feed, {grpc.endpoint, grpc.timeout, grpc.tls});
                 },
                 [&](const ConsoleMetricExporter&) { return add_console_exporter(feed); },
                 [&](const InMemoryMetricExporter& memory) { return add_memory(feed, {memory.store}); },
                 [&](const Custom& custom) { return add_own(feed, custom); }},
      exporter);
}

void PipelinePlanner::add_processor(const Feed& feed, const Custom& /*own*/) {
  const OwnCode::Processor& own = makers_.own.processors[next_processor_++];
  auto sink = makers_.user_threads.add(own.name, user_code(own.processor));
  if (!own.takes_ended_spans) return;
  push(feed, own.name, own.name, std::move(sink));
  options.pipelines.back().takes_unsampled = true;
  options.pipelines.back().processor_type = own.name;
}

std::uint32_t PipelinePlanner::add_grpc(const Feed& feed, const OtlpGrpcExporter& exporter) {
  const std::string endpoint = without_trailing_slash(exporter.endpoint);
  const std::string type = exporter_type("otlp_grpc", feed.signal);
  if (makers_.memory) return push(feed, "memory", type, makers_.memory);
  TransferOptions transfer{endpoint + std::string(service_path(feed.signal)), exporter.tls.ca_file,
                           exporter.timeout};
  const auto index = push(feed, "otlp_grpc " + endpoint, type,
                          makers_.network.add_destination(std::move(transfer), feed.signal));
  options.pipelines[index].server = server_of(endpoint);
  return index;
}

std::uint32_t PipelinePlanner::add_stream(const Feed& feed, std::string name, int descriptor,
                                          TextFormat format) {
  const std::string type = exporter_type("console", feed.signal);
  if (makers_.memory) return push(feed, std::move(name), type, makers_.memory);
  return push(feed, std::move(name), type, makers_.files.add_stream(descriptor, std::move(format)));
}

void PipelinePlanner::add_lines(const Feed& feed, std::string name, int descriptor,
                                const LogFormatter& formatter) {
  const LineContext context{.resource = feed.resource, .has_colours = shows_colours(descriptor)};
  const auto index =
      add_stream(feed, std::move(name), descriptor, as_lines(make_line_format(formatter, context)));
  options.pipelines[index].makes_lines = !makers_.memory;
}

void PipelinePlanner::add_file(const Feed& feed, LogFileOptions file, std::unique_ptr<Rotation> rotation,
                               const LogFormatter& formatter) {
  std::string name = "file " + file.path;
  std::shared_ptr<Sink> sink = makers_.memory;
  if (sink == nullptr) {
    sink = makers_.files.add_file(std::make_unique<LogFile>(std::move(file), std::move(rotation)),
                                  make_line_format(formatter, {.resource = feed.resource}));
  }
  const auto index = push(feed, std::move(name), exporter_type("file", feed.signal), std::move(sink));
  options.pipelines[index].makes_lines = !makers_.memory;
}

void PipelinePlanner::add_log_handler(const Feed& feed, const Custom& own) {
  std::shared_ptr<Sink> sink = makers_.memory;
  if (sink == nullptr)
    sink = makers_.user_threads.add(own.name(), user_code(makers_.own.log_handlers[next_log_handler_++]));
  options.pipelines[push(feed, own.name(), own.name(), std::move(sink))].keeps_order = true;
}

std::uint32_t PipelinePlanner::add_console_exporter(const Feed& feed) {
  if (feed.signal == Signal::logs) {
    add_lines(feed, "console", STDOUT_FILENO, TextFormatter{});
    return static_cast<std::uint32_t>(options.pipelines.size() - 1);
  }
  const auto spans = shows_colours(STDOUT_FILENO) ? &spans_in_colour : &spans_as_text;
  return add_stream(feed, "console", STDOUT_FILENO, feed.signal == Signal::spans ? spans : &points_as_table);
}

std::uint32_t PipelinePlanner::add_memory(const Feed& feed, const InMemoryExporter& exporter) {
  const std::string type = exporter_type("in_memory", feed.signal);
  if (makers_.memory) return push(feed, "memory", type, makers_.memory);
  const auto sink = std::make_shared<MemorySink>(MemoryStore::named(exporter.store));
  sink->answer_to(makers_.results);
  return push(feed, "in_memory " + exporter.store, type, sink);
}

std::uint32_t PipelinePlanner::add_own(const Feed& feed, const Custom& custom) {
  if (makers_.memory) return push(feed, "memory", custom.name(), makers_.memory);
  const auto& exporter = makers_.own.exporters[next_exporter_++];
  return push(feed, custom.name(), custom.name(),
              makers_.user_threads.add(custom.name(), user_code(exporter)));
}

std::uint32_t PipelinePlanner::push(const Feed& feed, std::string name, const std::string& exporter,
                                    std::shared_ptr<Sink> sink) {
  int same = 1;
  for (const PipelineOptions& other : options.pipelines) {
    if (other.signal == feed.signal && (other.name == name || other.name.starts_with(name + " #"))) ++same;
  }
  if (same > 1) name += " #" + std::to_string(same);
  options.pipelines.push_back({.name = std::move(name),
                               .signal = feed.signal,
                               .level = feed.level,
                               .is_simple = feed.is_simple,
                               .max_records = feed.max_records,
                               .delay = feed.delay,
                               .sink = std::move(sink),
                               .resource = feed.resource,
                               .max_queued = feed.max_queued,
                               .filters = feed.filters,
                               .processor_type = processor_type(feed),
                               .exporter_type = exporter});
  return static_cast<std::uint32_t>(options.pipelines.size() - 1);
}

}  // namespace ergon::telemetry
