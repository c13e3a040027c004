#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <ergon/config/telemetry_config.hpp>
#include <ergon/extend/exporter.hpp>
#include <ergon/extend/log_filter.hpp>
#include <ergon/extend/log_handler.hpp>

#include "telemetry/metrics/metrics_plan.hpp"
#include "telemetry/record/recording_state.hpp"

namespace ergon::inline v0::telemetry {

/// The processors, log handlers, log filters and exporters of the program's own that a configuration names,
/// made for one process.
struct OwnCode {
  struct Processor {
    std::string name;
    std::shared_ptr<SpanProcessor> processor;
    bool takes_ended_spans;
  };

  // What the exporter of a reader wants of it.
  struct Preference {
    std::size_t reader;
    TemporalityPreference temporality;
    HistogramAggregation histograms;
  };

  OwnCode() = default;
  /// What can't be made is added to `errors`. Code of the program's own runs here, so no lock may be held.
  OwnCode(const TelemetryConfig& config, std::vector<std::string>& errors);

  /// Enters into the plan of metrics what exporters want of their readers.
  void enter_preferences(MetricsPlan& plan) const;

  /// Lets go of the exporters, log handlers and log filters that a session has taken, which are its threads'
  /// to destroy. The others go with this object: wherever it is, no lock may be held then.
  void leave_taken() noexcept;

  /// For recording threads; null where there are none.
  [[nodiscard]] std::shared_ptr<const SpanProcessors> span_processors() const;

  std::vector<Processor> processors{};  // in the order of the configuration
  std::vector<std::shared_ptr<LogHandler>> log_handlers{};
  /// In the order in which pipelines are planned: one for each that a handler with its name has.
  std::vector<std::shared_ptr<LogFilter>> log_filters{};
  /// In the order in which pipelines are planned: those of tracing, logging, metrics.
  std::vector<std::shared_ptr<TelemetryExporter>> exporters{};
  std::vector<Preference> preferences{};
};

}  // namespace ergon::inline v0::telemetry
