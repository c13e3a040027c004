#include "telemetry/export/console_text.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "base/json_text.hpp"
#include "base/one_line.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "telemetry/logging/log_encoder.hpp"
#include "telemetry/logging/time_text.hpp"

namespace ergon::telemetry {

namespace {

using base::append_one_line;
using testing::RecordedAttributes;

void append_attributes(std::string& out, const RecordedAttributes& attributes) {
  for (const auto& [key, value] : attributes) {
    out.push_back(' ');
    append_one_line(out, key);
    out.push_back('=');
    append_one_line(out, value);
  }
}

void append_ids(std::string& out, const SpanContext& context) {
  if (!context.is_valid()) return;
  fmt::format_to(std::back_inserter(out), " trace_id={} span_id={}", context.trace_id.to_hex(),
                 context.span_id.to_hex());
}

std::string_view kind_name(SpanKind kind) {
  constexpr std::array<std::string_view, 6> kNames{"UNSPECIFIED", "INTERNAL", "SERVER",
                                                   "CLIENT",      "PRODUCER", "CONSUMER"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string duration_text(std::uint64_t nanoseconds) {
  const auto value = static_cast<double>(nanoseconds);
  if (value < 1e3) return fmt::format("{}ns", nanoseconds);
  if (value < 1e6) return fmt::format("{:.1f}us", value / 1e3);
  if (value < 1e9) return fmt::format("{:.2f}ms", value / 1e6);
  return fmt::format("{:.2f}s", value / 1e9);
}

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

std::string status_text(const testing::RecordedSpan& span) {
  if (span.status == StatusCode::ok) return " OK";
  if (span.status != StatusCode::error) return "";
  std::string text = " ERROR";
  if (!span.status_message.empty()) {
    text.append("(");
    append_one_line(text, span.status_message);
    text.append(")");
  }
  return text;
}

void append_span(std::string& out, const testing::RecordedSpan& span, std::string_view service) {
  out.append("[span] ");
  append_one_line(out, span.name);
  const std::uint64_t duration = span.end_unix_nanoseconds - span.start_unix_nanoseconds;
  fmt::format_to(std::back_inserter(out), " {} {}{}", kind_name(span.kind), duration_text(duration),
                 status_text(span));
  append_ids(out, span.context);
  if (span.parent_span_id.is_valid()) out.append(" parent=").append(span.parent_span_id.to_hex());
  out.append(" service=");
  append_one_line(out, service);
  append_attributes(out, span.attributes);
  out.push_back('\n');
  for (const testing::RecordedEvent& event : span.events) {
    out.append("  [event] ");
    append_one_line(out, event.name);
    append_attributes(out, event.attributes);
    out.push_back('\n');
  }
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

std::string spans_as_text(const ExportBatch& batch) {
  std::string out;
  const ReadSpans read = read_spans(batch.request());
  for (const testing::RecordedSpan& span : read.spans) append_span(out, span, service_of(read.resource));
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
