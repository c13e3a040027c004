#pragma once

#include <array>

#include "telemetry/buffer/memory_budget.hpp"
#include "telemetry/metrics/storage.hpp"

namespace ergon::inline v0::telemetry {

/// The instruments of OpenTelemetry's semantic conventions for SDK metrics (v1.44.0, otel/sdk-metrics).
struct SdkInstruments {
  /// Takes the registry's lock.
  SdkInstruments();

  struct OfSignal {
    // Null of metric points, which no processor handles.
    const detail::Instrument* queue_size;
    const detail::Instrument* queue_capacity;
    const detail::Instrument* processed;
    const detail::Instrument* in_flight;
    const detail::Instrument* exported;
  };

  const detail::Instrument* span_started;
  const detail::Instrument* span_live;
  const detail::Instrument* log_created;
  std::array<OfSignal, kSignals> of_signal;
  // Histograms of the worker's own measurements; what is above is observed.
  const detail::Instrument* export_duration;
  const detail::Instrument* collection_duration;
};

}  // namespace ergon::inline v0::telemetry
