#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ergon/config/telemetry_config.hpp>

#include "telemetry/export/files_thread.hpp"
#include "telemetry/logging/handlers/log_file.hpp"
#include "telemetry/session/plan.hpp"
#include "telemetry/worker/worker.hpp"

namespace ergon::inline v0::telemetry {

/// What a pipeline takes, and when its batches go.
struct Feed {
  Signal signal;
  Level level{Level::trace};
  bool is_simple{false};
  std::uint64_t max_records{512};
  std::chrono::nanoseconds delay{0};
  std::string resource{};
  std::string resource_schema_url{};
  std::uint64_t max_queued{UINT64_MAX};
  std::vector<std::shared_ptr<RecordFilter>> filters{};
  std::chrono::milliseconds export_timeout{0};  // of a batch, with all attempts; 0 is no limit of its own
};

/// Adds pipelines one by one; a second destination of the same name gets a number.
class PipelinePlanner {
 public:
  /// `task` is what `{task}` in files' names stands for.
  PipelinePlanner(const SinkMakers& makers, std::string task) : makers_(makers), task_(std::move(task)) {}

  /// Answers which pipeline it is.
  std::uint32_t add(const Feed& feed, const Exporter& exporter);
  std::uint32_t add(const Feed& feed, const MetricExporterConfig& exporter);
  /// A batch or simple processor of either signal.
  template <class Processor>
  void add_processor(Feed feed, const Processor& processor) {
    if constexpr (requires { processor.schedule_delay; }) {
      feed.max_records = static_cast<std::uint64_t>(processor.max_export_batch_size);
      feed.delay = processor.schedule_delay;
      feed.export_timeout = processor.export_timeout.value_or(feed.export_timeout);
      if (processor.max_queue_size) feed.max_queued = static_cast<std::uint64_t>(*processor.max_queue_size);
      feed.max_records = std::min(feed.max_records, feed.max_queued);
    } else {
      feed.is_simple = true;
      feed.max_records = 1;
    }
    add(feed, processor.exporter);
  }
  /// A processor of the program's own: a destination like others, but for what it does on recording threads.
  void add_processor(const Feed& feed, const Custom& own);
  /// Log lines to a standard stream.
  void add_lines(const Feed& feed, std::string name, int descriptor, const LogFormatter& formatter);
  /// Log lines to a file.
  void add_file(const Feed& feed, LogFileOptions file, std::unique_ptr<Rotation> rotation,
                const LogFormatter& formatter);
  void add_log_handler(const Feed& feed, const Custom& own);
  /// The next of the program's own.
  [[nodiscard]] std::shared_ptr<LogFilter> next_log_filter() {
    return makers_.own.log_filters[next_log_filter_++];
  }

  /// The path of a file that the configuration names.
  [[nodiscard]] std::string path_of(std::string_view filename) const;

  WorkerOptions options;

 private:
  template <class Grpc>
  std::uint32_t add_grpc(const Feed& feed, const Grpc& exporter);
  template <class Http>
  std::uint32_t add_http(const Feed& feed, const Http& exporter);
  std::uint32_t add_otlp(const Feed& feed, OtlpTarget target, std::string name, const char* kind,
                         std::int64_t max_request_size);
  std::uint32_t add_otlp_file(const Feed& feed, const OtlpFileExporter& exporter);
  std::uint32_t add_console_exporter(const Feed& feed);
  std::uint32_t add_memory(const Feed& feed, const InMemoryExporter& exporter);
  std::uint32_t add_own(const Feed& feed, const Custom& custom);
  std::uint32_t add_stream(const Feed& feed, std::string name, int descriptor, TextFormat format,
                           std::string_view kind = "console");
  // `exporter`: its `otel.component.type`; the registered name where it is the program's own.
  std::uint32_t push(const Feed& feed, std::string name, const std::string& exporter,
                     std::shared_ptr<Sink> sink);

  const SinkMakers& makers_;
  const std::string task_;
  // Of what the program makes itself, in the order in which it was made.
  std::size_t next_processor_{0};
  std::size_t next_log_handler_{0};
  std::size_t next_log_filter_{0};
  std::size_t next_exporter_{0};
  std::map<std::string, std::shared_ptr<LogFile>> otlp_files_;  // by their paths: signals may share one
};

}  // namespace ergon::inline v0::telemetry
