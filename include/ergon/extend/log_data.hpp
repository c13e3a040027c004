#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <ergon/config/level.hpp>
#include <ergon/extend/span_data.hpp>
#include <ergon/telemetry/span_context.hpp>

namespace ergon::inline v0 {

/// A log record as a value.
struct LogData {
  Timestamp time{};
  Level level{Level::trace};
  std::string message{};
  /// Empty: the record is no event.
  std::string event_name{};
  DataAttributes attributes{};
  std::uint32_t dropped_attributes{0};
  /// Of the span that was current; invalid where there was none.
  SpanContext context{};
  /// Shared by the records of one export, and by those that a filter is asked about; never null. The scope's
  /// name is the logger's.
  std::shared_ptr<const ScopeData> scope{};
  std::shared_ptr<const DataAttributes> resource{};
};

}  // namespace ergon::inline v0
