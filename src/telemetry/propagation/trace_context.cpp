#include "telemetry/propagation/trace_context.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "telemetry/propagation/header_text.hpp"
#include "telemetry/propagation/id_text.hpp"

namespace ergon::inline v0::telemetry {

namespace {

// version "-" trace-id "-" parent-id "-" trace-flags
constexpr std::size_t kTraceIdAt = 3;
constexpr std::size_t kSpanIdAt = 36;
constexpr std::size_t kFlagsAt = 53;
constexpr std::size_t kSize = 55;
constexpr std::uint8_t kKnownFlags = SpanContext::kSampled | SpanContext::kRandom;

// A later version may go on behind a dash.
bool is_framed(std::string_view header, std::uint8_t version) noexcept {
  if (version == 0xFF) return false;
  if (header[kTraceIdAt - 1] != '-' || header[kSpanIdAt - 1] != '-' || header[kFlagsAt - 1] != '-')
    return false;
  return header.size() == kSize || (version > 0 && header[kSize] == '-');
}

}  // namespace

std::optional<SpanContext> parse_traceparent(std::string_view header) noexcept {
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  SpanContext context;
  const bool is_read = header.size() >= kSize && read_hex(header.substr(0, 2), version) &&
                       read_hex(header.substr(kTraceIdAt, 32), context.trace_id.bytes) &&
                       read_hex(header.substr(kSpanIdAt, 16), context.span_id.bytes) &&
                       read_hex(header.substr(kFlagsAt, 2), flags);
  if (!is_read || !is_framed(header, version[0]) || !context.is_valid()) return std::nullopt;
  context.trace_flags = flags[0] & kKnownFlags;
  context.is_remote = true;
  return context;
}

std::string traceparent_of(const SpanContext& context) {
  std::string header;
  header.reserve(kSize);
  header += "00-";
  append_hex(header, context.trace_id.bytes);
  header += '-';
  append_hex(header, context.span_id.bytes);
  header += '-';
  append_hex(header, std::array{static_cast<std::uint8_t>(context.trace_flags & kKnownFlags)});
  return header;
}

void TraceContextPropagator::inject(const Context& context, CarrierWriter& carrier) const {
  const SpanContext& span = context.span_context();
  const bool has_state = span.is_valid() && !span.trace_state.is_empty();
  span.is_valid() ? carrier.set("traceparent", traceparent_of(span)) : carrier.remove("traceparent");
  has_state ? carrier.set("tracestate", span.trace_state.to_header()) : carrier.remove("tracestate");
}

// Several parents are none; a trace state that can't be read costs only itself.
Context TraceContextPropagator::extract(const Context& context, const CarrierReader& carrier) const {
  const std::vector<std::string_view> parents = carrier.get_all("traceparent");
  auto span = parents.size() == 1 ? parse_traceparent(trimmed(parents.front())) : std::nullopt;
  if (!span) return context;
  span->trace_state = TraceState::parse(joined(carrier.get_all("tracestate")));
  return context.with_span_context(*std::move(span));
}

}  // namespace ergon::inline v0::telemetry
