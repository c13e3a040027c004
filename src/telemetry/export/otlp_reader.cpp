#include "telemetry/export/otlp_reader.hpp"

#include <protozero/pbf_reader.hpp>

#include <chrono>
#include <utility>

#include "base/pbf_view.hpp"
#include "telemetry/export/read_metric.hpp"
#include "telemetry/export/value_text.hpp"
#include "telemetry/logging/log_view.hpp"
#include "telemetry/metrics/read_metric_data.hpp"
#include "telemetry/record/any_value_text.hpp"
#include "telemetry/record/read_span.hpp"
#include "telemetry/record/read_values.hpp"

namespace ergon::inline v0::telemetry {

namespace {

using base::view_of;
using protozero::pbf_reader;

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
      if (groups.tag() != 2) {
        groups.skip();
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
    read_metric(message, scope, read.points);
  });
  return read;
}

ReadMetrics read_metrics(std::string_view request) {
  ReadMetrics read;
  read.resource = walk(request, [&](std::string_view message, const std::string& /*scope*/) {
    read.metrics.push_back(read_metric_data(message));
  });
  return read;
}

}  // namespace ergon::inline v0::telemetry
