#include <unistd.h>

#include <string>
#include <string_view>
#include <variant>

#include "telemetry/session/plan.hpp"

// What a description's ranges can't say: endpoints and files. Applies to objects and files alike.

namespace ergon::telemetry {

namespace {

class Checker {
 public:
  void check_exporter(const std::string& path, const Exporter& exporter) {
    const auto* grpc = std::get_if<OtlpGrpcExporter>(&exporter);
    if (grpc == nullptr) return;
    check_endpoint(path + ".otlp_grpc.endpoint", grpc->endpoint);
    if (grpc->timeout.count() < 0) {
      add(path + ".otlp_grpc.timeout", std::to_string(grpc->timeout.count()) + "ms", "0 (no limit) or more");
    }
    const std::string& ca_file = grpc->tls.ca_file;
    if (!ca_file.empty() && access(ca_file.c_str(), R_OK) != 0) {
      add(path + ".otlp_grpc.tls.ca_file", "\"" + ca_file + "\"", "a PEM file that can be read");
    }
  }

  template <class Processor>
  void check_processor(const std::string& path, const Processor& processor) {
    if constexpr (requires { processor.schedule_delay; }) {
      check_at_least_one(path + ".batch.max_export_batch_size", processor.max_export_batch_size);
      check_exporter(path + ".batch.exporter", processor.exporter);
    } else {
      check_exporter(path + ".simple.exporter", processor.exporter);
    }
  }

  void check_at_least_one(const std::string& path, std::int64_t value) {
    if (value < 1) add(path, std::to_string(value), "at least 1");
  }

  void add(const std::string& path, const std::string& found, std::string_view allowed) {
    errors.push_back(path + ": found " + found + "; allowed: " + std::string(allowed));
  }

  std::vector<std::string> errors;

 private:
  void check_endpoint(const std::string& path, std::string_view endpoint) {
    const bool has_scheme = endpoint.starts_with("http://") || endpoint.starts_with("https://");
    const std::string_view host = has_scheme ? endpoint.substr(endpoint.find("//") + 2) : "";
    if (host.empty() || host.starts_with(':') || host.starts_with('/')) {
      add(path, "\"" + std::string(endpoint) + "\"", "http://HOST:PORT or https://HOST:PORT");
    }
  }
};

std::string item(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

void check_logging(Checker& checker, const LoggingConfig& logging) {
  for (std::size_t i = 0; i < logging.handlers.size(); ++i) {
    const auto* otlp = std::get_if<OtlpHandler>(&logging.handlers[i]);
    if (otlp == nullptr) continue;
    const std::string path = item("logging.handlers", i) + ".otlp";
    if (otlp->exporter && !otlp->processors.empty())
      checker.add(path, "exporter and processors", "one of the two");
    if (otlp->exporter) checker.check_exporter(path + ".exporter", *otlp->exporter);
    for (std::size_t p = 0; p < otlp->processors.size(); ++p) {
      std::visit([&](const auto& one) { checker.check_processor(item(path + ".processors", p), one); },
                 otlp->processors[p]);
    }
  }
}

double ratio_of(const Sampler& sampler) {
  if (const auto* ratio = std::get_if<TraceIdRatioBased>(&sampler)) return ratio->ratio;
  if (const auto* parent = std::get_if<ParentBased>(&sampler)) return ratio_of(*parent->root);
  return 1;
}

void check_tracing(Checker& checker, const TracingConfig& tracing) {
  for (std::size_t i = 0; i < tracing.processors.size(); ++i) {
    std::visit([&](const auto& one) { checker.check_processor(item("tracing.processors", i), one); },
               tracing.processors[i]);
  }
  const double ratio = ratio_of(tracing.sampler);
  if (!(ratio >= 0 && ratio <= 1)) {
    checker.add("tracing.sampler: trace_id_ratio_based.ratio", std::to_string(ratio), "a number from 0 to 1");
  }
}

void check_metrics(Checker& checker, const MetricsConfig& metrics) {
  if (metrics.readers.size() > 1) {
    checker.add("metrics.readers", std::to_string(metrics.readers.size()) + " readers", "one reader");
  }
  for (std::size_t i = 0; i < metrics.readers.size(); ++i) {
    const auto& periodic = std::get<PeriodicReader>(metrics.readers[i]);
    const std::string path = item("metrics.readers", i) + ".periodic";
    checker.check_at_least_one(path + ".interval", periodic.interval.count());
    checker.check_exporter(path + ".exporter", periodic.exporter);
  }
}

}  // namespace

std::vector<std::string> check(const TelemetryConfig& config) {
  Checker checker;
  if (config.logging) check_logging(checker, *config.logging);
  if (config.metrics) check_metrics(checker, *config.metrics);
  if (config.tracing) check_tracing(checker, *config.tracing);
  return checker.errors;
}

}  // namespace ergon::telemetry
