#pragma once

#include <string_view>

#include <ergon/extend/log_data.hpp>

#include "telemetry/logging/log_view.hpp"

namespace ergon::inline v0::telemetry {

/// OTLP's LogRecord, as we encode it, without scope and resource. What is malformed, which only a bug of ours
/// could make, throws protozero's exceptions.
[[nodiscard]] LogData read_log_data(std::string_view message);
/// The same of one that has been looked at.
[[nodiscard]] LogData log_data_of(const LogView& view);

}  // namespace ergon::inline v0::telemetry
