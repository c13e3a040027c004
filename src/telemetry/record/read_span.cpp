#include "telemetry/record/read_span.hpp"

#include <protozero/pbf_reader.hpp>

#include <chrono>

#include "base/pbf_view.hpp"
#include "telemetry/record/read_values.hpp"

namespace ergon::inline v0::telemetry {

namespace {

using base::view_of;
using protozero::pbf_reader;

Timestamp time_of(std::uint64_t unix_nanoseconds) {
  const std::chrono::nanoseconds since_epoch(unix_nanoseconds);
  return Timestamp(std::chrono::duration_cast<Timestamp::duration>(since_epoch));
}

DataAttribute read_attribute(pbf_reader& message) { return read_data_attribute(view_of(message.get_view())); }

// Of Span and Link: whether the field was of the context. Its flags have other numbers in each.
bool read_context(SpanContext& context, pbf_reader& message) {
  switch (message.tag()) {
    case 1:
      read_id(context.trace_id, view_of(message.get_view()));
      return true;
    case 2:
      read_id(context.span_id, view_of(message.get_view()));
      return true;
    case 3:
      context.trace_state = TraceState::parse(message.get_string());
      return true;
    default:
      return false;
  }
}

// Flags of Span and Link: those of W3C, and whether the span's parent, or what the link leads to, is remote.
struct WireFlags {
  std::uint8_t trace_flags;
  bool is_remote;
};

WireFlags read_flags(pbf_reader& message) {
  constexpr std::uint32_t kIsRemote = 0x200;
  const std::uint32_t flags = message.get_fixed32();
  return {static_cast<std::uint8_t>(flags), (flags & kIsRemote) != 0};
}

void read_status(SpanData& span, pbf_reader status) {
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

EventData read_event(pbf_reader message) {
  EventData event;
  while (message.next()) {
    switch (message.tag()) {
      case 1:
        event.time = time_of(message.get_fixed64());
        break;
      case 2:
        event.name = message.get_string();
        break;
      case 3:
        event.attributes.push_back(read_attribute(message));
        break;
      case 4:
        event.dropped_attributes = message.get_uint32();
        break;
      default:
        message.skip();
    }
  }
  return event;
}

LinkData read_link(pbf_reader message) {
  LinkData link;
  while (message.next()) {
    if (read_context(link.context, message)) continue;
    switch (message.tag()) {
      case 4:
        link.attributes.push_back(read_attribute(message));
        break;
      case 5:
        link.dropped_attributes = message.get_uint32();
        break;
      case 6: {
        const WireFlags flags = read_flags(message);
        link.context.trace_flags = flags.trace_flags;
        link.context.is_remote = flags.is_remote;
        break;
      }
      default:
        message.skip();
    }
  }
  return link;
}

bool read_identity(SpanData& span, pbf_reader& message) {
  if (read_context(span.context, message)) return true;
  if (message.tag() == 4) {
    read_id(span.parent_span_id, view_of(message.get_view()));
    return true;
  }
  if (message.tag() != 16) return false;
  const WireFlags flags = read_flags(message);
  span.context.trace_flags = flags.trace_flags;
  span.parent_is_remote = flags.is_remote;
  return true;
}

bool read_counts(SpanData& span, pbf_reader& message) {
  switch (message.tag()) {
    case 10:
      span.dropped_attributes = message.get_uint32();
      return true;
    case 12:
      span.dropped_events = message.get_uint32();
      return true;
    case 14:
      span.dropped_links = message.get_uint32();
      return true;
    default:
      return false;
  }
}

void read_field(SpanData& span, pbf_reader& message) {
  switch (message.tag()) {
    case 5:
      span.name = message.get_string();
      break;
    case 6:
      span.kind = static_cast<SpanKind>(message.get_enum());
      break;
    case 7:
      span.start = time_of(message.get_fixed64());
      break;
    case 8:
      span.end = time_of(message.get_fixed64());
      break;
    case 9:
      span.attributes.push_back(read_attribute(message));
      break;
    case 11:
      span.events.push_back(read_event(message.get_message()));
      break;
    case 13:
      span.links.push_back(read_link(message.get_message()));
      break;
    case 15:
      read_status(span, message.get_message());
      break;
    default:
      message.skip();
  }
}

}  // namespace

SpanData read_span_data(std::string_view message) {
  SpanData span;
  pbf_reader reader(message.data(), message.size());
  while (reader.next()) {
    if (!read_identity(span, reader) && !read_counts(span, reader)) read_field(span, reader);
  }
  return span;
}

}  // namespace ergon::inline v0::telemetry
