#include "telemetry/export/console_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/one_line.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "telemetry/export/quantile.hpp"
#include "telemetry/export/record_text.hpp"
#include "telemetry/export/value_text.hpp"
#include "telemetry/logging/time_text.hpp"

namespace ergon::inline v0::telemetry {

namespace {

// Text of a greater width moves the rest of its row to the right, and no other row.
constexpr std::size_t kWidest = 60;

struct Column {
  std::string_view title;
  bool is_number;
};

constexpr std::array<Column, 10> kColumns{{{"metric", false},
                                           {"attributes", false},
                                           {"value", true},
                                           {"count", true},
                                           {"sum", true},
                                           {"min", true},
                                           {"max", true},
                                           {"p50", true},
                                           {"p95", true},
                                           {"unit", false}}};
// Cells of a row.
constexpr std::size_t kMetric = 0;
constexpr std::size_t kAttributes = 1;
constexpr std::size_t kValue = 2;
constexpr std::size_t kCount = 3;
constexpr std::size_t kSum = 4;
constexpr std::size_t kMin = 5;
constexpr std::size_t kMax = 6;
constexpr std::size_t kP50 = 7;
constexpr std::size_t kP95 = 8;
constexpr std::size_t kUnit = 9;
static_assert(kUnit + 1 == kColumns.size());

using Row = std::array<std::string, kColumns.size()>;
using Widths = std::array<std::size_t, kColumns.size()>;

// Characters; what a terminal makes of them is not known here.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// As short as it may be, and not 0.30000000000000004.
std::string text_of_number(double value) { return fmt::format("{:.15g}", value); }
std::string text_of_number(std::int64_t value) { return fmt::format("{}", value); }

std::string exact(const std::optional<double>& value) {
  return value ? text_of_number(*value) : std::string();
}
std::string about(const std::optional<double>& value) {
  return value ? fmt::format("{:.4g}", *value) : std::string();
}

// The cells of a point's value, one overload for each kind.
struct ValueCells {
  Row& row;
  std::string_view sign;

  void operator()(const NumberData& number) const {
    const std::string text = std::visit([](auto value) { return text_of_number(value); }, number);
    row[kValue] = text.starts_with('-') ? text : std::string(sign) + text;
  }
  template <class Histogram>
  void operator()(const Histogram& histogram) const {
    row[kCount] = std::string(sign) + std::to_string(histogram.count);
    row[kSum] = exact(histogram.sum);
    row[kMin] = exact(histogram.minimum);
    row[kMax] = exact(histogram.maximum);
    row[kP50] = about(estimated_quantile(histogram, 0.5));
    row[kP95] = about(estimated_quantile(histogram, 0.95));
  }
};

Row row_of(const MetricData& metric, const PointData& point) {
  Row row;
  base::append_one_line(row[kMetric], metric.name);
  base::append_one_line(row[kUnit], metric.unit);
  append_attributes(row[kAttributes], text_of(point.attributes));
  if (!row[kAttributes].empty()) row[kAttributes].erase(0, 1);  // the space before the first
  std::visit(ValueCells{row, metric.temporality == Temporality::delta ? "+" : ""}, point.value);
  return row;
}

// 0: no row has anything there.
Widths widths_of(const std::vector<Row>& rows) {
  Widths widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], std::min(width_of(row[i]), kWidest));
  }
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] > 0) widths[i] = std::max(widths[i], kColumns[i].title.size());
  }
  return widths;
}

template <class TextOf>
void append_row(std::string& out, const Widths& widths, TextOf text_of_column) {
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    if (widths[i] == 0) continue;
    const std::string_view text = text_of_column(i);
    const std::size_t width = width_of(text);
    const std::size_t padding = widths[i] > width ? widths[i] - width : 0;
    out.append("  ");
    if (kColumns[i].is_number) out.append(padding, ' ');
    out.append(text);
    if (!kColumns[i].is_number) out.append(padding, ' ');
  }
  out.erase(out.find_last_not_of(' ') + 1);
  out.push_back('\n');
}

void append_heading(std::string& out, const ReadResource& resource, Timestamp time) {
  const auto since_epoch = std::chrono::nanoseconds(time.time_since_epoch());
  out.append("[metrics]");
  append_attribute(out, "service", testing::find(resource.attributes, "service.name"));
  out.append(" time=");
  append_local_time(out, static_cast<std::uint64_t>(since_epoch.count()));
  out.push_back('\n');
}

}  // namespace

std::string points_as_table(const ExportBatch& batch) {
  const ReadMetrics read = read_metrics(batch.request());
  std::vector<Row> rows;
  Timestamp time{};
  for (const MetricData& metric : read.metrics) {
    for (const PointData& point : metric.points) {
      rows.push_back(row_of(metric, point));
      time = std::max(time, point.time);
    }
  }
  std::string out;
  if (rows.empty()) return out;
  append_heading(out, read.resource, time);
  const Widths widths = widths_of(rows);
  append_row(out, widths, [](std::size_t i) { return kColumns[i].title; });
  for (const Row& row : rows)
    append_row(out, widths, [&row](std::size_t i) { return std::string_view(row[i]); });
  return out;
}

}  // namespace ergon::inline v0::telemetry
