#include "telemetry/logging/log_encoder.hpp"

#include <fmt/format.h>

#include <array>

#include "base/utf8.hpp"
#include "base/wire.hpp"
#include "telemetry/logging/level_text.hpp"

namespace ergon {

void detail::LogSink::format(std::string_view text, fmt::format_args args) {
  auto& buffer = *static_cast<fmt::memory_buffer*>(buffer_);
  fmt::vformat_to(std::back_inserter(buffer), {text.data(), text.size()}, args);
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
    fmt::format_to(std::back_inserter(buffer), " [not formatted: {}]", error.what());
  } catch (...) {
    buffer.append(text);
    buffer.append(std::string_view(" [not formatted]"));
  }
}

template <std::size_t Size>
void append_id(std::string& out, std::uint32_t field, const std::array<std::uint8_t, Size>& id) {
  wire::append_field(out, field, {reinterpret_cast<const char*>(id.data()), id.size()});
}

}  // namespace

std::string format_message(const LogRecord& record) {
  fmt::memory_buffer buffer;
  format_into(record, buffer);
  const std::string_view message(buffer.data(), buffer.size());
  return base::is_valid_utf8(message) ? std::string(message) : base::repair_utf8(message);
}

void encode_log(const LogRecord& record, const base::WallClock& clock, std::string& out) {
  encode_log(record, format_message(record), clock, out);
}

void encode_log(const LogRecord& record, std::string_view message, const base::WallClock& clock,
                std::string& out) {
  const auto source = static_cast<base::TickSource>(record.header.tick_source);
  const std::uint64_t time = clock.unix_nanoseconds(source, record.header.ticks);
  wire::append_fixed(out, kTime, time);
  wire::append_number(out, kSeverityNumber, severity_number(record.level));
  wire::append_field(out, kSeverityText, level_name(record.level));
  wire::append_varint(out, wire::tag(kBody, wire::Type::length));
  wire::append_varint(out, wire::field_size(kStringValue, message.size()));
  wire::append_field(out, kStringValue, message);
  out.append(record.attributes());
  if (record.dropped_attributes > 0) wire::append_number(out, kDroppedAttributes, record.dropped_attributes);
  if (record.context.is_valid()) {
    wire::append_fixed(out, kFlags, std::uint32_t{record.context.trace_flags});
    append_id(out, kTraceId, record.context.trace_id.bytes);
    append_id(out, kSpanId, record.context.span_id.bytes);
  }
  wire::append_fixed(out, kObservedTime, time);
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
}  // namespace ergon
