#include "telemetry/logging/own_filter.hpp"

#include <exception>
#include <utility>

#include "base/diagnostic.hpp"
#include "telemetry/logging/read_log.hpp"
#include "telemetry/record/read_values.hpp"
#include "telemetry/record/scope_registry.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constinit base::Diagnostic g_failed{"telemetry: a log filter failed, and lets the record pass"};

std::shared_ptr<const ScopeData> values_of(const detail::Scope& scope) {
  ScopeData data = read_scope_data(scope.encoded);
  data.schema_url = scope.schema_url;
  return std::make_shared<const ScopeData>(std::move(data));
}

class OwnFilter final : public RecordFilter {
 public:
  OwnFilter(std::shared_ptr<LogFilter> filter, std::shared_ptr<LogValues> values)
      : filter_(std::move(filter)), values_(std::move(values)) {}

  [[nodiscard]] bool passes(AskedRecord& record) override try {
    if (!record.data) record.data = values_->read(record.view, record.scope);
    return filter_->passes(*record.data);
  } catch (const std::exception& error) {
    g_failed.report(error.what());
    return true;
  } catch (...) {
    g_failed.report("an unknown exception");
    return true;
  }

 private:
  std::shared_ptr<LogFilter> filter_;
  std::shared_ptr<LogValues> values_;
};

}  // namespace

LogValues::LogValues(std::string_view resource)
    : resource_(std::make_shared<const DataAttributes>(read_data_attributes(resource))) {}

LogData LogValues::read(const LogView& log, const detail::Scope& scope) {
  std::shared_ptr<const ScopeData>& known = scopes_[&scope];
  if (known == nullptr) known = values_of(scope);
  LogData data = log_data_of(log);
  data.scope = known;
  data.resource = resource_;
  return data;
}

std::unique_ptr<RecordFilter> record_filter(std::shared_ptr<LogFilter> filter,
                                            std::shared_ptr<LogValues> values) {
  return std::make_unique<OwnFilter>(std::move(filter), std::move(values));
}

}  // namespace ergon::inline v0::telemetry
