#pragma once

#include <memory>

#include <ergon/config/log_filters.hpp>

#include "telemetry/logging/log_view.hpp"

namespace ergon::telemetry {

/// Which records a handler takes. The worker's alone.
class LogFilter {
 public:
  virtual ~LogFilter() = default;
  [[nodiscard]] virtual bool passes(const LogView& log) = 0;
};

[[nodiscard]] std::unique_ptr<LogFilter> make_log_filter(const LogFilterConfig& config);

}  // namespace ergon::telemetry
