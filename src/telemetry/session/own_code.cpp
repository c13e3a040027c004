#include "telemetry/session/own_code.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>
#include <utility>
#include <variant>

#include <ergon/config/extension.hpp>

#include "base/diagnostic.hpp"
#include "config/config_error.hpp"
#include "config/extension_registry.hpp"
#include "telemetry/session/view_plan.hpp"

namespace ergon::inline v0::telemetry {

namespace {

// What throws while it is made is an error in the configuration.
class Maker {
 public:
  Maker(OwnCode& own, std::vector<std::string>& errors) : own_(own), errors_(errors) {}

  void make_processor(const Custom& custom, const std::string& path) {
    const auto made = make<SpanProcessor>(detail::kSpanProcessors, custom, path);
    if (made == nullptr) return;
    const std::shared_ptr<SpanProcessor> processor(made);
    try {
      own_.processors.push_back({custom.name(), processor, processor->takes_ended_spans()});
    } catch (...) {
      errors_.push_back(path + ": it does not say whether it takes ended spans");
    }
  }

  void make_exporter(const Exporter& exporter, Signal signal, const std::string& path) {
    if (const auto* custom = exporter.get_if<Custom>()) make_own_exporter(*custom, signal, path);
  }

  void make_metric_exporter(const MetricExporterConfig& exporter, std::size_t reader,
                            const std::string& path) {
    const auto* custom = exporter.get_if<Custom>();
    if (custom == nullptr) return;
    const auto made = make_own_exporter(*custom, Signal::metric_points, path);
    if (made == nullptr) return;
    try {
      own_.preferences.push_back(
          {reader, made->temporality_preference(), made->default_histogram_aggregation()});
    } catch (...) {
      errors_.push_back(config::member_path(path, custom->name()) +
                        ": it does not say what metrics it wants");
    }
  }

  void make_log_handler(const Custom& custom, const std::string& path) {
    if (auto* made = make<LogHandler>(detail::kLogHandlers, custom, path))
      own_.log_handlers.emplace_back(made);
  }

  // If the filter of this name is the program's own.
  void make_log_filter(const std::map<std::string, LogFilterConfig>& filters, const std::string& name) {
    const auto named = filters.find(name);
    const auto* custom = named != filters.end() ? named->second.get_if<Custom>() : nullptr;
    if (custom == nullptr) return;
    if (auto* made =
            make<LogFilter>(detail::kLogFilters, *custom, config::member_path("logging.filters", name)))
      own_.log_filters.emplace_back(made);
  }

  // Batch and simple processors of either signal.
  template <class Processor>
  void make_of(const Processor& processor, Signal signal, const std::string& path) {
    processor.visit([&](const auto& one) {
      if constexpr (requires { one.schedule_delay; }) {
        make_exporter(one.exporter, signal, path + ".batch.exporter");
      } else if constexpr (requires { one.exporter; }) {
        make_exporter(one.exporter, signal, path + ".simple.exporter");
      } else {
        make_processor(one, path);
      }
    });
  }

 private:
  std::shared_ptr<TelemetryExporter> make_own_exporter(const Custom& custom, Signal signal,
                                                       const std::string& path) {
    std::shared_ptr<TelemetryExporter> made(make<TelemetryExporter>(detail::kExporters, custom, path));
    if (made == nullptr) return nullptr;
    const std::string where = config::member_path(path, custom.name());
    try {
      if (made->takes(signal)) {
        own_.exporters.push_back(made);
        return made;
      }
      constexpr std::array<std::string_view, kSignals> kNames{"spans", "logs", "metrics"};
      errors_.push_back(where + ": it does not take " +
                        std::string(kNames[static_cast<std::size_t>(signal)]));
    } catch (...) {
      errors_.push_back(where + ": it does not say which signals it takes");
    }
    return nullptr;
  }

  template <class Interface>
  Interface* make(std::string_view kind, const Custom& custom, const std::string& path) {
    try {
      return static_cast<Interface*>(config::make_extension(kind, custom, path));
    } catch (const std::exception& error) {
      const std::string what = error.what();  // a filter fails once for each handler that names it
      if (std::ranges::find(errors_, what) == errors_.end()) errors_.push_back(what);
      return nullptr;
    }
  }

  OwnCode& own_;
  std::vector<std::string>& errors_;
};

// As many as pipelines are planned for the handler (log_plan.cpp), as each has its own.
void make_filters_of(Maker& maker, const Handler& handler, const LoggingConfig& logging) {
  const auto* otlp = handler.get_if<OtlpHandler>();
  const std::size_t pipelines = otlp != nullptr ? std::max<std::size_t>(otlp->processors.size(), 1) : 1;
  const auto make_named = [&](const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < pipelines; ++i) {
      for (const std::string& name : names) maker.make_log_filter(logging.filters, name);
    }
  };
  handler.visit([&](const auto& one) {
    if constexpr (requires { one.filters; }) make_named(one.filters);
  });
}

void make_of_handler(Maker& maker, const Handler& handler, const std::string& path) {
  if (const auto* custom = handler.get_if<Custom>()) maker.make_log_handler(*custom, path);
  if (const auto* custom = handler.get_if<CustomHandler>())
    maker.make_log_handler(custom->handler.get<Custom>(), path + ".custom.handler");
  const auto* otlp = handler.get_if<OtlpHandler>();
  if (otlp == nullptr) return;
  for (std::size_t i = 0; i < otlp->processors.size(); ++i)
    maker.make_of(otlp->processors[i], Signal::logs, config::item_path(path + ".otlp.processors", i));
  if (otlp->processors.empty() && otlp->exporter)
    maker.make_exporter(*otlp->exporter, Signal::logs, path + ".otlp.exporter");
}

}  // namespace

OwnCode::OwnCode(const TelemetryConfig& config, std::vector<std::string>& errors) {
  Maker maker(*this, errors);
  if (config.tracing) {
    for (std::size_t i = 0; i < config.tracing->processors.size(); ++i)
      maker.make_of(config.tracing->processors[i], Signal::spans, config::item_path("tracing.processors", i));
  }
  if (config.logging) {
    for (std::size_t i = 0; i < config.logging->handlers.size(); ++i) {
      make_filters_of(maker, config.logging->handlers[i], *config.logging);
      make_of_handler(maker, config.logging->handlers[i], config::item_path("logging.handlers", i));
    }
  }
  if (config.metrics) {
    for (std::size_t i = 0; i < config.metrics->readers.size(); ++i) {
      const auto& periodic = config.metrics->readers[i].get<PeriodicReader>();
      maker.make_metric_exporter(periodic.exporter, i,
                                 config::item_path("metrics.readers", i) + ".periodic.exporter");
    }
  }
}

void OwnCode::enter_preferences(MetricsPlan& plan) const {
  for (const Preference& one : preferences) prefer(one.temporality, one.histograms, plan.readers[one.reader]);
}

void OwnCode::leave_taken() noexcept {
  const auto is_taken = [](const auto& one) { return one.use_count() > 1; };
  std::erase_if(exporters, is_taken);
  std::erase_if(log_handlers, is_taken);
  std::erase_if(log_filters, is_taken);
}

std::shared_ptr<const SpanProcessors> OwnCode::span_processors() const {
  if (processors.empty()) return nullptr;
  auto all = std::make_shared<SpanProcessors>();
  for (const Processor& one : processors) all->push_back(one.processor);
  return all;
}

}  // namespace ergon::inline v0::telemetry
