#pragma once

#include <string>
#include <utility>
#include <vector>

#include <ergon/config/metric_exporters.hpp>
#include <ergon/telemetry/visibility.hpp>
#include <ergon/testing/recording.hpp>

namespace ergon::inline v0::testing {

/// What `in_memory` exporters of one name have kept: for tests of a program that is configured as it will
/// run, in YAML or objects. Any thread. Look after a flush, or behind a `simple` processor; what was kept
/// outlives the session. The child of a fork finds a copy of what its parent had kept. Where telemetry is
/// compiled out it is empty.
///
///     testing::InMemoryStore store;
///     auto telemetry = telemetry::start({.tracing = TracingConfig{.processors = {
///         SimpleSpanProcessor{store.exporter()}}}});
///     …
///     EXPECT_EQ(store.spans().tree(), "order\n  charge\n");
class InMemoryStore {
 public:
  explicit InMemoryStore(std::string name = InMemoryExporter{}.store) : name_(std::move(name)) {}

  /// The exporter that keeps its records here.
  [[nodiscard]] InMemoryExporter exporter() const { return {name_}; }
  /// The same for a reader of metrics.
  [[nodiscard]] InMemoryMetricExporter metric_exporter() const { return {.store = name_}; }

  /// In the order in which they ended.
  [[nodiscard]] ERGON_API RecordedSpans spans() const;
  [[nodiscard]] ERGON_API std::vector<RecordedLog> logs() const;
  /// Those of the last collection.
  [[nodiscard]] ERGON_API std::vector<RecordedPoint> points() const;
  ERGON_API void clear();

 private:
  std::string name_;
};

#if defined(ERGON_TELEMETRY_OFF)
inline RecordedSpans InMemoryStore::spans() const { return {}; }
inline std::vector<RecordedLog> InMemoryStore::logs() const { return {}; }
inline std::vector<RecordedPoint> InMemoryStore::points() const { return {}; }
inline void InMemoryStore::clear() {}
#endif

}  // namespace ergon::inline v0::testing
