#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <source_location>
#include <string_view>
#include <type_traits>

#include <ergon/telemetry/live_span.hpp>
#include <ergon/telemetry/log_call.hpp>

#include "telemetry/buffer/record_header.hpp"

namespace ergon::inline v0::telemetry {

using detail::LoggerState;
using detail::Scope;

/// What a record keeps of a span context: plain bytes, as all in a ring. A span's trace state is in its body.
struct SpanIds {
  TraceId trace_id{};
  SpanId span_id{};
  std::uint8_t trace_flags{0};

  SpanIds() noexcept = default;
  SpanIds(const SpanContext& context) noexcept
      : trace_id(context.trace_id), span_id(context.span_id), trace_flags(context.trace_flags) {}
  // Not by way of a whole one, which would be put together on the stack, and its stores waited for.
  SpanIds& operator=(const SpanContext& context) noexcept {
    trace_id = context.trace_id;
    span_id = context.span_id;
    trace_flags = context.trace_flags;
    return *this;
  }

  [[nodiscard]] bool is_valid() const noexcept { return trace_id.is_valid() && span_id.is_valid(); }
  [[nodiscard]] bool is_sampled() const noexcept { return (trace_flags & SpanContext::kSampled) != 0; }
};

/// Times of a span in nanoseconds of Unix time. Of those that the program gave, 0 where the ticks say it.
struct SpanTimes {
  std::uint64_t start;
  std::uint64_t end;
};

/// A span that has ended, as it lies in the ring; one whose context is not sampled is recorded only.
/// `body_size` bytes of encoded Span fields follow it, and then, where the program gave a time, the
/// SpanTimes.
struct alignas(16) SpanRecord {
  RecordHeader header;  // ticks: the end
  std::uint64_t duration_ticks;
  const Scope* scope;
  SpanIds context;
  SpanId parent_span_id;
  std::uint32_t dropped_attributes;
  std::uint32_t dropped_events;
  std::uint32_t dropped_links;
  std::uint32_t body_size;
  std::uint32_t local_root;  // SpanContext's
  SpanKind kind;
  StatusCode status;
  bool has_status_message;  // the body holds the whole Status field
  bool has_events;          // their times are still ticks
  bool parent_is_remote;
  bool parent_is_sampled;
  bool lost_inside;  // an event or a link lacks attributes that it was given
  bool has_times;

  [[nodiscard]] std::string_view body() const noexcept {
    return {reinterpret_cast<const char*>(this + 1), body_size};
  }
  [[nodiscard]] SpanTimes times() const noexcept {
    SpanTimes times{};
    if (has_times)
      std::memcpy(&times, reinterpret_cast<const std::byte*>(this + 1) + body_size, sizeof times);
    return times;
  }
  [[nodiscard]] std::byte* body_bytes() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
};

/// A log call, as it lies in the ring. After it: `attribute_bytes` of encoded LogRecord fields, its
/// attributes and event name, then `text_bytes` of a copied text (when `text` is null), then the arguments
/// as `stored` says.
struct LogRecord {
  RecordHeader header;
  const LoggerState* logger;
  const char* text;                    // a literal's address; null: the text is copied
  const detail::LogArguments* stored;  // null: the copied text is the message
  std::source_location source;         // of the call, a constant of the program; it may have none
  std::uint32_t text_bytes;
  std::uint32_t attribute_bytes;
  SpanIds context;
  Level level;
  std::uint16_t dropped_attributes;  // so many, or more
  std::uint32_t thread_id;
  std::uint32_t local_root;  // SpanContext's

  [[nodiscard]] const char* after() const noexcept { return reinterpret_cast<const char*>(this + 1); }
  [[nodiscard]] std::string_view attributes() const noexcept { return {after(), attribute_bytes}; }
  [[nodiscard]] std::string_view message_text() const noexcept {
    return {text != nullptr ? text : after() + attribute_bytes, text_bytes};
  }
  [[nodiscard]] const std::byte* arguments() const noexcept {
    return reinterpret_cast<const std::byte*>(after() + attribute_bytes + (text == nullptr ? text_bytes : 0));
  }
};

/// That a local root has ended, behind all logs of its thread that were made before.
struct LocalRootEnd {
  RecordHeader header;
  TraceId trace_id;
  std::uint32_t local_root;
  bool has_failed;
};

static_assert(std::is_trivially_copyable_v<SpanRecord> && std::is_trivially_copyable_v<LogRecord> &&
              std::is_trivially_copyable_v<LocalRootEnd>);
static_assert(sizeof(LogRecord) == 96, "each log call writes it");

}  // namespace ergon::inline v0::telemetry
