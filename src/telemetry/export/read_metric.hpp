#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <ergon/testing/recording.hpp>

namespace ergon::inline v0::telemetry {

/// Appends the points of an OTLP Metric message. Throws protozero::exception of a malformed one.
void read_metric(std::string_view message, const std::string& scope,
                 std::vector<testing::RecordedPoint>& points);

}  // namespace ergon::inline v0::telemetry
