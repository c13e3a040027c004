#include "telemetry/record/read_span.hpp"

#include <protozero/pbf_reader.hpp>

#include <chrono>
#include <utility>

#include "telemetry/record/span_wire.hpp"

namespace ergon::telemetry {

namespace {

using protozero::pbf_reader;

std::string_view view_of(const protozero::data_view& data) { return {data.data(), data.size()}; }

Timestamp time_of(std::uint64_t unix_nanoseconds) {
  const std::chrono::nanoseconds since_epoch(unix_nanoseconds);
  return Timestamp(std::chrono::duration_cast<Timestamp::duration>(since_epoch));
}

DataValue read_value(pbf_reader any, int depth);

DataAttribute read_pair(pbf_reader pair, int depth) {
  DataAttribute attribute;
  while (pair.next()) {
    if (pair.tag() == 1) {
      attribute.key = pair.get_string();
    } else {
      attribute.value = read_value(pair.get_message(), depth);
    }
  }
  return attribute;
}

// ArrayValue and KeyValueList, {values = 1}
DataValue read_list(pbf_reader list, bool is_map, int depth) {
  if (is_map) {
    DataValue::Map map;
    while (list.next(1)) map.push_back(read_pair(list.get_message(), depth));
    return {std::move(map)};
  }
  DataValue::Array array;
  while (list.next(1)) array.push_back(read_value(list.get_message(), depth));
  return {std::move(array)};
}

// AnyValue. Values are nested 30 deep at most.
DataValue read_value(pbf_reader any, int depth) {
  constexpr int kMostDepth = 100;
  if (depth > kMostDepth || !any.next()) return {};
  switch (any.tag()) {
    case 1:
      return {any.get_string()};
    case 2:
      return {any.get_bool()};
    case 3:
      return {any.get_int64()};
    case 4:
      return {any.get_double()};
    case 5:
      return read_list(any.get_message(), false, depth + 1);
    case 6:
      return read_list(any.get_message(), true, depth + 1);
    case 7: {
      const std::string_view bytes = view_of(any.get_view());
      const auto* first = reinterpret_cast<const std::byte*>(bytes.data());
      return {DataValue::Bytes(first, first + bytes.size())};
    }
    default:
      return {};
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
        event.attributes.push_back(read_pair(message.get_message(), 0));
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
        link.attributes.push_back(read_pair(message.get_message(), 0));
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
  if (message.tag() != 16) return read_ids(span, message);
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
      span.attributes.push_back(read_pair(message.get_message(), 0));
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

DataAttributes read_data_attributes(std::string_view message) {
  DataAttributes attributes;
  pbf_reader reader(message.data(), message.size());
  while (reader.next(1)) attributes.push_back(read_pair(reader.get_message(), 0));
  return attributes;
}

ScopeData read_scope_data(std::string_view message) {
  ScopeData scope;
  pbf_reader reader(message.data(), message.size());
  while (reader.next()) {
    if (reader.tag() == 1) {
      scope.name = reader.get_string();
    } else if (reader.tag() == 2) {
      scope.version = reader.get_string();
    } else if (reader.tag() == 3) {
      scope.attributes.push_back(read_pair(reader.get_message(), 0));
    } else {
      reader.skip();
    }
  }
  return scope;
}

}  // namespace ergon::telemetry
