#pragma once

#include <memory>
#include <string>

#include "burst.hpp"

namespace ergon::bench {

/// The values of the calls, in std::string as programs have them.
struct CallValues {
  std::string order_id{"order-000042"};
  std::string currency{"EUR"};
  std::string customer{"customer-7"};
};

/// Ours goes through the public header into a session with batch processors, parent-based sampler, limits,
/// duplicate and UTF-8 checks and accounting, as by default. Logs are made inside a span, on both sides.
[[nodiscard]] std::unique_ptr<Side> ergon_spans();
[[nodiscard]] std::unique_ptr<Side> ergon_spans_not_sampled();
[[nodiscard]] std::unique_ptr<Side> ergon_detached_spans();
[[nodiscard]] std::unique_ptr<Side> ergon_span_events();
[[nodiscard]] std::unique_ptr<Side> ergon_span_links();
[[nodiscard]] std::unique_ptr<Side> ergon_context_handovers();
[[nodiscard]] std::unique_ptr<Side> ergon_logs();
[[nodiscard]] std::unique_ptr<Side> ergon_disabled_logs();
[[nodiscard]] std::unique_ptr<Side> ergon_counters();
[[nodiscard]] std::unique_ptr<Side> ergon_counters_of_16_sets();
[[nodiscard]] std::unique_ptr<Side> ergon_bound_counters();
[[nodiscard]] std::unique_ptr<Side> ergon_bound_counters_in_span();
[[nodiscard]] std::unique_ptr<Side> ergon_bound_counters_of_two_threads();
[[nodiscard]] std::unique_ptr<Side> ergon_histograms();
[[nodiscard]] std::unique_ptr<Side> ergon_bound_histograms();
[[nodiscard]] std::unique_ptr<Side> ergon_transaction_metrics();

/// The peer at its best: batch processor with a queue of 8,192, OtlpRecordable and an exporter that drops.
[[nodiscard]] std::unique_ptr<Side> opentelemetry_spans();
[[nodiscard]] std::unique_ptr<Side> opentelemetry_spans_not_sampled();
[[nodiscard]] std::unique_ptr<Side> opentelemetry_detached_spans();
[[nodiscard]] std::unique_ptr<Side> opentelemetry_span_events();
[[nodiscard]] std::unique_ptr<Side> opentelemetry_span_links();
[[nodiscard]] std::unique_ptr<Side> opentelemetry_context_handovers();
[[nodiscard]] std::unique_ptr<Side> opentelemetry_logs();
[[nodiscard]] std::unique_ptr<Side> opentelemetry_counters();
[[nodiscard]] std::unique_ptr<Side> opentelemetry_counters_of_16_sets();
[[nodiscard]] std::unique_ptr<Side> opentelemetry_plain_counters();
[[nodiscard]] std::unique_ptr<Side> opentelemetry_histograms();
[[nodiscard]] std::unique_ptr<Side> opentelemetry_plain_histograms();
[[nodiscard]] std::unique_ptr<Side> opentelemetry_transaction_metrics();

/// spdlog's asynchronous logger with a queue of 8,192 and a sink that counts and drops.
[[nodiscard]] std::unique_ptr<Side> spdlog_logs();
[[nodiscard]] std::unique_ptr<Side> spdlog_disabled_logs();

}  // namespace ergon::bench
