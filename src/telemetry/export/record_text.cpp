#include "telemetry/export/record_text.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "base/one_line.hpp"

namespace ergon::inline v0::telemetry {

using base::append_one_line;

void append_attribute(std::string& out, std::string_view key, std::string_view value) {
  out.push_back(' ');
  append_one_line(out, key);
  out.push_back('=');
  append_one_line(out, value);
}

void append_attributes(std::string& out, const testing::RecordedAttributes& attributes) {
  for (const auto& [key, value] : attributes) append_attribute(out, key, value);
}

void append_ids(std::string& out, const SpanContext& context) {
  if (!context.is_valid()) return;
  fmt::format_to(std::back_inserter(out), " trace_id={} span_id={}", context.trace_id.to_hex(),
                 context.span_id.to_hex());
}

void append_status(std::string& out, const testing::RecordedSpan& span) {
  if (span.status == StatusCode::ok) out.append(" OK");
  if (span.status != StatusCode::error) return;
  out.append(" ERROR");
  if (span.status_message.empty()) return;
  out.push_back('(');
  append_one_line(out, span.status_message);
  out.push_back(')');
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

}  // namespace ergon::inline v0::telemetry
