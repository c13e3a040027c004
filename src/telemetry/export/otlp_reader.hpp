#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <ergon/extend/metric_data.hpp>
#include <ergon/testing/recording.hpp>

namespace ergon::inline v0::telemetry {

// Our own requests, read back for those who want values: the console, tests. A malformed request, which only
// a bug of ours could make, ends the reading and leaves out the rest.

/// The attributes of a Resource or of any message with a list of KeyValue.
struct ReadResource {
  testing::RecordedAttributes attributes;
};

struct ReadSpans {
  ReadResource resource;
  std::vector<testing::RecordedSpan> spans;
};
struct ReadLogs {
  ReadResource resource;
  std::vector<testing::RecordedLog> logs;
};
struct ReadPoints {
  ReadResource resource;
  std::vector<testing::RecordedPoint> points;
};

/// Metrics whole, without their scopes and resource.
struct ReadMetrics {
  ReadResource resource;
  std::vector<MetricData> metrics;
};

[[nodiscard]] ReadSpans read_spans(std::string_view request);
[[nodiscard]] ReadLogs read_logs(std::string_view request);
[[nodiscard]] ReadPoints read_points(std::string_view request);
[[nodiscard]] ReadMetrics read_metrics(std::string_view request);

}  // namespace ergon::inline v0::telemetry
