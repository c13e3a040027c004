#include "telemetry/metrics/collector.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/wire.hpp"
#include "telemetry/metrics/cell_table.hpp"
#include "telemetry/record/thread_block.hpp"

namespace ergon::telemetry {

namespace wire = base::wire;

namespace {

constexpr std::uint32_t kSum = 7;
constexpr std::uint32_t kHistogram = 9;
constexpr std::uint64_t kCumulative = 2;

// A metric of more is cut into several messages, so that requests of at most 4 MiB are well filled.
constexpr std::size_t kMostPointBytes = 1U << 20U;

// Calls `visit` for the series' cell in each thread that has one.
template <class Visit>
void for_each_cell(const Series& series, Visit visit) {
  for (const ThreadBlock* block = g_threads.first(); block != nullptr; block = block->next) {
    const CellTable* cells = block->cells.load(std::memory_order_acquire);
    if (cells == nullptr) continue;
    const CellTable::Cell cell = cells->at(series);
    if (cell.any != nullptr) visit(cell);
  }
}

// The clock may have been set back since the series began.
void append_times(std::string& point, const Series& series, std::uint64_t now) {
  const std::uint64_t start = series.start_unix_nanoseconds.load(std::memory_order_relaxed);
  wire::append_fixed(point, 2, start);
  wire::append_fixed(point, 3, std::max(now, start));
}

template <class T>
bool add_up(const Series& series, T& total) {
  bool is_used = false;
  for_each_cell(series, [&](CellTable::Cell cell) {
    is_used |= cell.sum->is_used.load(std::memory_order_relaxed);
    total = sum_of(total, std::bit_cast<T>(cell.sum->bits.load(std::memory_order_relaxed)));
  });
  return is_used;
}

// NumberDataPoint; empty when nothing was recorded.
std::string sum_point(const Series& series, std::uint64_t now) {
  std::string point;
  if (series.instrument->is_floating) {
    double total = 0;
    if (!add_up(series, total)) return {};
    append_times(point, series, now);
    wire::append_fixed(point, 4, total);
  } else {
    std::int64_t total = 0;
    if (!add_up(series, total)) return {};
    append_times(point, series, now);
    wire::append_fixed(point, 6, total);
  }
  point.append(series.attributes);
  return point;
}

template <class T>
void append_packed(std::string& point, std::uint32_t field, const std::vector<T>& values) {
  wire::append_field(point, field, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
}

// HistogramDataPoint; empty when nothing was recorded.
std::string histogram_point(const Series& series, std::uint64_t now) {
  HistogramCell::Value total;
  total.buckets.resize(series.instrument->boundaries.size() + 1);
  for_each_cell(series, [&](CellTable::Cell cell) {
    const HistogramCell::Value value = cell.histogram->read();
    if (value.count == 0) return;
    total.minimum = total.count == 0 ? value.minimum : std::min(total.minimum, value.minimum);
    total.maximum = total.count == 0 ? value.maximum : std::max(total.maximum, value.maximum);
    total.count += value.count;
    total.sum += value.sum;
    for (std::size_t i = 0; i < total.buckets.size(); ++i) total.buckets[i] += value.buckets[i];
  });
  if (total.count == 0) return {};
  std::string point;
  append_times(point, series, now);
  wire::append_fixed(point, 4, total.count);
  wire::append_fixed(point, 5, total.sum);
  append_packed(point, 6, total.buckets);
  append_packed(point, 7, series.instrument->boundaries);
  point.append(series.attributes);
  wire::append_fixed(point, 11, total.minimum);
  wire::append_fixed(point, 12, total.maximum);
  return point;
}

// `data_points` are fields of Sum or Histogram.
CollectedMetric metric_of(const detail::Instrument& instrument, std::string data_points,
                          std::uint64_t count) {
  const bool is_histogram = instrument.kind == detail::InstrumentKind::histogram;
  CollectedMetric metric{instrument.scope, {}, count};
  wire::append_number(data_points, 2, kCumulative);
  if (!is_histogram) wire::append_number(data_points, 3, 1);  // monotonic
  wire::append_field(metric.message, 1, instrument.name);
  if (!instrument.description.empty()) wire::append_field(metric.message, 2, instrument.description);
  if (!instrument.unit.empty()) wire::append_field(metric.message, 3, instrument.unit);
  wire::append_field(metric.message, is_histogram ? kHistogram : kSum, data_points);
  return metric;
}

void collect(const InstrumentRegistry::InstrumentSeries& all, std::uint64_t now,
             std::vector<CollectedMetric>& metrics) {
  const detail::Instrument& instrument = *all.instrument;
  const bool is_histogram = instrument.kind == detail::InstrumentKind::histogram;
  std::string data_points;
  std::uint64_t count = 0;
  for (const Series* series : all.series) {
    const std::string point = is_histogram ? histogram_point(*series, now) : sum_point(*series, now);
    if (point.empty()) continue;
    if (count > 0 && data_points.size() + point.size() > kMostPointBytes) {
      metrics.push_back(metric_of(instrument, std::exchange(data_points, {}), std::exchange(count, 0)));
    }
    wire::append_field(data_points, 1, point);
    ++count;
  }
  if (count > 0) metrics.push_back(metric_of(instrument, std::move(data_points), count));
}

}  // namespace

std::vector<CollectedMetric> collect_metrics(std::uint64_t now) {
  std::vector<CollectedMetric> metrics;
  for (const auto& one : InstrumentRegistry::instance().snapshot()) collect(one, now, metrics);
  return metrics;
}

void reset_metrics_in_child(std::uint64_t now) {
  InstrumentRegistry& registry = InstrumentRegistry::instance();
  registry.restart_series(now);
  registry.unlock_after_fork();
  const auto all = registry.snapshot();
  for (ThreadBlock* block = g_threads.first(); block != nullptr; block = block->next) {
    if (CellTable* cells = block->cells.load(std::memory_order_relaxed)) cells->reset(all);
  }
}

}  // namespace ergon::telemetry
