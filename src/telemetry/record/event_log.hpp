#pragma once

#include <span>
#include <string_view>

#include <ergon/telemetry/log_call.hpp>

namespace ergon::telemetry {

/// A log record with an event name (specification: logs/data-model.md#field-eventname), where the logger
/// takes the level. Name and text are copied.
[[gnu::cold]] void record_event_log(const detail::LoggerState& logger, Level level,
                                    std::string_view event_name, std::string_view text,
                                    std::span<const Attribute> attributes) noexcept;

}  // namespace ergon::telemetry
