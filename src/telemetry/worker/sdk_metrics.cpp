#include "telemetry/worker/sdk_metrics.hpp"

#include <map>
#include <utility>

#include "base/diagnostic.hpp"
#include "base/unix_time.hpp"
#include "telemetry/metrics/instrument_registry.hpp"
#include "telemetry/record/recording_state.hpp"

namespace ergon::inline v0::telemetry {

namespace {

std::array<std::string, SpanStart::kKinds> span_start_attributes() {
  constexpr std::array kDecisions{std::pair{SamplingDecision::drop, "DROP"},
                                  std::pair{SamplingDecision::record_only, "RECORD_ONLY"},
                                  std::pair{SamplingDecision::record_and_sample, "RECORD_AND_SAMPLE"}};
  constexpr std::array<const char*, SpanStart::kOrigins> kOrigins{"none", "local", "remote"};
  std::array<std::string, SpanStart::kKinds> all;
  for (const auto& [decision, result] : kDecisions) {
    for (std::size_t origin = 0; origin < kOrigins.size(); ++origin) {
      const std::array attributes{Attribute{"otel.span.parent.origin", kOrigins[origin]},
                                  Attribute{"otel.span.sampling_result", result}};
      all[SpanStart{decision, origin > 0, origin > 1}.kind()] = canonical_form(attributes);
    }
  }
  return all;
}

// Gives components the numbers that tell those of one type apart.
class Numbering {
 public:
  Component component(std::string type, ServerAddress server = {}) {
    std::string name = type + "/" + std::to_string(next_[type]++);
    return {std::move(type), std::move(name), std::move(server)};
  }

 private:
  std::map<std::string, int> next_;
};

}  // namespace

SdkMetrics::SdkMetrics(const std::vector<Pipeline>& pipelines, std::size_t readers)
    : begins_at_unix_nanoseconds_(base::unix_nanoseconds()), span_starts_(span_start_attributes()) {
  Numbering numbers;
  recorders_ = {numbers.component("ergon_span_recorder"), numbers.component("ergon_log_recorder")};
  for (const Pipeline& pipeline : pipelines) {
    const PipelineOptions& options = pipeline.options();
    Components& own = components_.emplace_back(Components{
        numbers.component(options.processor_type), numbers.component(options.exporter_type, options.server)});
    own.of_processor = own.processor.attributes();
    own.of_exporter = own.exporter.attributes();
  }
  for (std::size_t i = 0; i < readers; ++i) readers_.push_back(numbers.component("periodic_metric_reader"));
}

void SdkMetrics::add_to(ObservedValues& observed, const SdkReading& reading,
                        const std::vector<Pipeline>& pipelines) const {
  for (std::size_t kind = 0; kind < SpanStart::kKinds; ++kind) {
    if (reading.starts[kind] > 0)
      put(observed, instruments_.span_started, span_starts_[kind], reading.starts[kind]);
  }
  put(observed, instruments_.span_live, {}, reading.live);
  put(observed, instruments_.log_created, {}, reading.logs.created);
  put_early(observed, Signal::spans, reading.spans);
  put_early(observed, Signal::logs, reading.logs);
  for (std::size_t i = 0; i < components_.size(); ++i) put_pipeline(observed, pipelines[i], components_[i]);
}

void SdkMetrics::put(ObservedValues& to, const detail::Instrument* instrument, const std::string& attributes,
                     std::uint64_t value) const {
  if (!detail::is_enabled(*instrument)) return;
  to.add(*instrument, attributes, value);
  to.set_start(*instrument, begins_at_unix_nanoseconds_);
}

// A reason that was never met has no point; one that was keeps it.
void SdkMetrics::put_losses(ObservedValues& to, const Losses& losses, const DroppedRecords& dropped) const {
  for (std::size_t i = 0; i < kDropReasons; ++i) {
    if (dropped[i] == 0) continue;
    put(to, losses.instrument, losses.component.attributes(drop_reason_name(static_cast<DropReason>(i))),
        dropped[i]);
  }
}

void SdkMetrics::put_early(ObservedValues& to, Signal signal, const EarlyRecords& records) const {
  const auto& instruments = instruments_.of_signal[static_cast<std::size_t>(signal)];
  const Component& recorder = recorders_[static_cast<std::size_t>(signal)];
  const std::string attributes = recorder.attributes();
  put(to, instruments.queue_size, attributes, records.waiting);
  put(to, instruments.processed, attributes, records.passed_on);
  put_losses(to, {instruments.processed, recorder}, records.lost);
}

// What was handed over counts as processed, whatever becomes of it then (semantic conventions,
// otel.sdk.processor.span.processed).
void SdkMetrics::put_pipeline(ObservedValues& to, const Pipeline& pipeline,
                              const Components& components) const {
  const auto& instruments = instruments_.of_signal[static_cast<std::size_t>(pipeline.options().signal)];
  const Counts counts = pipeline.counts();
  const DroppedRecords& refused = pipeline.refused();
  DroppedRecords failed = counts.dropped;
  std::uint64_t processed = counts.created - pipeline.waiting();
  for (std::size_t i = 0; i < kDropReasons; ++i) {
    failed[i] -= refused[i];
    processed -= refused[i];
  }
  if (instruments.processed != nullptr) {
    put(to, instruments.queue_size, components.of_processor, pipeline.waiting());
    put(to, instruments.processed, components.of_processor, processed);
    put_losses(to, {instruments.processed, components.processor}, refused);
    if (pipeline.options().max_queued != UINT64_MAX)  // else bytes bound it, and not records
      put(to, instruments.queue_capacity, components.of_processor, pipeline.options().max_queued);
  }
  put(to, instruments.in_flight, components.of_exporter, counts.queued - pipeline.waiting());
  put(to, instruments.exported, components.of_exporter, counts.delivered);
  if (counts.rejected > 0)
    put(to, instruments.exported, components.exporter.attributes(kRejected), counts.rejected);
  put_losses(to, {instruments.exported, components.exporter}, failed);
}

void SdkMetrics::record_export(std::size_t pipeline, std::chrono::nanoseconds duration,
                               std::string_view error) noexcept {
  record(*instruments_.export_duration, components_[pipeline].exporter, duration, error);
}

void SdkMetrics::record_collection(std::size_t reader, std::chrono::nanoseconds duration,
                                   std::string_view error) noexcept {
  record(*instruments_.collection_duration, readers_[reader], duration, error);
}

void SdkMetrics::record(const detail::Instrument& histogram, const Component& component,
                        std::chrono::nanoseconds duration, std::string_view error) noexcept {
  if (!detail::is_enabled(histogram)) return;
  if (g_recording.crash_flush.load(std::memory_order_relaxed) != CrashFlush::none) return;
  base::guard("telemetry: a duration of its own could not be recorded", [&] {
    const auto binding = InstrumentRegistry::instance().bind(histogram, component.attributes(error));
    recording_.record([&] { detail::measure(binding, std::chrono::duration<double>(duration).count()); });
  });
}

}  // namespace ergon::inline v0::telemetry
