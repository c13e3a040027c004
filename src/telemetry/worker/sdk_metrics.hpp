#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/metrics/observations.hpp"
#include "telemetry/record/own_recording.hpp"
#include "telemetry/record/tally.hpp"
#include "telemetry/worker/component.hpp"
#include "telemetry/worker/pipeline.hpp"
#include "telemetry/worker/sdk_instruments.hpp"

namespace ergon::inline v0::telemetry {

/// The books of a signal's records on their way to pipelines.
struct EarlyRecords {
  std::uint64_t created{0};
  std::uint64_t waiting{0};    // in rings, or for the end of their local root
  std::uint64_t passed_on{0};  // to pipelines, or left out as wished: sampled out, or no handler's
  DroppedRecords lost{};
};

/// What there is to tell beside the books of pipelines. All but the live spans, which are the process's,
/// is since the session's start.
struct SdkReading {
  std::array<std::uint64_t, SpanStart::kKinds> starts{};
  std::uint64_t live{0};
  EarlyRecords spans{};
  EarlyRecords logs{};
};

/// The metrics `otel.sdk.*`: each collection takes them from the worker's books as they stand, so they close
/// as those do. What comes before any processor, and so is of all of them, is a component of its own,
/// `ergon_span_recorder` or `ergon_log_recorder`. The worker's alone.
class SdkMetrics {
 public:
  /// Of these pipelines and so many readers, from now on.
  SdkMetrics(const std::vector<Pipeline>& pipelines, std::size_t readers);

  void add_to(ObservedValues& observed, const SdkReading& reading,
              const std::vector<Pipeline>& pipelines) const;

  /// Measures what has taken place; no error: it succeeded. A crash leaves it out, as the crashed thread may
  /// hold the lock that a first measurement takes.
  void record_export(std::size_t pipeline, std::chrono::nanoseconds duration,
                     std::string_view error) noexcept;
  void record_collection(std::size_t reader, std::chrono::nanoseconds duration,
                         std::string_view error) noexcept;

 private:
  struct Components {
    Component processor;
    Component exporter;
    // As points have them where nothing is lost.
    std::string of_processor{};
    std::string of_exporter{};
  };
  // Points of one component.
  struct Losses {
    const detail::Instrument* instrument;
    const Component& component;
  };

  void put(ObservedValues& to, const detail::Instrument* instrument, const std::string& attributes,
           std::uint64_t value) const;
  void put_losses(ObservedValues& to, const Losses& losses, const DroppedRecords& dropped) const;
  void put_early(ObservedValues& to, Signal signal, const EarlyRecords& records) const;
  void put_pipeline(ObservedValues& to, const Pipeline& pipeline, const Components& components) const;
  void record(const detail::Instrument& histogram, const Component& component,
              std::chrono::nanoseconds duration, std::string_view error) noexcept;

  SdkInstruments instruments_;
  std::uint64_t begins_at_unix_nanoseconds_;
  std::array<std::string, SpanStart::kKinds> span_starts_;
  std::array<Component, 2> recorders_;  // of spans, logs
  std::vector<Components> components_;  // of the pipelines
  std::vector<Component> readers_;
  OwnRecording recording_;
};

}  // namespace ergon::inline v0::telemetry
