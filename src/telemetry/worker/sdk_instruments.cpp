#include "telemetry/worker/sdk_instruments.hpp"

#include <limits>
#include <string>
#include <string_view>

#include "base/version.hpp"

namespace ergon::inline v0::telemetry {

namespace {

using detail::Instrument;
using detail::InstrumentKind;

constexpr auto kSum = InstrumentKind::observable_counter;
constexpr auto kState = InstrumentKind::observable_up_down_counter;

const Instrument* make(std::string_view name, InstrumentKind kind, const InstrumentOptions& options) {
  const detail::Scope& scope = detail::intern_scope("ergon.sdk", {.version = base::kVersion});
  return &detail::intern_instrument(scope, {name, kind, kind == InstrumentKind::histogram}, options);
}

// One bucket for all, which the conventions ask for: a bound that is none stands for having said so.
const Instrument* make_duration(std::string_view name, std::string_view description) {
  return make(
      name, InstrumentKind::histogram,
      {.unit = "s", .description = description, .boundaries = {std::numeric_limits<double>::infinity()}});
}

struct Words {
  std::string_view name;  // within those of the metrics
  std::string_view unit;
  std::string_view plural;
};

SdkInstruments::OfSignal make_of(const Words& words, bool has_processors) {
  const auto make_one = [&](std::string_view before, std::string_view after, InstrumentKind kind,
                            std::string_view description) {
    return make(std::string(before).append(words.name).append(after), kind,
                {.unit = words.unit, .description = std::string(words.plural).append(description)});
  };
  SdkInstruments::OfSignal made{};
  if (has_processors) {
    const std::string_view processor = "otel.sdk.processor.";
    made.queue_size = make_one(processor, ".queue.size", kState, " that wait in a processor's queue.");
    made.queue_capacity =
        make_one(processor, ".queue.capacity", kState, " that a processor's queue takes, at most.");
    made.processed =
        make_one(processor, ".processed", kSum, " that a processor is done with: handed over, or lost.");
  }
  const std::string_view exporter = "otel.sdk.exporter.";
  made.in_flight = make_one(exporter, ".inflight", kState, " that an exporter was given and is at.");
  made.exported =
      make_one(exporter, ".exported", kSum, " that an exporter is done with: delivered, or lost.");
  return made;
}

}  // namespace

SdkInstruments::SdkInstruments()
    : span_started(
          make("otel.sdk.span.started", kSum, {.unit = "{span}", .description = "Spans that began."})),
      span_live(make("otel.sdk.span.live", kState,
                     {.unit = "{span}", .description = "Spans that record and have not ended."})),
      log_created(make("otel.sdk.log.created", kSum,
                       {.unit = "{log_record}", .description = "Logs that passed their logger's level."})),
      of_signal{make_of({"span", "{span}", "Spans"}, true), make_of({"log", "{log_record}", "Logs"}, true),
                make_of({"metric_data_point", "{data_point}", "Points"}, false)},
      export_duration(make_duration("otel.sdk.exporter.operation.duration",
                                    "From a batch's hand-over to the last answer, retries included.")),
      collection_duration(make_duration("otel.sdk.metric_reader.collection.duration",
                                        "From the first callback to the last point of a collection.")) {}

}  // namespace ergon::inline v0::telemetry
