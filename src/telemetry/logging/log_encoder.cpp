#include "telemetry/logging/log_encoder.hpp"

#include <fmt/format.h>

#include <array>

#include "base/utf8.hpp"
#include "base/wire.hpp"
#include "telemetry/logging/level_text.hpp"

namespace ergon::inline v0 {

void detail::LogSink::format(std::string_view text, fmt::format_args args) {
  auto& buffer = *static_cast<fmt::memory_buffer*>(buffer_);
  fmt::vformat_to(fmt::appender(buffer), {text.data(), text.size()}, args);
}

namespace telemetry {

namespace wire = base::wire;

namespace {

class MessageSink final : public detail::LogSink {
 public:
  explicit MessageSink(fmt::memory_buffer& buffer) noexcept : LogSink(&buffer) {}
};

constexpr std::uint32_t kTime = 1;
constexpr std::uint32_t kSeverityNumber = 2;
constexpr std::uint32_t kSeverityText = 3;
constexpr std::uint32_t kBody = 5;
constexpr std::uint32_t kAttributes = 6;
constexpr std::uint32_t kDroppedAttributes = 7;
constexpr std::uint32_t kFlags = 8;
constexpr std::uint32_t kTraceId = 9;
constexpr std::uint32_t kSpanId = 10;
constexpr std::uint32_t kObservedTime = 11;
constexpr std::uint32_t kStringValue = 1;

// Formats into the buffer; whatever a formatter throws becomes part of the message.
void format_into(const LogRecord& record, fmt::memory_buffer& buffer) {
  const std::string_view text = record.message_text();
  if (record.stored == nullptr) {
    buffer.append(text);
    return;
  }
  MessageSink sink(buffer);
  try {
    record.stored->decode(sink, text, record.arguments());
  } catch (const std::exception& error) {
    buffer.append(text);
    fmt::format_to(fmt::appender(buffer), " [not formatted: {}]", error.what());
  } catch (...) {
    buffer.append(text);
    buffer.append(std::string_view(" [not formatted]"));
  }
}

template <std::size_t Size>
std::string_view bytes_of(const std::array<std::uint8_t, Size>& id) {
  return {reinterpret_cast<const char*>(id.data()), id.size()};
}

}  // namespace

std::string_view MessageText::format(const LogRecord& record) {
  constexpr std::size_t kMostKept = 64U << 10U;  // bytes for the next message
  if (buffer_.capacity() > kMostKept) buffer_ = fmt::memory_buffer();
  buffer_.clear();
  format_into(record, buffer_);
  const std::string_view message(buffer_.data(), buffer_.size());
  if (base::is_valid_utf8(message)) return message;
  repaired_ = base::repair_utf8(message);
  return repaired_;
}

std::uint64_t time_of(const LogRecord& record, const base::WallClock& clock) {
  return clock.unix_nanoseconds(static_cast<base::TickSource>(record.header.tick_source),
                                record.header.ticks);
}

void encode_log(const LogContent& log, std::string& out) {
  const LogRecord& record = log.record;
  wire::append_fixed(out, kTime, log.unix_nanoseconds);
  wire::append_number(out, kSeverityNumber, severity_number(record.level));
  wire::append_field(out, kSeverityText, level_name(record.level));
  wire::append_varint(out, wire::tag(kBody, wire::Type::length));
  wire::append_varint(out, wire::field_size(kStringValue, log.text.size()));
  wire::append_field(out, kStringValue, log.text);
  out.append(log.fields);
  if (record.dropped_attributes > 0) wire::append_number(out, kDroppedAttributes, record.dropped_attributes);
  if (record.context.is_valid()) {
    wire::append_fixed(out, kFlags, std::uint32_t{record.context.trace_flags});
    wire::append_field(out, kTraceId, bytes_of(record.context.trace_id.bytes));
    wire::append_field(out, kSpanId, bytes_of(record.context.span_id.bytes));
  }
  wire::append_fixed(out, kObservedTime, log.unix_nanoseconds);
}

LogView view_log(const LogContent& log) {
  const LogRecord& record = log.record;
  LogView view{.unix_nanoseconds = log.unix_nanoseconds,
               .level = record.level,
               .text = log.text,
               .dropped_attributes = record.dropped_attributes,
               .fields = log.fields};
  if (record.context.is_valid()) {
    view.trace_id = bytes_of(record.context.trace_id.bytes);
    view.span_id = bytes_of(record.context.span_id.bytes);
    view.trace_flags = record.context.trace_flags;
  }
  if (!log.fields.empty()) view.event_name = find_event_name(log.fields);
  return view;
}

// {key: "ergon.log.replayed", value: {bool_value: true}}
void append_replayed(std::string& out) {
  static const std::string kAttribute = [] {
    std::string pair;
    std::string value;
    wire::append_field(pair, 1, "ergon.log.replayed");
    wire::append_number(value, 2, 1);
    wire::append_field(pair, 2, value);
    std::string field;
    wire::append_field(field, kAttributes, pair);
    return field;
  }();
  out.append(kAttribute);
}

}  // namespace telemetry
}  // namespace ergon::inline v0
