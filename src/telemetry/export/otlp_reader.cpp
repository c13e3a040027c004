#include "telemetry/export/otlp_reader.hpp"

#include <protozero/pbf_reader.hpp>

#include "telemetry/export/otlp_values.hpp"
#include "telemetry/logging/log_encoder.hpp"
#include "telemetry/record/span_wire.hpp"

namespace ergon::telemetry {

namespace {

using protozero::pbf_reader;
using testing::RecordedAttributes;

testing::RecordedEvent read_event(pbf_reader message) {
  testing::RecordedEvent event;
  while (message.next()) {
    if (message.tag() == 1) {
      event.unix_nanoseconds = message.get_fixed64();
    } else if (message.tag() == 2) {
      event.name = message.get_string();
    } else if (message.tag() == 3) {
      add_attribute(event.attributes, message.get_message());
    } else {
      message.skip();
    }
  }
  return event;
}

testing::RecordedLink read_link(pbf_reader message) {
  testing::RecordedLink link;
  while (message.next()) {
    if (read_context(link.context, message)) continue;
    if (message.tag() == 4) {
      add_attribute(link.attributes, message.get_message());
    } else if (message.tag() == 6) {
      const WireFlags flags = read_flags(message);
      link.context.trace_flags = flags.trace_flags;
      link.context.is_remote = flags.is_remote;
    } else {
      message.skip();
    }
  }
  return link;
}

testing::RecordedSpan read_span(pbf_reader message) {
  testing::RecordedSpan span;
  while (message.next()) {
    if (read_ids(span, message)) continue;
    switch (message.tag()) {
      case 5:
        span.name = message.get_string();
        break;
      case 6:
        span.kind = static_cast<SpanKind>(message.get_enum());
        break;
      case 7:
        span.start_unix_nanoseconds = message.get_fixed64();
        break;
      case 8:
        span.end_unix_nanoseconds = message.get_fixed64();
        break;
      case 9:
        add_attribute(span.attributes, message.get_message());
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
      case 16:
        span.context.trace_flags = read_flags(message).trace_flags;
        break;
      default:
        message.skip();
    }
  }
  return span;
}

testing::RecordedLog read_log(pbf_reader message, RecordedAttributes& json_attributes) {
  testing::RecordedLog log;
  while (message.next()) {
    switch (message.tag()) {
      case 1:
        log.unix_nanoseconds = message.get_fixed64();
        break;
      case 2:
        log.level = level_of_severity(static_cast<std::uint64_t>(message.get_enum()));
        break;
      case 5:
        log.message = read_value(view_of(message.get_view()), true);
        break;
      case 6: {
        const auto pair = message.get_view();
        add_attribute(log.attributes, pbf_reader(pair));
        add_attribute(json_attributes, pbf_reader(pair), false);
        break;
      }
      case 8:
        log.context.trace_flags = static_cast<std::uint8_t>(message.get_fixed32());
        break;
      case 9:
        read_id(log.context.trace_id, message);
        break;
      case 10:
        read_id(log.context.span_id, message);
        break;
      default:
        message.skip();
    }
  }
  return log;
}

// NumberDataPoint and HistogramDataPoint share no field number with different types that we write.
testing::RecordedPoint read_point(pbf_reader message, std::uint32_t attributes_field) {
  testing::RecordedPoint point;
  const bool is_histogram = attributes_field == 9;
  while (message.next()) {
    const std::uint32_t field = message.tag();
    if (field == attributes_field) {
      add_attribute(point.attributes, message.get_message());
    } else if (field == 4 && is_histogram) {
      point.count = message.get_fixed64();
    } else if (field == 4) {
      point.value = message.get_double();
    } else if (field == 5) {
      point.sum = message.get_double();
    } else if (field == 6 && is_histogram) {
      for (const auto count : message.get_packed_fixed64()) point.buckets.push_back(count);
    } else if (field == 6) {
      point.value = static_cast<double>(message.get_sfixed64());
    } else {
      message.skip();
    }
  }
  return point;
}

void read_metric(pbf_reader message, const std::string& scope, std::vector<testing::RecordedPoint>& points) {
  std::string name;
  std::string unit;
  while (message.next()) {
    if (message.tag() == 1) {
      name = message.get_string();
    } else if (message.tag() == 3) {
      unit = message.get_string();
    } else if (message.tag() == 7 || message.tag() == 9) {
      const std::uint32_t attributes_field = message.tag() == 9 ? 9 : 7;
      for (pbf_reader data = message.get_message(); data.next();) {
        if (data.tag() != 1) {
          data.skip();
          continue;
        }
        testing::RecordedPoint& point = points.emplace_back(read_point(data.get_message(), attributes_field));
        point.scope = scope;
        point.name = name;
        point.unit = unit;
      }
    } else {
      message.skip();
    }
  }
}

std::string read_scope_name(pbf_reader scope) { return scope.next(1) ? scope.get_string() : std::string(); }

// Walks Export…ServiceRequest; `visit(message, scope name)` for each record.
template <class Visit>
ReadResource walk(std::string_view request, Visit visit) try {
  ReadResource resource;
  pbf_reader message(request.data(), request.size());
  while (message.next(1)) {
    for (pbf_reader groups = message.get_message(); groups.next();) {
      if (groups.tag() == 1) {
        for (pbf_reader one = groups.get_message(); one.next(1);) {
          const auto pair = one.get_view();
          add_attribute(resource.attributes, pbf_reader(pair));
          add_attribute(resource.json_attributes, pbf_reader(pair), false);
        }
        continue;
      }
      std::string scope;
      for (pbf_reader group = groups.get_message(); group.next();) {
        if (group.tag() == 1) {
          scope = read_scope_name(group.get_message());
        } else if (group.tag() == 2) {
          visit(group.get_message(), scope);
        } else {
          group.skip();
        }
      }
    }
  }
  return resource;
} catch (const protozero::exception&) {
  return {};
}

}  // namespace

ReadSpans read_spans(std::string_view request) {
  ReadSpans read;
  read.resource = walk(request, [&](pbf_reader message, const std::string& scope) {
    read.spans.push_back(read_span(message));
    read.spans.back().scope = scope;
  });
  return read;
}

ReadLogs read_logs(std::string_view request) {
  ReadLogs read;
  read.resource = walk(request, [&](pbf_reader message, const std::string& scope) {
    read.logs.push_back(read_log(message, read.json_attributes.emplace_back()));
    read.logs.back().logger = scope;
  });
  return read;
}

ReadPoints read_points(std::string_view request) {
  ReadPoints read;
  read.resource = walk(request, [&](pbf_reader message, const std::string& scope) {
    read_metric(message, scope, read.points);
  });
  return read;
}

}  // namespace ergon::telemetry
