#include <ergon/testing/in_memory_store.hpp>

#include <algorithm>
#include <iterator>

#include "telemetry/export/memory_store.hpp"
#include "telemetry/export/otlp_reader.hpp"

namespace ergon::testing {

namespace {

telemetry::MemoryStore::Requests requests_of(const std::string& name, telemetry::Signal wanted) {
  auto requests = telemetry::MemoryStore::named(name)->requests();
  std::erase_if(requests, [&](const auto& request) { return request.first != wanted; });
  return requests;
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

// Cumulative: the last collection is whole.
std::vector<RecordedPoint> InMemoryStore::points() const {
  const auto requests = requests_of(name_, telemetry::Signal::metric_points);
  return requests.empty() ? std::vector<RecordedPoint>()
                          : telemetry::read_points(requests.back().second).points;
}

void InMemoryStore::clear() { static_cast<void>(telemetry::MemoryStore::named(name_)->take()); }

}  // namespace ergon::testing
