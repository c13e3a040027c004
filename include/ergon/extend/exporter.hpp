#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include <ergon/config/metric_preferences.hpp>
#include <ergon/extend/log_data.hpp>
#include <ergon/extend/metric_data.hpp>
#include <ergon/extend/span_data.hpp>
#include <ergon/telemetry/statistics.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// When a call is to have returned.
using Deadline = std::chrono::steady_clock::time_point;

/// Records of one signal on their way out. Borrowed for the call; what its methods answer is the caller's.
class ExportedBatch {
 public:
  /// `otlp` must outlive the batch.
  ExportedBatch(telemetry::Signal signal, std::uint64_t count, std::string_view otlp) noexcept
      : signal_(signal), count_(count), otlp_(otlp) {}

  [[nodiscard]] telemetry::Signal signal() const noexcept { return signal_; }
  /// Spans, log records or metric points.
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// The whole batch in OTLP's protobuf form: Export{Trace,Logs,Metrics}ServiceRequest, by the signal.
  [[nodiscard]] std::string_view otlp() const noexcept { return otlp_; }
  /// The spans as values, in the order in which they ended; none of another signal. Read anew each time.
  [[nodiscard]] ERGON_API std::vector<SpanData> spans() const;
  /// The log records as values, in the order of time within a logger; none of another signal. Read anew each
  /// time.
  [[nodiscard]] ERGON_API std::vector<LogData> logs() const;
  /// The metrics as values, each with its points, of which `count` counts; none of another signal. Read anew
  /// each time.
  [[nodiscard]] ERGON_API std::vector<MetricData> metrics() const;
  /// The resource of all records in the batch, of any signal.
  [[nodiscard]] ERGON_API DataAttributes resource() const;

 private:
  telemetry::Signal signal_;
  std::uint64_t count_;
  std::string_view otlp_;
};

/// Takes batches to a place of the program's own choosing (specification: trace/sdk.md#span-exporter, and the
/// same for logs and metrics; for metrics alone there is `MetricExporter`). Each place in the configuration
/// that names it has an object of its own with a thread of its own, on which its methods are called, one
/// after another, but for those that say otherwise, and telemetry recorded there is ignored. However long a
/// call takes and whatever it throws, no other destination notices: batches wait within this destination's
/// share of the memory limit, then records are dropped and counted (`queue_full`). It must not wait for a
/// flush or the shutdown of the session, which wait for it.
///
/// To have one used: `telemetry::register_extension<T>("name")`, then `exporter: {name: {options}}` in any
/// signal, or in objects `.exporter = Custom("name", T::Options{…})`. Made when a session starts, and
/// destroyed after its `shutdown`. In the child of a fork a new object is made at the first record there;
/// the parent's is left alone, never called or destroyed.
class ERGON_API TelemetryExporter {
 public:
  TelemetryExporter() = default;
  TelemetryExporter(const TelemetryExporter&) = delete;
  TelemetryExporter& operator=(const TelemetryExporter&) = delete;
  virtual ~TelemetryExporter() = default;

  /// Whether it may be named for this signal; where it is and must not be, the session does not start. This
  /// and the two preferences are asked when it has just been made, on the thread that starts the session (in
  /// the child of a fork, the first that records), and one that throws keeps it from starting.
  [[nodiscard]] virtual bool takes(telemetry::Signal /*signal*/) const { return true; }
  /// What points of metrics are to tell it, and what becomes of histograms: of the readers that name it.
  [[nodiscard]] virtual TemporalityPreference temporality_preference() const {
    return TemporalityPreference::cumulative;
  }
  [[nodiscard]] virtual HistogramAggregation default_histogram_aggregation() const {
    return HistogramAggregation::explicit_buckets;
  }

  /// Answers whether the batch was taken. False, as an exception, means that it is lost: its records are
  /// counted as dropped (`non_retryable`), and stderr is told, once in ten seconds at most. Retrying is the
  /// exporter's own affair.
  virtual bool export_batch(const ExportedBatch& batch) = 0;
  /// Sends what the exporter itself holds back; answers whether all was sent. Called by `Session::flush`,
  /// and once before `shutdown`.
  virtual bool force_flush(Deadline /*deadline*/) { return true; }
  /// Called once, after the last batch; no call follows but the destructor's. One that is still in a call,
  /// this one included, when a session's shutdown must return is left alone in it: not called again, and
  /// never destroyed.
  virtual void shutdown(Deadline /*deadline*/) {}
};

#if defined(ERGON_TELEMETRY_OFF)
inline std::vector<SpanData> ExportedBatch::spans() const { return {}; }
inline std::vector<LogData> ExportedBatch::logs() const { return {}; }
inline std::vector<MetricData> ExportedBatch::metrics() const { return {}; }
inline DataAttributes ExportedBatch::resource() const { return {}; }
#endif

}  // namespace ergon::inline v0
