#include <ergon/testing/in_memory_store.hpp>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "telemetry/export/memory_store.hpp"
#include "telemetry/export/otlp_reader.hpp"

namespace ergon::inline v0::testing {

namespace {

telemetry::MemoryStore::Requests requests_of(const std::string& name, telemetry::Signal wanted) {
  auto requests = telemetry::MemoryStore::named(name)->requests();
  std::erase_if(requests, [&](const auto& request) { return request.first != wanted; });
  return requests;
}

// Of the collection that the points are of.
Timestamp time_of(std::string_view request) {
  Timestamp time{};
  for (const MetricData& metric : telemetry::read_metrics(request).metrics) {
    for (const PointData& point : metric.points) time = std::max(time, point.time);
  }
  return time;
}

}  // namespace

RecordedSpans InMemoryStore::spans() const {
  RecordedSpans spans;
  for (const auto& [signal, request] : requests_of(name_, telemetry::Signal::spans))
    std::ranges::move(telemetry::read_spans(request).spans, std::back_inserter(spans));
  return spans;
}

std::vector<RecordedLog> InMemoryStore::logs() const {
  std::vector<RecordedLog> logs;
  for (const auto& [signal, request] : requests_of(name_, telemetry::Signal::logs))
    std::ranges::move(telemetry::read_logs(request).logs, std::back_inserter(logs));
  return logs;
}

// Cumulative: the last collection is whole, in one request or in several of one time.
std::vector<RecordedPoint> InMemoryStore::points() const {
  const auto requests = requests_of(name_, telemetry::Signal::metric_points);
  std::vector<RecordedPoint> points;
  if (requests.empty()) return points;
  const Timestamp last = time_of(requests.back().second);
  for (const auto& [signal, request] : requests) {
    if (time_of(request) == last)
      std::ranges::move(telemetry::read_points(request).points, std::back_inserter(points));
  }
  return points;
}

void InMemoryStore::clear() { static_cast<void>(telemetry::MemoryStore::named(name_)->take()); }

}  // namespace ergon::inline v0::testing
