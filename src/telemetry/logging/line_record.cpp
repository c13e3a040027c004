#include "telemetry/logging/line_record.hpp"

#include <array>
#include <cstring>
#include <type_traits>

namespace ergon::inline v0::telemetry {

namespace {

constexpr std::size_t kTraceIdBytes = 16;
constexpr std::size_t kSpanIdBytes = 8;

// Before the text and the fields.
struct Head {
  std::uint64_t unix_nanoseconds;
  const char* logger;
  std::source_location source;
  std::uint32_t logger_bytes;
  std::uint32_t text_bytes;
  std::uint32_t fields_bytes;
  std::uint32_t event_at;  // in the fields
  std::uint32_t event_bytes;
  std::uint32_t dropped_attributes;
  std::uint32_t thread_id;
  Level level;
  std::uint8_t trace_flags;
  bool has_context;
  std::array<char, kTraceIdBytes> trace_id;
  std::array<char, kSpanIdBytes> span_id;
};
static_assert(std::is_trivially_copyable_v<Head>);

std::uint32_t size_of(std::string_view text) { return static_cast<std::uint32_t>(text.size()); }

}  // namespace

void append_line_record(std::string& out, const LogView& log) {
  const bool has_context = log.trace_id.size() == kTraceIdBytes && log.span_id.size() == kSpanIdBytes;
  Head head{.unix_nanoseconds = log.unix_nanoseconds,
            .logger = log.logger.data(),  // NOLINT(bugprone-suspicious-stringview-data-usage): with its size
            .source = log.source,
            .logger_bytes = size_of(log.logger),
            .text_bytes = size_of(log.text),
            .fields_bytes = size_of(log.fields),
            .event_at = 0,
            .event_bytes = size_of(log.event_name),
            .dropped_attributes = log.dropped_attributes,
            .thread_id = log.thread_id,
            .level = log.level,
            .trace_flags = log.trace_flags,
            .has_context = has_context,
            .trace_id = {},
            .span_id = {}};
  if (!log.event_name.empty())
    head.event_at = static_cast<std::uint32_t>(log.event_name.data() - log.fields.data());
  if (has_context) {
    std::memcpy(head.trace_id.data(), log.trace_id.data(), kTraceIdBytes);
    std::memcpy(head.span_id.data(), log.span_id.data(), kSpanIdBytes);
  }
  out.append(reinterpret_cast<const char*>(&head), sizeof head).append(log.text).append(log.fields);
}

LogView take_line_record(std::string_view& records) {
  Head head;
  std::memcpy(&head, records.data(), sizeof head);
  const std::string_view text = records.substr(sizeof head, head.text_bytes);
  const std::string_view fields = records.substr(sizeof head + head.text_bytes, head.fields_bytes);
  LogView log{.unix_nanoseconds = head.unix_nanoseconds,
              .level = head.level,
              .logger = {head.logger, head.logger_bytes},
              .text = text,
              .trace_flags = head.trace_flags,
              .event_name = fields.substr(head.event_at, head.event_bytes),
              .dropped_attributes = head.dropped_attributes,
              .fields = fields,
              .thread_id = head.thread_id,
              .source = head.source};
  if (head.has_context) {
    log.trace_id = records.substr(offsetof(Head, trace_id), kTraceIdBytes);
    log.span_id = records.substr(offsetof(Head, span_id), kSpanIdBytes);
  }
  records.remove_prefix(sizeof head + head.text_bytes + head.fields_bytes);
  return log;
}

}  // namespace ergon::inline v0::telemetry
