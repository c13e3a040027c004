#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "telemetry/metrics/callback_thread.hpp"
#include "telemetry/metrics/collector.hpp"
#include "telemetry/worker/pipeline.hpp"

namespace ergon::inline v0::telemetry {

/// A periodic reader: collects all metrics for its pipeline.
struct ReaderOptions {
  std::chrono::nanoseconds interval{};
  std::uint32_t pipeline{0};
  std::uint32_t reader{0};                                     // of the metrics plan
  std::chrono::nanoseconds timeout{std::chrono::seconds{30}};  // of callbacks
};

/// The worker's periodic readers. A collection begins with the callbacks of observable instruments, on their
/// own thread; once they have returned, or their time is over, it ends with all values together. Without
/// callbacks it is one step.
class MetricReaders {
 public:
  /// Adds what the SDK observes of itself.
  using AddOwn = std::function<void(ObservedValues& observed)>;
  /// What a reader has collected. Callbacks that were not waited for any longer have made it incomplete.
  struct Collection {
    std::size_t reader;
    std::uint32_t pipeline;
    const std::vector<CollectedMetric>& metrics;
    std::chrono::nanoseconds duration;
    bool is_complete;
  };
  using Deliver = std::function<void(const Collection& collection)>;

  /// `wake_descriptor` is written to when callbacks have returned.
  MetricReaders(const std::vector<ReaderOptions>& readers, Clock::time_point now, int wake_descriptor);

  /// Begins the collections that are due.
  void begin_due(Clock::time_point now);
  /// Begins a collection of each reader that is not at one. Callbacks have `most` of time, or their reader's
  /// timeout if that is less; 0: they are not called, and what they would observe is left out.
  void begin_all(Clock::time_point now, std::chrono::nanoseconds most);
  /// Ends those that can. `unix_nanoseconds` is the time of their points.
  void finish(Clock::time_point now, std::uint64_t unix_nanoseconds, const AddOwn& add_own,
              const Deliver& deliver);

  /// Of the collection begun last.
  [[nodiscard]] std::uint64_t latest() const noexcept { return latest_; }
  /// Whether it and all before it have ended.
  [[nodiscard]] bool has_finished(std::uint64_t collection) const;
  [[nodiscard]] bool is_waiting() const;
  /// When one is to begin or to end, if any.
  [[nodiscard]] std::optional<Clock::time_point> next() const;
  void clear() { readers_.clear(); }

 private:
  struct Reader {
    ReaderOptions options;
    Clock::time_point next;
    MetricCollector collector;
    std::uint64_t collection{0};         // under way; 0: none
    Clock::time_point begun{};           // when it was
    std::shared_ptr<CallbackRun> run{};  // of it, where there are callbacks
    Clock::time_point deadline{};        // of the run
  };
  void begin(Reader& reader, Clock::time_point now, std::chrono::nanoseconds most);
  [[nodiscard]] static bool can_finish(const Reader& reader, Clock::time_point now);
  [[nodiscard]] ObservedValues take_observed(Reader& reader, bool& is_complete);

  int wake_descriptor_;
  std::uint64_t latest_{0};
  std::vector<Reader> readers_;
  CallbackThread callbacks_;
};

}  // namespace ergon::inline v0::telemetry
