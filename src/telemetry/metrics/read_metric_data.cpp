#include "telemetry/metrics/read_metric_data.hpp"

#include <protozero/pbf_reader.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/pbf_view.hpp"
#include "telemetry/record/read_values.hpp"

namespace ergon::inline v0::telemetry {

namespace {

using base::view_of;
using protozero::pbf_reader;

Timestamp timestamp(std::uint64_t unix_nanoseconds) {
  const std::chrono::nanoseconds since_epoch(static_cast<std::int64_t>(unix_nanoseconds));
  return Timestamp(std::chrono::duration_cast<Timestamp::duration>(since_epoch));
}

void read_id_field(pbf_reader& message, auto& id) { read_id(id, view_of(message.get_view())); }

ExemplarData read_exemplar(pbf_reader message) {
  ExemplarData exemplar;
  while (message.next()) {
    switch (message.tag()) {
      case 2:
        exemplar.time = timestamp(message.get_fixed64());
        break;
      case 3:
        exemplar.value = message.get_double();
        break;
      case 4:
        read_id_field(message, exemplar.context.span_id);
        break;
      case 5:
        read_id_field(message, exemplar.context.trace_id);
        break;
      case 6:
        exemplar.value = message.get_sfixed64();
        break;
      case 7:
        exemplar.filtered_attributes.push_back(read_data_attribute(view_of(message.get_view())));
        break;
      default:
        message.skip();
    }
  }
  return exemplar;
}

// What points of every kind have, whose numbers differ; 2 and 3 are the times of all of them.
struct CommonFields {
  std::uint32_t attributes;
  std::uint32_t exemplars;
};

// Whether the field was one of those.
bool read_common(pbf_reader& message, const CommonFields& fields, PointData& point) {
  const std::uint32_t field = message.tag();
  if (field == 2) {
    point.start = timestamp(message.get_fixed64());
  } else if (field == 3) {
    point.time = timestamp(message.get_fixed64());
  } else if (field == fields.attributes) {
    point.attributes.push_back(read_data_attribute(view_of(message.get_view())));
  } else if (field == fields.exemplars) {
    point.exemplars.push_back(read_exemplar(message.get_message()));
  } else {
    return false;
  }
  return true;
}

void read_number(pbf_reader& message, PointData& point) {
  if (message.tag() == 4) {
    point.value = NumberData(message.get_double());
  } else if (message.tag() == 6) {
    point.value = NumberData(message.get_sfixed64());
  } else {
    message.skip();
  }
}

void read_histogram(pbf_reader& message, HistogramData& histogram) {
  switch (message.tag()) {
    case 4:
      histogram.count = message.get_fixed64();
      break;
    case 5:
      histogram.sum = message.get_double();
      break;
    case 6:
      for (const auto count : message.get_packed_fixed64()) histogram.bucket_counts.push_back(count);
      break;
    case 7:
      for (const double boundary : message.get_packed_double()) histogram.boundaries.push_back(boundary);
      break;
    case 11:
      histogram.minimum = message.get_double();
      break;
    case 12:
      histogram.maximum = message.get_double();
      break;
    default:
      message.skip();
  }
}

ExponentialBucketsData read_buckets(pbf_reader message) {
  ExponentialBucketsData buckets;
  while (message.next()) {
    if (message.tag() == 1) {
      buckets.offset = message.get_sint32();
    } else if (message.tag() == 2) {
      for (const auto count : message.get_packed_uint64()) buckets.counts.push_back(count);
    } else {
      message.skip();
    }
  }
  return buckets;
}

// What explicit histograms have, too.
bool read_summary(pbf_reader& message, ExponentialHistogramData& histogram) {
  switch (message.tag()) {
    case 4:
      histogram.count = message.get_fixed64();
      return true;
    case 5:
      histogram.sum = message.get_double();
      return true;
    case 12:
      histogram.minimum = message.get_double();
      return true;
    case 13:
      histogram.maximum = message.get_double();
      return true;
    default:
      return false;
  }
}

void read_exponential(pbf_reader& message, ExponentialHistogramData& histogram) {
  if (read_summary(message, histogram)) return;
  switch (message.tag()) {
    case 6:
      histogram.scale = message.get_sint32();
      break;
    case 7:
      histogram.zero_count = message.get_fixed64();
      break;
    case 8:
      histogram.positive = read_buckets(message.get_message());
      break;
    case 9:
      histogram.negative = read_buckets(message.get_message());
      break;
    default:
      message.skip();
  }
}

PointData read_point(pbf_reader message, MetricKind kind) {
  PointData point;
  if (kind == MetricKind::histogram) {
    auto& histogram = point.value.emplace<HistogramData>();
    while (message.next()) {
      if (!read_common(message, {.attributes = 9, .exemplars = 8}, point)) read_histogram(message, histogram);
    }
  } else if (kind == MetricKind::exponential_histogram) {
    auto& histogram = point.value.emplace<ExponentialHistogramData>();
    while (message.next()) {
      if (!read_common(message, {.attributes = 1, .exemplars = 11}, point))
        read_exponential(message, histogram);
    }
  } else {
    while (message.next()) {
      if (!read_common(message, {.attributes = 7, .exemplars = 5}, point)) read_number(message, point);
    }
  }
  return point;
}

std::optional<MetricKind> kind_of(std::uint32_t field) {
  switch (field) {
    case 5:
      return MetricKind::gauge;
    case 7:
      return MetricKind::sum;
    case 9:
      return MetricKind::histogram;
    case 10:
      return MetricKind::exponential_histogram;
    default:
      return std::nullopt;
  }
}

// Gauge, Sum, Histogram or ExponentialHistogram: data_points = 1, aggregation_temporality = 2, is_monotonic =
// 3.
void read_data(pbf_reader data, MetricData& metric) {
  while (data.next()) {
    if (data.tag() == 1) {
      metric.points.push_back(read_point(data.get_message(), metric.kind));
    } else if (data.tag() == 2) {
      metric.temporality = data.get_enum() == 1 ? Temporality::delta : Temporality::cumulative;
    } else if (data.tag() == 3) {
      metric.is_monotonic = data.get_bool();
    } else {
      data.skip();
    }
  }
}

}  // namespace

MetricData read_metric_data(std::string_view bytes) {
  MetricData metric;
  for (pbf_reader message(bytes.data(), bytes.size()); message.next();) {
    if (message.tag() == 1) {
      metric.name = message.get_string();
    } else if (message.tag() == 2) {
      metric.description = message.get_string();
    } else if (message.tag() == 3) {
      metric.unit = message.get_string();
    } else if (const auto kind = kind_of(message.tag())) {
      metric.kind = *kind;
      read_data(message.get_message(), metric);
    } else {
      message.skip();
    }
  }
  return metric;
}

}  // namespace ergon::inline v0::telemetry
