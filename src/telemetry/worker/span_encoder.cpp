#include "telemetry/worker/span_encoder.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/wire.hpp"
#include "telemetry/record/record_body.hpp"
#include "telemetry/record/span_fields.hpp"

namespace ergon::inline v0::telemetry {

namespace wire = base::wire;

namespace {

// Span's flags: the W3C flags, then whether is_remote is known (always) and true.
constexpr std::uint32_t kHasIsRemote = 0x100;
constexpr std::uint32_t kIsRemote = 0x200;
constexpr std::uint32_t kFlags = 16;
constexpr std::size_t kMostFixedBytes = 96;

std::uint32_t flags_of(const SpanRecord& record, std::uint8_t trace_flags) {
  return trace_flags | kHasIsRemote | (record.parent_is_remote ? kIsRemote : 0U);
}

std::byte* put_id(std::byte* at, std::uint8_t tag, const std::uint8_t* bytes, std::uint8_t size) {
  *at++ = static_cast<std::byte>(tag);
  *at++ = static_cast<std::byte>(size);
  return wire::put_bytes(at, bytes, size);
}

std::byte* put_time(std::byte* at, std::uint8_t tag, std::uint64_t nanoseconds) {
  *at++ = static_cast<std::byte>(tag);
  return wire::put_fixed(at, nanoseconds);
}

std::byte* put_count(std::byte* at, std::uint8_t tag, std::uint32_t count) {
  if (count == 0) return at;
  *at++ = static_cast<std::byte>(tag);
  return wire::put_varint(at, count);
}

// Where the events' times are still ticks, turns them into wall time, in the copy. `start` is the time of the
// start ticks, whatever time the program gave.
void set_event_times(std::string& out, std::size_t body_at, const SpanRecord& record,
                     std::uint64_t start_ticks, std::uint64_t start, const base::WallClock& clock) {
  SpanBody body;
  body.data = reinterpret_cast<std::byte*>(out.data() + body_at);
  body.size = record.body_size;
  const auto source = static_cast<base::TickSource>(record.header.tick_source);
  for (std::uint32_t at = 0; at < body.size;) {
    const BodyField field = field_at(body, at);
    at += field.size;
    if (field.tag != kSpanEventTag || field.content.front() != kEventTimeTag) continue;
    char* time = const_cast<char*>(field.content.data()) + 1;  // in `out`, behind the field's own tag
    std::uint64_t ticks = 0;
    std::memcpy(&ticks, time, sizeof ticks);
    const std::uint64_t wall = start + clock.duration_nanoseconds(source, ticks - start_ticks);
    std::memcpy(time, &wall, sizeof wall);
  }
}

// When the ticks began, and what the span says of its start and end.
struct Interval {
  std::uint64_t ticks_start;
  std::uint64_t start;
  std::uint64_t end;
};

Interval interval_of(const SpanRecord& record, const base::WallClock& clock) {
  const auto source = static_cast<base::TickSource>(record.header.tick_source);
  const std::uint64_t ticks_start =
      clock.unix_nanoseconds(source, record.header.ticks - record.duration_ticks);
  const std::uint64_t ticks_end = ticks_start + clock.duration_nanoseconds(source, record.duration_ticks);
  const SpanTimes given = record.times();
  const std::uint64_t start = given.start != 0 ? given.start : ticks_start;
  return {ticks_start, start, std::max(start, given.end != 0 ? given.end : ticks_end)};
}

}  // namespace

SpanTimes times_of(const SpanRecord& record, const base::WallClock& clock) {
  const Interval interval = interval_of(record, clock);
  return {interval.start, interval.end};
}

void append_trace_flags(const SpanRecord& record, std::uint8_t trace_flags, std::string& out) {
  wire::append_fixed(out, kFlags, flags_of(record, trace_flags));
}

void encode_span(const SpanRecord& record, const base::WallClock& clock, std::string& out) {
  const std::uint64_t start_ticks = record.header.ticks - record.duration_ticks;
  const auto [ticks_start, start, end] = interval_of(record, clock);
  std::array<std::byte, kMostFixedBytes> fixed;
  std::byte* at = put_id(fixed.data(), 0x0a, record.context.trace_id.bytes.data(), 16);
  at = put_id(at, 0x12, record.context.span_id.bytes.data(), 8);
  if (record.parent_span_id.is_valid()) at = put_id(at, 0x22, record.parent_span_id.bytes.data(), 8);
  *at++ = std::byte{0x30};
  *at++ = static_cast<std::byte>(record.kind);
  at = put_time(at, 0x39, start);
  at = put_time(at, 0x41, end);
  at = put_count(at, 0x50, record.dropped_attributes);
  at = put_count(at, 0x60, record.dropped_events);
  at = put_count(at, 0x70, record.dropped_links);
  if (record.status != StatusCode::unset && !record.has_status_message) {
    *at++ = static_cast<std::byte>(kSpanStatusTag);
    *at++ = std::byte{2};
    *at++ = std::byte{0x18};
    *at++ = static_cast<std::byte>(record.status);
  }
  *at++ = std::byte{0x85};
  *at++ = std::byte{0x01};
  at = wire::put_fixed(at, flags_of(record, record.context.trace_flags));
  out.append(reinterpret_cast<const char*>(fixed.data()), static_cast<std::size_t>(at - fixed.data()));
  const std::size_t body_at = out.size();
  out.append(record.body());
  if (record.has_events) set_event_times(out, body_at, record, start_ticks, ticks_start, clock);
}

}  // namespace ergon::inline v0::telemetry
