#pragma once

#include <memory>
#include <optional>

#include <ergon/config/log_filters.hpp>
#include <ergon/extend/log_data.hpp>
#include <ergon/telemetry/scope.hpp>

#include "telemetry/logging/log_view.hpp"

namespace ergon::inline v0::telemetry {

/// A record that filters are asked about.
struct AskedRecord {
  AskedRecord(const LogView& its_view, const detail::Scope& its_scope) : view(its_view), scope(its_scope) {}

  LogView view;
  const detail::Scope& scope;
  std::optional<LogData> data{};  // once a filter of the program's own has been asked
};

/// Which records a handler takes. The worker's alone.
class RecordFilter {
 public:
  virtual ~RecordFilter() = default;
  [[nodiscard]] virtual bool passes(AskedRecord& record) = 0;
  /// Whether it may be asked again about a record that could not be taken, and says the same.
  [[nodiscard]] virtual bool may_be_asked_again() const { return false; }
};

/// One of those that are built in.
[[nodiscard]] std::unique_ptr<RecordFilter> make_record_filter(const LogFilterConfig& config);

}  // namespace ergon::inline v0::telemetry
