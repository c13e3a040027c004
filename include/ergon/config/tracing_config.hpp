#pragma once

#include <chrono>
#include <cstdint>
#include <variant>
#include <vector>

#include <ergon/config/exporters.hpp>
#include <ergon/config/resource_attributes.hpp>
#include <ergon/config/samplers.hpp>

namespace ergon {

/// Collects spans and exports them together, away from the caller's thread. In YAML: `batch`.
struct BatchSpanProcessor {
  /// The longest that an ended span waits for its batch to fill.
  std::chrono::milliseconds schedule_delay{5'000};
  /// Spans in one export request, at most.
  std::int64_t max_export_batch_size{512};
  Exporter exporter{};
};

/// Exports each span on the thread that ends it, before `end` returns: for debugging. In YAML: `simple`.
struct SimpleSpanProcessor {
  Exporter exporter{};
};

/// What happens to ended spans. In YAML a map with one key: `{batch: {exporter: …}}`.
using SpanProcessor = std::variant<BatchSpanProcessor, SimpleSpanProcessor>;

/// Traces. The default is useful as it is: every trace that the parent did not decide against, in batches, to
/// an OTLP backend on this machine. In YAML: `tracing`.
struct TracingConfig {
  Sampler sampler{ParentBased{}};
  std::vector<SpanProcessor> processors{BatchSpanProcessor{}};
  /// Attributes of the resource for this signal only.
  ResourceAttributes resource{};
};

}  // namespace ergon
