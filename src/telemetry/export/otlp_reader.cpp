#include "telemetry/export/otlp_reader.hpp"

#include <protozero/pbf_reader.hpp>

#include <chrono>
#include <utility>

#include "base/pbf_view.hpp"
#include "telemetry/export/value_text.hpp"
#include "telemetry/logging/log_view.hpp"
#include "telemetry/record/any_value_text.hpp"
#include "telemetry/record/read_span.hpp"
#include "telemetry/record/read_values.hpp"

namespace ergon::telemetry {

namespace {

using base::view_of;
using protozero::pbf_reader;

pbf_reader reader_of(std::string_view message) { return {message.data(), message.size()}; }

std::uint64_t nanoseconds_of(Timestamp time) {
  const auto since_epoch = time.time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(since_epoch).count());
}

testing::RecordedSpan recorded(SpanData&& data, const std::string& scope) {
  testing::RecordedSpan span{.scope = scope,
                             .name = std::move(data.name),
                             .context = std::move(data.context),
                             .parent_span_id = data.parent_span_id,
                             .kind = data.kind,
                             .status = data.status,
                             .status_message = std::move(data.status_message),
                             .start_unix_nanoseconds = nanoseconds_of(data.start),
                             .end_unix_nanoseconds = nanoseconds_of(data.end),
                             .attributes = text_of(data.attributes),
                             .events = {},
                             .links = {}};
  for (EventData& event : data.events)
    span.events.push_back({std::move(event.name), text_of(event.attributes), nanoseconds_of(event.time)});
  for (LinkData& link : data.links) span.links.push_back({std::move(link.context), text_of(link.attributes)});
  return span;
}

testing::RecordedLog recorded(const LogView& view) {
  testing::RecordedLog log;
  log.unix_nanoseconds = view.unix_nanoseconds;
  log.level = view.level;
  log.logger = view.logger;
  log.event_name = view.event_name;
  log.message = view.text;
  for_each_attribute(view, [&log](std::string_view key, std::string_view value) {
    append_plain_value(log.attributes.emplace_back(key, std::string()).second, value);
  });
  log.context.trace_flags = view.trace_flags;
  read_id(log.context.trace_id, view.trace_id);
  read_id(log.context.span_id, view.span_id);
  return log;
}

// NumberDataPoint and HistogramDataPoint share no field number with different types that we write.
testing::RecordedPoint read_point(pbf_reader message, std::uint32_t attributes_field) {
  testing::RecordedPoint point;
  DataAttributes attributes;
  const bool is_histogram = attributes_field == 9;
  while (message.next()) {
    const std::uint32_t field = message.tag();
    if (field == attributes_field) {
      attributes.push_back(read_data_attribute(view_of(message.get_view())));
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
  point.attributes = text_of(attributes);
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
        resource.attributes = text_of(read_data_attributes(view_of(groups.get_view())));
        continue;
      }
      std::string scope;
      for (pbf_reader group = groups.get_message(); group.next();) {
        if (group.tag() == 1) {
          scope = read_scope_name(group.get_message());
        } else if (group.tag() == 2) {
          visit(view_of(group.get_view()), scope);
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
  read.resource = walk(request, [&](std::string_view message, const std::string& scope) {
    read.spans.push_back(recorded(read_span_data(message), scope));
  });
  return read;
}

ReadLogs read_logs(std::string_view request) {
  ReadLogs read;
  read.resource = walk(request, [&](std::string_view message, const std::string& scope) {
    read.logs.push_back(recorded(view_log(message, scope)));
  });
  return read;
}

ReadPoints read_points(std::string_view request) {
  ReadPoints read;
  read.resource = walk(request, [&](std::string_view message, const std::string& scope) {
    read_metric(reader_of(message), scope, read.points);
  });
  return read;
}

}  // namespace ergon::telemetry
