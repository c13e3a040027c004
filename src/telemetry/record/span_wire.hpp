#pragma once

#include <cstdint>
#include <cstring>
#include <protozero/pbf_reader.hpp>

#include <ergon/telemetry/span.hpp>

namespace ergon::telemetry {

// Reading OTLP's Span: what all that read it have in common.

template <class Id>
void read_id(Id& id, protozero::pbf_reader& message) {
  const protozero::data_view bytes = message.get_view();
  if (bytes.size() == id.bytes.size()) std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
}

/// Of Span and Link: whether the field was of the context. Its flags have other numbers in each.
inline bool read_context(SpanContext& context, protozero::pbf_reader& message) {
  switch (message.tag()) {
    case 1:
      read_id(context.trace_id, message);
      return true;
    case 2:
      read_id(context.span_id, message);
      return true;
    case 3:
      context.trace_state = TraceState::parse(message.get_string());
      return true;
    default:
      return false;
  }
}

/// The same of a Span, with its parent's id.
template <class Span>
bool read_ids(Span& span, protozero::pbf_reader& message) {
  if (message.tag() != 4) return read_context(span.context, message);
  read_id(span.parent_span_id, message);
  return true;
}

/// Flags of Span and Link: those of W3C, and whether the span's parent, or what the link leads to, is remote.
struct WireFlags {
  std::uint8_t trace_flags;
  bool is_remote;
};

inline WireFlags read_flags(protozero::pbf_reader& message) {
  constexpr std::uint32_t kIsRemote = 0x200;
  const std::uint32_t flags = message.get_fixed32();
  return {static_cast<std::uint8_t>(flags), (flags & kIsRemote) != 0};
}

/// Status, into a span's `status` and `status_message`.
template <class Span>
void read_status(Span& span, protozero::pbf_reader status) {
  while (status.next()) {
    if (status.tag() == 2) {
      span.status_message = status.get_string();
    } else if (status.tag() == 3) {
      span.status = static_cast<StatusCode>(status.get_enum());
    } else {
      status.skip();
    }
  }
}

}  // namespace ergon::telemetry
