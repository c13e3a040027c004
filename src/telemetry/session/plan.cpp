#include "telemetry/session/plan.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <variant>

#include "telemetry/export/console_text.hpp"
#include "telemetry/export/console_tree.hpp"
#include "telemetry/session/resource.hpp"
#include "telemetry/session/terminal.hpp"

namespace ergon::telemetry {

namespace {

constexpr std::uint64_t kConsoleBatch = 512;
constexpr std::chrono::milliseconds kSimpleDelay{0};

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

std::string without_trailing_slash(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

// Adds pipelines one by one; a second destination of the same name gets a number.
class PipelinePlanner {
 public:
  explicit PipelinePlanner(const SinkMakers& makers) : makers_(makers) {}

  struct Feed {
    Signal signal;
    Level level{Level::trace};
    bool is_simple{false};
    std::uint64_t max_records;
    std::chrono::nanoseconds delay;
    std::string resource;
    std::uint64_t max_queued{UINT64_MAX};
  };

  std::uint32_t add(const Feed& feed, const Exporter& exporter) {
    return std::visit(Overloaded{[&](const OtlpGrpcExporter& grpc) { return add_grpc(feed, grpc); },
                                 [&](const ConsoleExporter&) { return add_console_exporter(feed); },
                                 [&](const InMemoryExporter& memory) { return add_memory(feed, memory); },
                                 [&](const Custom& custom) { return add_own(feed, custom); }},
                      exporter);
  }

  // A processor of the program's own: a destination like others, but for what it does on recording threads.
  void add_own_processor(const Feed& feed) {
    const OwnCode::Processor& own = makers_.own.processors[next_processor_++];
    auto sink = makers_.user_threads.add(own.name, user_code(own.processor));
    if (!own.takes_ended_spans) return;
    push(feed, own.name, std::move(sink));
    options.pipelines.back().takes_unsampled = true;
  }

  std::uint32_t add_stream(const Feed& feed, std::string name, int descriptor, TextFormat format) {
    const auto sink = makers_.memory ? makers_.memory : makers_.files.add_stream(descriptor, format);
    return push(feed, std::move(name), sink);
  }

  WorkerOptions options;

 private:
  std::uint32_t add_grpc(const Feed& feed, const OtlpGrpcExporter& exporter) {
    const std::string endpoint = without_trailing_slash(exporter.endpoint);
    if (makers_.memory) return push(feed, "memory", makers_.memory);
    TransferOptions transfer{endpoint + std::string(service_path(feed.signal)), exporter.tls.ca_file,
                             exporter.timeout};
    return push(feed, "otlp_grpc " + endpoint,
                makers_.network.add_destination(std::move(transfer), feed.signal));
  }

  std::uint32_t add_console_exporter(const Feed& feed) {
    const std::array<TextFormat, kSignals> formats{
        shows_colours(STDOUT_FILENO) ? &spans_in_colour : &spans_as_text, &logs_as_text, &points_as_text};
    return add_stream(feed, "console", STDOUT_FILENO, formats[static_cast<std::size_t>(feed.signal)]);
  }

  std::uint32_t add_memory(const Feed& feed, const InMemoryExporter& exporter) {
    if (makers_.memory) return push(feed, "memory", makers_.memory);
    const auto sink = std::make_shared<MemorySink>(MemoryStore::named(exporter.store));
    sink->answer_to(makers_.results);
    return push(feed, "in_memory " + exporter.store, sink);
  }

  std::uint32_t add_own(const Feed& feed, const Custom& custom) {
    if (makers_.memory) return push(feed, "memory", makers_.memory);
    const auto& exporter = makers_.own.exporters[next_exporter_++];
    return push(feed, custom.name(), makers_.user_threads.add(custom.name(), user_code(exporter)));
  }

  std::uint32_t push(const Feed& feed, std::string name, std::shared_ptr<Sink> sink) {
    int same = 1;
    for (const PipelineOptions& other : options.pipelines) {
      if (other.signal == feed.signal && (other.name == name || other.name.starts_with(name + " #"))) ++same;
    }
    if (same > 1) name += " #" + std::to_string(same);
    options.pipelines.push_back({std::move(name), feed.signal, feed.level, feed.is_simple, feed.max_records,
                                 feed.delay, std::move(sink), feed.resource, feed.max_queued});
    return static_cast<std::uint32_t>(options.pipelines.size() - 1);
  }

  const SinkMakers& makers_;
  // Of what the program makes itself, in the order in which it was made.
  std::size_t next_processor_{0};
  std::size_t next_exporter_{0};
};

// Batch and simple processors of either signal: how a batch is filled, and the exporter.
template <class Processor>
void add_processor(PipelinePlanner& planner, PipelinePlanner::Feed feed, const Processor& processor) {
  if constexpr (requires { processor.schedule_delay; }) {
    feed.max_records = static_cast<std::uint64_t>(processor.max_export_batch_size);
    feed.delay = processor.schedule_delay;
    if (processor.max_queue_size) feed.max_queued = static_cast<std::uint64_t>(*processor.max_queue_size);
    feed.max_records = std::min(feed.max_records, feed.max_queued);
  } else {
    feed.is_simple = true;
    feed.max_records = 1;
    feed.delay = kSimpleDelay;
  }
  planner.add(feed, processor.exporter);
}

void add_processor(PipelinePlanner& planner, const PipelinePlanner::Feed& feed, const Custom& /*own*/) {
  planner.add_own_processor(feed);
}

void add_handler(PipelinePlanner& planner, PipelinePlanner::Feed feed, const ConsoleHandler& handler) {
  feed.level = handler.level;
  feed.max_records = kConsoleBatch;
  feed.delay = kSimpleDelay;
  const bool is_out = handler.stream == ConsoleStream::out;
  planner.add_stream(feed, is_out ? "console" : "console stderr", is_out ? STDOUT_FILENO : STDERR_FILENO,
                     handler.formatter == LogFormat::json ? &logs_as_json : &logs_as_text);
}

void add_handler(PipelinePlanner& planner, PipelinePlanner::Feed feed, const OtlpHandler& handler) {
  feed.level = handler.level;
  for (const LogProcessor& processor : handler.processors) {
    std::visit([&](const auto& one) { add_processor(planner, feed, one); }, processor);
  }
  if (!handler.processors.empty()) return;
  BatchLogProcessor processor;
  if (handler.exporter) processor.exporter = *handler.exporter;
  add_processor(planner, feed, processor);
}

}  // namespace

WorkerOptions plan_pipelines(const TelemetryConfig& config, const RecordingPlan& recording,
                             const RuntimeOptions& options, const ResourceAttributes& resource,
                             const SinkMakers& makers) {
  PipelinePlanner planner(makers);
  const auto feed = [&](Signal signal, const ResourceAttributes& own) {
    return PipelinePlanner::Feed{.signal = signal,
                                 .max_records = kConsoleBatch,
                                 .delay = kSimpleDelay,
                                 .resource = encode_resource(resource, own, options)};
  };
  if (config.tracing) {
    for (const SpanProcessorConfig& processor : config.tracing->processors) {
      std::visit(
          [&](const auto& one) {
            add_processor(planner, feed(Signal::spans, config.tracing->resource), one);
          },
          processor);
    }
  }
  if (config.logging) {
    for (const Handler& handler : config.logging->handlers) {
      std::visit(
          [&](const auto& one) { add_handler(planner, feed(Signal::logs, config.logging->resource), one); },
          handler);
    }
  }
  if (config.metrics) {
    for (const MetricReader& reader : config.metrics->readers) {
      const auto& periodic = std::get<PeriodicReader>(reader);
      const auto index =
          planner.add(feed(Signal::metric_points, config.metrics->resource), periodic.exporter);
      planner.options.pipelines[index].max_records = UINT64_MAX;  // a collection is one request
      planner.options.readers.push_back({periodic.interval, index});
    }
  }
  planner.options.level = recording.level;
  planner.options.sampler = recording.sampler;
  planner.options.keep = recording.keep;
  return std::move(planner.options);
}

TelemetryConfig with_defaults(TelemetryConfig config) {
  if (!config.logging && !config.metrics && !config.tracing) config.logging = LoggingConfig{};
  return config;
}

}  // namespace ergon::telemetry
