#include "telemetry/session/pipeline_planner.hpp"

#include <unistd.h>

#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include "base/diagnostic.hpp"
#include "telemetry/export/console_table.hpp"
#include "telemetry/export/console_tree.hpp"
#include "telemetry/export/otlp_json.hpp"
#include "telemetry/logging/handlers/size_rotation.hpp"
#include "telemetry/session/terminal.hpp"

namespace ergon::inline v0::telemetry {

namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

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

// A line of OTLP's JSON for a batch.
std::string as_otlp_json(const ExportBatch& batch) {
  std::string line;
  append_otlp_json(line, batch.signal, batch.request());
  line.push_back('\n');
  return line;
}

}  // namespace

std::uint32_t PipelinePlanner::add(const Feed& feed, const Exporter& exporter) {
  return exporter.visit(Overloaded{[&](const OtlpGrpcExporter& grpc) { return add_grpc(feed, grpc); },
                                   [&](const OtlpHttpExporter& http) { return add_http(feed, http); },
                                   [&](const OtlpFileExporter& file) { return add_otlp_file(feed, file); },
                                   [&](const ConsoleExporter&) { return add_console_exporter(feed); },
                                   [&](const InMemoryExporter& memory) { return add_memory(feed, memory); },
                                   [&](const Custom& custom) { return add_own(feed, custom); }});
}

std::uint32_t PipelinePlanner::add(const Feed& feed, const MetricExporterConfig& exporter) {
  return exporter.visit(Overloaded{
      [&](const OtlpGrpcMetricExporter& grpc) { return add_grpc(feed, grpc); },
      [&](const OtlpHttpMetricExporter& http) { return add_http(feed, http); },
      [&](const OtlpFileMetricExporter& file) {
        return add_otlp_file(feed, {file.output_stream, file.max_bytes, file.backup_count, file.permissions});
      },
      [&](const ConsoleMetricExporter&) { return add_console_exporter(feed); },
      [&](const InMemoryMetricExporter& memory) { return add_memory(feed, {memory.store}); },
      [&](const Custom& custom) { return add_own(feed, custom); }});
}

void PipelinePlanner::add_processor(const Feed& feed, const Custom& /*own*/) {
  const OwnCode::Processor& own = makers_.own.processors[next_processor_++];
  auto sink = makers_.user_threads.add(own.name, user_code(own.processor));
  if (!own.takes_ended_spans) return;
  push(feed, own.name, own.name, std::move(sink));
  options.pipelines.back().takes_unsampled = true;
  options.pipelines.back().processor_type = own.name;
}

template <class Grpc>
std::uint32_t PipelinePlanner::add_grpc(const Feed& feed, const Grpc& exporter) {
  std::string_view endpoint(exporter.endpoint);
  while (endpoint.ends_with('/')) endpoint.remove_suffix(1);
  return add_otlp(feed, grpc_target(exporter, feed.signal), std::string("otlp_grpc ").append(endpoint),
                  "otlp_grpc", exporter.max_request_size);
}

template <class Http>
std::uint32_t PipelinePlanner::add_http(const Feed& feed, const Http& exporter) {
  OtlpTarget target = http_target(exporter, feed.signal);
  // A query may hold a key.
  const std::string& endpoint = exporter.endpoint.empty() ? target.url : exporter.endpoint;
  const std::string name = "otlp_http " + endpoint.substr(0, endpoint.find('?'));
  const char* const kind = exporter.encoding == OtlpEncoding::json ? "otlp_http_json" : "otlp_http";
  return add_otlp(feed, std::move(target), name, kind, exporter.max_request_size);
}

std::uint32_t PipelinePlanner::add_otlp(const Feed& feed, OtlpTarget target, std::string name,
                                        const char* kind, std::int64_t max_request_size) {
  const std::string type = exporter_type(kind, feed.signal);
  if (makers_.memory) return push(feed, "memory", type, makers_.memory);
  const ServerAddress server = target.unix_socket.empty() ? server_of(target.url) : ServerAddress{};
  target.name = name;
  target.export_timeout = feed.export_timeout;
  const auto index = push(feed, std::move(name), type, makers_.network.add_destination(std::move(target)));
  options.pipelines[index].server = server;
  options.pipelines[index].max_request_bytes = static_cast<std::size_t>(max_request_size);
  return index;
}

std::uint32_t PipelinePlanner::add_otlp_file(const Feed& feed, const OtlpFileExporter& exporter) {
  const std::string_view stream(exporter.output_stream);
  if (!stream.starts_with(kFileUrl))
    return add_stream(feed, "otlp_file stdout", STDOUT_FILENO, &as_otlp_json, "otlp_file");
  const std::string type = exporter_type("otlp_file", feed.signal);
  LogFileOptions file{.path = path_of(stream.substr(kFileUrl.size())),
                      .permissions = static_cast<unsigned>(std::stoul(exporter.permissions, nullptr, 8))};
  if (makers_.memory) return push(feed, "memory", type, makers_.memory);
  std::string name = "otlp_file " + file.path;
  std::shared_ptr<LogFile>& shared = otlp_files_[file.path];
  if (shared == nullptr) {
    auto rotation = std::make_unique<SizeRotation>(
        RotatingFileHandler{.max_bytes = exporter.max_bytes, .backup_count = exporter.backup_count});
    shared = std::make_shared<LogFile>(std::move(file), std::move(rotation));
  }
  return push(feed, std::move(name), type, makers_.files.add_file(shared, TextFormat(&as_otlp_json)));
}

// The child of a fork has files of its own.
std::string PipelinePlanner::path_of(std::string_view filename) const {
  std::string path = fill_in(filename, task_);
  if (!makers_.is_forked_child || filename.find("{pid}") != std::string_view::npos) return path;
  static constinit base::Diagnostic limited{
      "telemetry: the child of a fork writes to a file of its own, as the name lacks {pid}"};
  limited.report(path.append(".").append(std::to_string(getpid())));
  return path;
}

std::uint32_t PipelinePlanner::add_stream(const Feed& feed, std::string name, int descriptor,
                                          TextFormat format, std::string_view kind) {
  const std::string type = exporter_type(kind, feed.signal);
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
                               .resource_schema_url = feed.resource_schema_url,
                               .max_queued = feed.max_queued,
                               .filters = feed.filters,
                               .processor_type = processor_type(feed),
                               .exporter_type = exporter});
  return static_cast<std::uint32_t>(options.pipelines.size() - 1);
}

}  // namespace ergon::inline v0::telemetry
