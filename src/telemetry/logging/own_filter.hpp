#pragma once

#include <memory>
#include <string_view>
#include <unordered_map>

#include <ergon/extend/log_filter.hpp>

#include "telemetry/logging/record_filter.hpp"

namespace ergon::inline v0::telemetry {

/// Makes values of records. What records share is made once. The worker's alone.
class LogValues {
 public:
  /// `resource` is OTLP's Resource message.
  explicit LogValues(std::string_view resource);

  [[nodiscard]] LogData read(const LogView& log, const detail::Scope& scope);

 private:
  std::shared_ptr<const DataAttributes> resource_;
  std::unordered_map<const detail::Scope*, std::shared_ptr<const ScopeData>> scopes_;
};

/// A filter of the program's own, which shares the values with the others of its session.
[[nodiscard]] std::unique_ptr<RecordFilter> record_filter(std::shared_ptr<LogFilter> filter,
                                                          std::shared_ptr<LogValues> values);

}  // namespace ergon::inline v0::telemetry
