#include "telemetry/metrics/points.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/wire.hpp"

namespace ergon::inline v0::telemetry {

namespace wire = base::wire;

namespace {

constexpr std::uint32_t kGauge = 5;
constexpr std::uint32_t kSum = 7;
constexpr std::uint32_t kHistogram = 9;
constexpr std::uint32_t kExponentialHistogram = 10;
constexpr std::uint64_t kDelta = 1;
constexpr std::uint64_t kCumulative = 2;

// A metric of more is cut into several messages, so that requests of at most 4 MiB are well filled.
constexpr std::size_t kMostPointBytes = 1U << 20U;

// The clock may have been set back since the start.
std::string begin_point(const PointHead& head) {
  std::string point;
  if (head.start_unix_nanoseconds > 0) wire::append_fixed(point, 2, head.start_unix_nanoseconds);
  wire::append_fixed(point, 3, std::max(head.unix_nanoseconds, head.start_unix_nanoseconds));
  return point;
}

template <class T>
void append_packed(std::string& point, std::uint32_t field, const std::vector<T>& values) {
  wire::append_field(point, field, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
}

std::uint64_t zigzag(std::int32_t value) {
  return (static_cast<std::uint32_t>(value) << 1U) ^ (value < 0 ? UINT32_MAX : 0U);
}

void append_buckets(std::string& point, std::uint32_t field, ExponentialBuckets buckets) {
  buckets.trim();
  if (buckets.is_empty()) return;
  std::string message;
  if (buckets.offset != 0) wire::append_number(message, 1, zigzag(buckets.offset));
  std::string counts;
  for (const std::uint64_t count : buckets.counts) wire::append_varint(counts, count);
  wire::append_field(message, 2, counts);
  wire::append_field(point, field, message);
}

// Exemplar: time_unix_nano = 2, as_double = 3, span_id = 4, trace_id = 5, as_int = 6, filtered_attributes =
// 7, whose tag is kGivenTag.
void append_exemplars(std::string& point, std::uint32_t field, const PointExemplars& all) {
  for (const Exemplar& one : all.exemplars) {
    std::string message;
    wire::append_fixed(message, 2, one.unix_nanoseconds);
    wire::append_fixed(message, all.is_floating ? 3 : 6, one.bits);
    if (one.span_id != 0) {
      wire::append_field(message, 4, {reinterpret_cast<const char*>(&one.span_id), sizeof one.span_id});
      wire::append_field(message, 5, {reinterpret_cast<const char*>(one.trace_id), sizeof one.trace_id});
    }
    if (one.dropped != nullptr) message.append(*one.dropped);
    wire::append_field(point, field, message);
  }
}

bool has_extremes(const Storage& storage, double minimum, double maximum) {
  return storage.aggregation.has_min_max && minimum <= maximum;
}

std::uint32_t data_field(const Storage& storage) {
  switch (storage.aggregation.kind) {
    case Aggregation::Kind::last_value:
      return kGauge;
    case Aggregation::Kind::explicit_buckets:
      return kHistogram;
    case Aggregation::Kind::exponential_buckets:
      return kExponentialHistogram;
    default:
      return kSum;
  }
}

}  // namespace

std::string number_point(const PointHead& head, NumberBits value, const PointExemplars& exemplars) {
  std::string point = begin_point(head);
  wire::append_fixed(point, value.is_floating ? 4 : 6, value.bits);
  append_exemplars(point, 5, exemplars);
  point.append(head.attributes);
  return point;
}

std::string histogram_point(const PointHead& head, const Storage& storage, const ExplicitHistogram& value,
                            const PointExemplars& exemplars) {
  std::string point = begin_point(head);
  wire::append_fixed(point, 4, value.count);
  if (!storage.instrument->may_fall()) wire::append_fixed(point, 5, value.sum);
  append_packed(point, 6, value.buckets);
  if (!storage.aggregation.boundaries.empty()) append_packed(point, 7, storage.aggregation.boundaries);
  append_exemplars(point, 8, exemplars);
  point.append(head.attributes);
  if (has_extremes(storage, value.extremes.minimum, value.extremes.maximum)) {
    wire::append_fixed(point, 11, value.extremes.minimum);
    wire::append_fixed(point, 12, value.extremes.maximum);
  }
  return point;
}

std::string exponential_point(const PointHead& head, const Storage& storage,
                              const ExponentialHistogram& value, const PointExemplars& exemplars) {
  std::string point = begin_point(head);
  wire::append_fixed(point, 4, value.count);
  if (!storage.instrument->may_fall()) wire::append_fixed(point, 5, value.sum);
  if (value.scale != 0) wire::append_number(point, 6, zigzag(value.scale));
  if (value.zero_count != 0) wire::append_fixed(point, 7, value.zero_count);
  append_buckets(point, 8, value.positive);
  append_buckets(point, 9, value.negative);
  append_exemplars(point, 11, exemplars);
  point.append(head.attributes);
  if (has_extremes(storage, value.minimum, value.maximum)) {
    wire::append_fixed(point, 12, value.minimum);
    wire::append_fixed(point, 13, value.maximum);
  }
  return point;
}

void MetricMessages::add(std::string_view point) {
  if (count_ > 0 && data_points_.size() + point.size() > kMostPointBytes) finish();
  wire::append_field(data_points_, 1, point);
  ++count_;
  if (--room_.left > 0) return;
  finish();
  room_.left = room_.max_points;
}

void MetricMessages::finish() {
  if (count_ == 0) return;
  const detail::Instrument& instrument = *stream_.storage->instrument;
  const std::uint32_t field = data_field(*stream_.storage);
  if (field != kGauge) wire::append_number(data_points_, 2, stream_.is_delta ? kDelta : kCumulative);
  if (field == kSum && !instrument.may_fall()) wire::append_number(data_points_, 3, 1);  // monotonic
  CollectedMetric& metric = to_.emplace_back(CollectedMetric{instrument.scope, {}, count_});
  wire::append_field(metric.message, 1, stream_.name);
  if (!stream_.description.empty()) wire::append_field(metric.message, 2, stream_.description);
  if (!instrument.unit.empty()) wire::append_field(metric.message, 3, instrument.unit);
  wire::append_field(metric.message, field, data_points_);
  data_points_.clear();
  count_ = 0;
}

}  // namespace ergon::inline v0::telemetry
