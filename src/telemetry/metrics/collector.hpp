#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "telemetry/metrics/instrument_registry.hpp"
#include "telemetry/metrics/observations.hpp"
#include "telemetry/metrics/observed_stream.hpp"
#include "telemetry/metrics/points.hpp"

namespace ergon::inline v0::telemetry {

/// Collects for one reader of the plan: adds up the cells of all threads and, of delta streams, takes away
/// what it had seen before; no cell is ever set back. Collections of different collectors wait for each
/// other.
class MetricCollector {
 public:
  /// A plan that begins now: what was recorded before is seen already.
  explicit MetricCollector(std::uint32_t reader);
  MetricCollector(MetricCollector&&) = default;

  [[nodiscard]] std::vector<CollectedMetric> collect(std::uint64_t now_unix_nanoseconds,
                                                     const ObservedValues& observed = {});

 private:
  // Of a series, as this reader saw it last.
  struct Seen {
    std::uint64_t birth{0};  // the series'
    bool is_known{false};
    std::uint64_t bits{0};     // of a sum, a histogram's included
    bool may_fall{false};      // the latter
    std::uint64_t updates{0};  // of a last value
    std::unique_ptr<ExplicitHistogram> histogram{};
    std::unique_ptr<ExponentialHistogram> exponential{};
  };
  struct StreamState {
    explicit StreamState(std::shared_ptr<const Stream> own) : stream(std::move(own)), observed(*stream) {}
    std::shared_ptr<const Stream> stream;
    std::vector<Seen> seen{};  // by the series' ordinals
    ObservedStream observed;
    bool is_observed{false};
    std::uint64_t collected_unix_nanoseconds{0};  // the last time; 0: never
  };

  [[nodiscard]] std::vector<CollectedMetric> collect_locked(std::uint64_t now_unix_nanoseconds,
                                                            const ObservedValues& observed);
  void collect(StreamState& state, const std::vector<Series*>& series, MetricMessages& to);
  // Whether the reader has found something new in a series.
  void note(Series& series, bool is_new) const;
  void forget_idleness() const;
  void collect_observed(StreamState& state, const ObservedValues& observed, MetricMessages& to) const;
  // Of one series; empty when there is nothing to tell.
  [[nodiscard]] std::string point(StreamState& state, Series& series) const;
  [[nodiscard]] std::string sum_point(StreamState& state, const Series& series) const;
  [[nodiscard]] std::string last_value_point(StreamState& state, Series& series) const;
  [[nodiscard]] std::string explicit_point(StreamState& state, const Series& series) const;
  [[nodiscard]] std::string exponential_point_of(StreamState& state, const Series& series) const;
  [[nodiscard]] PointHead head(const StreamState& state, const Series& series) const;
  [[nodiscard]] PointExemplars exemplars(const Series& series) const;
  [[nodiscard]] static Seen& seen(StreamState& state, const Series& series);
  [[nodiscard]] static double settled(double total, double minimum, Seen& last);

  std::uint32_t reader_;
  std::uint32_t interval_{Intervals::kMost};
  std::uint64_t max_points_{UINT64_MAX};  // of a request
  std::uint64_t begun_{0};                // of a plan that begins now
  std::map<const Stream*, StreamState> states_;
  std::vector<Series*>
      idle_;  // in which this collection has found nothing new, for the last time that counts
  // Of the collection under way.
  std::uint64_t now_{0};
  Since since_{};
  std::uint32_t after_round_{0};  // exemplars of later ones are new
  std::uint32_t round_{0};        // that this collection ends
};

/// In the child of a fork, before it has threads and with the registry's lock held by this thread: all series
/// begin anew.
void reset_metrics_in_child(std::uint64_t now_unix_nanoseconds);

}  // namespace ergon::inline v0::telemetry
