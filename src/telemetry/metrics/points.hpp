#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/metrics/cells.hpp"
#include "telemetry/metrics/storage.hpp"

namespace ergon::inline v0::telemetry {

/// One metric, or a part of a large one, as OTLP's Metric message with its data points.
struct CollectedMetric {
  const detail::Scope* scope;
  std::string message;
  std::uint64_t points;
};

/// What is the same of all values of a point: its attributes, encoded, and its times. A start of 0 is none.
struct PointHead {
  std::string_view attributes;
  std::uint64_t start_unix_nanoseconds;
  std::uint64_t unix_nanoseconds;
};

/// A number's bits, and which number.
struct NumberBits {
  std::uint64_t bits;
  bool is_floating;
};

/// The exemplars of a point, and whether their values are doubles.
struct PointExemplars {
  std::vector<Exemplar> exemplars{};
  bool is_floating{true};
};

// OTLP's messages for data points (metrics.proto). A histogram has its sum and extremes if the storage's
// aggregation does.
[[nodiscard]] std::string number_point(const PointHead& head, NumberBits value,
                                       const PointExemplars& exemplars = {});
[[nodiscard]] std::string histogram_point(const PointHead& head, const Storage& storage,
                                          const ExplicitHistogram& value,
                                          const PointExemplars& exemplars = {});
[[nodiscard]] std::string exponential_point(const PointHead& head, const Storage& storage,
                                            const ExponentialHistogram& value,
                                            const PointExemplars& exemplars = {});

/// How many points still go into the request that is being filled, over all metrics of a collection.
struct RequestRoom {
  explicit RequestRoom(std::uint64_t most) : max_points(most), left(most) {}

  std::uint64_t max_points;
  std::uint64_t left;
};

/// Gathers the points of a stream into Metric messages; they are cut where a request is full, and where there
/// are more than fit well into one.
class MetricMessages {
 public:
  MetricMessages(const Stream& stream, std::vector<CollectedMetric>& to, RequestRoom& room)
      : stream_(stream), to_(to), room_(room) {}
  void add(std::string_view point);
  void finish();

 private:
  const Stream& stream_;
  std::vector<CollectedMetric>& to_;
  RequestRoom& room_;
  std::string data_points_;
  std::uint64_t count_{0};
};

}  // namespace ergon::inline v0::telemetry
