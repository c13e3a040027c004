#include "telemetry/export/console_text.hpp"

#include <fmt/format.h>

#include <iterator>

#include "base/one_line.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "telemetry/export/record_text.hpp"

namespace ergon::telemetry {

namespace {

using base::append_one_line;

std::string_view service_of(const ReadResource& resource) {
  return testing::find(resource.attributes, "service.name");
}

}  // namespace

std::string points_as_text(const ExportBatch& batch) {
  std::string out;
  const ReadPoints read = read_points(batch.request());
  for (const testing::RecordedPoint& point : read.points) {
    out.append("[metric] ");
    append_one_line(out, point.name);
    append_attributes(out, point.attributes);
    if (point.buckets.empty()) {
      fmt::format_to(std::back_inserter(out), " = {}", point.value);
    } else {
      fmt::format_to(std::back_inserter(out), " count={} sum={} buckets=[{}]", point.count, point.sum,
                     fmt::join(point.buckets, " "));
    }
    if (!point.unit.empty()) append_one_line(out.append(" "), point.unit);
    out.append(" service=");
    append_one_line(out, service_of(read.resource));
    out.push_back('\n');
  }
  return out;
}

}  // namespace ergon::telemetry
