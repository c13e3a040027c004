#include <algorithm>
#include <functional>
#include <iterator>
#include <stdexcept>

#include <ergon/testing/recording.hpp>

#include "telemetry/export/memory_sink.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "telemetry/session/engine.hpp"

namespace ergon::inline v0::testing {

namespace {

constexpr std::chrono::seconds kPatience{10};

// All that the program records, and nothing that the SDK tells of itself.
TelemetryConfig everything(std::string_view service_name) {
  TelemetryConfig config;
  config.service_name = service_name;
  config.logging = LoggingConfig{.level = Level::trace, .handlers = {OtlpHandler{.level = Level::trace}}};
  config.metrics = MetricsConfig{.views = {View{.selector = {.instrument_name = "otel.sdk.*"},
                                                .stream = {.aggregation = DropAggregation{}}}}};
  config.tracing = TracingConfig{.sampler = AlwaysOn{}};
  return config;
}

bool is_same_series(const RecordedPoint& one, const RecordedPoint& other) {
  return one.scope == other.scope && one.name == other.name && one.unit == other.unit &&
         one.kind == other.kind && one.attributes == other.attributes &&
         one.buckets.size() == other.buckets.size();
}

// Points count from the start of the process: what came since `before`, and no series that stood still.
// Gauges tell of now. (The buckets of exponential histograms stay as they are: their scale may have changed.)
std::vector<RecordedPoint> since(const std::vector<RecordedPoint>& before,
                                 std::vector<RecordedPoint> points) {
  for (RecordedPoint& point : points) {
    const auto found = std::ranges::find_if(
        before, [&](const RecordedPoint& other) { return is_same_series(point, other); });
    if (found == before.end() || point.kind == PointKind::gauge) continue;
    point.value -= found->value;
    point.count -= found->count;
    point.sum -= found->sum;
    std::ranges::transform(point.buckets, found->buckets, point.buckets.begin(), std::minus{});
    if (point.count == 0 && point.value == 0) point.name.clear();
  }
  std::erase_if(points, [](const RecordedPoint& point) { return point.name.empty(); });
  return points;
}

}  // namespace

struct Recorder::State {
  [[nodiscard]] Recording take() const;

  std::shared_ptr<telemetry::MemorySink> memory;
  std::uint64_t number{0};
  std::vector<std::string> errors;
  std::vector<RecordedPoint> points_before;
};

Recording Recorder::State::take() const {
  Recording recording;
  for (const auto& [signal, request] : memory->take()) {
    if (signal == telemetry::Signal::spans) {
      std::ranges::move(telemetry::read_spans(request).spans, std::back_inserter(recording.spans_));
    } else if (signal == telemetry::Signal::logs) {
      std::ranges::move(telemetry::read_logs(request).logs, std::back_inserter(recording.logs_));
    } else {
      recording.points_ = telemetry::read_points(request).points;  // cumulative: the last collection is whole
    }
  }
  return recording;
}

// What the process recorded earlier arrives with the first flush, and is none of this recording.
Recorder::Recorder(std::string_view service_name) : state_(new State) {
  telemetry::Engine& engine = telemetry::Engine::instance();
  state_->memory = std::make_shared<telemetry::MemorySink>();
  auto started = engine.start(everything(service_name), {}, state_->memory);
  state_->number = started.number;
  state_->errors = std::move(started.errors);
  if (!state_->errors.empty()) return;
  engine.flush(state_->number, kPatience);
  state_->points_before = state_->take().points_;
}

Recorder::~Recorder() {
  telemetry::Engine::instance().shutdown(state_->number, kPatience);
  delete state_;
}

Recording Recorder::stop() {
  if (!state_->errors.empty()) throw std::logic_error(state_->errors.front());
  telemetry::Engine::instance().shutdown(state_->number, kPatience);
  Recording recording = state_->take();
  recording.points_ = since(state_->points_before, std::move(recording.points_));
  state_->errors = {"the recorder has stopped"};
  return recording;
}

std::string_view find(const RecordedAttributes& attributes, std::string_view key) {
  const auto found =
      std::ranges::find(attributes, key, [](const auto& one) -> std::string_view { return one.first; });
  return found == attributes.end() ? std::string_view{} : found->second;
}

const RecordedSpan* RecordedSpans::find(std::string_view name) const {
  const auto found = std::ranges::find(*this, name, &RecordedSpan::name);
  return found == end() ? nullptr : &*found;
}

}  // namespace ergon::inline v0::testing
