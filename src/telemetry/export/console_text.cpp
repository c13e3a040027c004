#include "telemetry/export/console_text.hpp"

#include <fmt/format.h>

#include <iterator>

#include "base/json_text.hpp"
#include "base/one_line.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "telemetry/export/record_text.hpp"
#include "telemetry/logging/log_encoder.hpp"
#include "telemetry/logging/time_text.hpp"

namespace ergon::telemetry {

namespace {

using base::append_one_line;
using testing::RecordedAttributes;

std::string_view service_of(const ReadResource& resource) {
  return testing::find(resource.attributes, "service.name");
}

void append_json_member(std::string& out, std::string_view key, std::string_view text) {
  out.push_back(',');
  base::append_json_string(out, key);
  out.push_back(':');
  base::append_json_string(out, text);
}

// Values are JSON already.
void append_json_object(std::string& out, std::string_view key, const RecordedAttributes& members) {
  out.push_back(',');
  base::append_json_string(out, key);
  out.append(":{");
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out.push_back(',');
    base::append_json_string(out, members[i].first);
    out.append(":").append(members[i].second);
  }
  out.push_back('}');
}

}  // namespace

std::string logs_as_text(const ExportBatch& batch) {
  std::string out;
  for (const testing::RecordedLog& log : read_logs(batch.request()).logs) {
    out.push_back('[');
    append_local_time(out, log.unix_nanoseconds);
    out.append("] [").append(level_name(log.level)).append("] [");
    append_one_line(out, log.logger);
    out.append("] ");
    append_one_line(out, log.message);
    append_attributes(out, log.attributes);
    append_ids(out, log.context);
    out.push_back('\n');
  }
  return out;
}

std::string logs_as_json(const ExportBatch& batch) {
  std::string out;
  const ReadLogs read = read_logs(batch.request());
  for (std::size_t i = 0; i < read.logs.size(); ++i) {
    const testing::RecordedLog& log = read.logs[i];
    out.append("{\"time\":\"");
    append_utc_time(out, log.unix_nanoseconds);
    out.push_back('"');
    append_json_member(out, "level", level_name(log.level));
    append_json_member(out, "logger", log.logger);
    append_json_member(out, "message", log.message);
    if (log.context.is_valid()) {
      append_json_member(out, "trace_id", log.context.trace_id.to_hex());
      append_json_member(out, "span_id", log.context.span_id.to_hex());
      fmt::format_to(std::back_inserter(out), ",\"trace_flags\":{}", log.context.trace_flags);
    }
    append_json_object(out, "attributes", read.json_attributes[i]);
    append_json_object(out, "resource", read.resource.json_attributes);
    out.append("}\n");
  }
  return out;
}

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
