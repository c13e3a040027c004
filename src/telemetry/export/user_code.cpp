#include "telemetry/export/user_code.hpp"

#include <protozero/pbf_reader.hpp>

#include <utility>

#include "base/diagnostic.hpp"
#include "base/pbf_view.hpp"
#include "telemetry/logging/read_log.hpp"
#include "telemetry/metrics/read_metric_data.hpp"
#include "telemetry/record/read_span.hpp"
#include "telemetry/record/read_values.hpp"

namespace ergon::inline v0 {

namespace {

using base::view_of;
using protozero::pbf_reader;

std::shared_ptr<const ScopeData> read_scope(pbf_reader group) {
  auto scope = std::make_shared<ScopeData>();
  for (pbf_reader message = group; message.next();) {
    if (message.tag() == 1) {
      std::string schema_url = std::move(scope->schema_url);
      *scope = telemetry::read_scope_data(view_of(message.get_view()));
      scope->schema_url = std::move(schema_url);
    } else if (message.tag() == 3) {
      scope->schema_url = message.get_string();
    } else {
      message.skip();
    }
  }
  return scope;
}

// A request of ours has one resource, which stands before the scopes. `read` makes a span, log or metric of a
// message.
template <class Read, class Visit>
void visit_records(std::string_view request, Read read, Visit visit) {
  auto resource = std::make_shared<const DataAttributes>();
  pbf_reader message(request.data(), request.size());
  while (message.next(1)) {
    for (pbf_reader groups = message.get_message(); groups.next();) {
      if (groups.tag() == 1) {
        resource = std::make_shared<const DataAttributes>(
            telemetry::read_data_attributes(view_of(groups.get_view())));
      } else if (groups.tag() == 2) {
        pbf_reader group = groups.get_message();
        const auto scope = read_scope(group);
        while (group.next(2)) {
          auto record = read(view_of(group.get_view()));
          record.scope = scope;
          record.resource = resource;
          visit(std::move(record));
        }
      } else {
        groups.skip();
      }
    }
  }
}

}  // namespace

std::vector<SpanData> ExportedBatch::spans() const {
  std::vector<SpanData> spans;
  if (signal_ == telemetry::Signal::spans)
    visit_records(otlp_, telemetry::read_span_data,
                  [&](SpanData&& span) { spans.push_back(std::move(span)); });
  return spans;
}

std::vector<LogData> ExportedBatch::logs() const {
  std::vector<LogData> logs;
  if (signal_ == telemetry::Signal::logs)
    visit_records(otlp_, telemetry::read_log_data, [&](LogData&& log) { logs.push_back(std::move(log)); });
  return logs;
}

std::vector<MetricData> ExportedBatch::metrics() const {
  std::vector<MetricData> metrics;
  if (signal_ == telemetry::Signal::metric_points)
    visit_records(otlp_, telemetry::read_metric_data,
                  [&](MetricData&& metric) { metrics.push_back(std::move(metric)); });
  return metrics;
}

DataAttributes ExportedBatch::resource() const {
  pbf_reader message(otlp_.data(), otlp_.size());
  if (!message.next(1)) return {};
  pbf_reader groups = message.get_message();
  return groups.next(1) ? telemetry::read_data_attributes(view_of(groups.get_view())) : DataAttributes{};
}

namespace telemetry {

namespace {

class ExporterCode final : public UserCode {
 public:
  explicit ExporterCode(std::shared_ptr<TelemetryExporter> exporter) : exporter_(std::move(exporter)) {}

  std::uint64_t take(const ExportBatch& batch) override {
    if (exporter_->export_batch({batch.signal, batch.count, batch.request()})) return batch.count;
    static constinit base::Diagnostic limited{"telemetry: an exporter did not take its records"};
    limited.report("export_batch answered false");
    return 0;
  }
  bool force_flush(Deadline deadline) override { return exporter_->force_flush(deadline); }
  void shutdown(Deadline deadline) override { exporter_->shutdown(deadline); }

 private:
  std::shared_ptr<TelemetryExporter> exporter_;
};

class ProcessorCode final : public UserCode {
 public:
  explicit ProcessorCode(std::shared_ptr<SpanProcessor> processor) : processor_(std::move(processor)) {}

  std::uint64_t take(const ExportBatch& batch) override {
    std::uint64_t taken = 0;
    visit_records(batch.request(), read_span_data, [&](const SpanData& span) {
      base::guard("telemetry: a span processor failed", [&] {
        processor_->on_end(span);
        ++taken;
      });
    });
    return taken;
  }
  bool force_flush(Deadline deadline) override { return processor_->force_flush(deadline); }
  void shutdown(Deadline deadline) override { processor_->shutdown(deadline); }

 private:
  std::shared_ptr<SpanProcessor> processor_;
};

class HandlerCode final : public UserCode {
 public:
  explicit HandlerCode(std::shared_ptr<LogHandler> handler) : handler_(std::move(handler)) {}

  std::uint64_t take(const ExportBatch& batch) override {
    std::uint64_t taken = 0;
    visit_records(batch.request(), read_log_data, [&](const LogData& record) {
      base::guard("telemetry: a log handler failed", [&] {
        handler_->handle(record);
        ++taken;
      });
    });
    return taken;
  }
  bool force_flush(Deadline deadline) override { return handler_->force_flush(deadline); }
  void shutdown(Deadline deadline) override { handler_->shutdown(deadline); }

 private:
  std::shared_ptr<LogHandler> handler_;
};

}  // namespace

std::unique_ptr<UserCode> user_code(std::shared_ptr<TelemetryExporter> exporter) {
  return std::make_unique<ExporterCode>(std::move(exporter));
}

std::unique_ptr<UserCode> user_code(std::shared_ptr<SpanProcessor> processor) {
  return std::make_unique<ProcessorCode>(std::move(processor));
}

std::unique_ptr<UserCode> user_code(std::shared_ptr<LogHandler> handler) {
  return std::make_unique<HandlerCode>(std::move(handler));
}

}  // namespace telemetry
}  // namespace ergon::inline v0
