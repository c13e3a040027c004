// The script's operations through this engine: operations and what was collected, as JSON lines. Usage:
// ergon_metrics SEED OPERATIONS ROUNDS FILE.

#include <thread>

#include <ergon/telemetry.hpp>

#include "lines.hpp"
#include "telemetry/record/recording_state.hpp"
#include "unit/support_engine/metric_points.hpp"

namespace ergon::test {
namespace {

using nlohmann::json;
using telemetry::Aggregation;
using telemetry::MetricsPlan;
using telemetry::ReaderPlan;
using telemetry::ViewPlan;
using testing::PointKind;
using testing::RecordedPoint;

ViewPlan view(const char* instrument, const char* name, Aggregation aggregation) {
  return {.instrument_name = instrument, .name = name, .aggregation = std::move(aggregation)};
}

MetricsPlan plan() {
  MetricsPlan all;
  all.readers = {ReaderPlan{.temporality = TemporalityPreference::delta}, ReaderPlan{},
                 ReaderPlan{.temporality = TemporalityPreference::low_memory},
                 ReaderPlan{.cardinality_limit = kLimit}};
  all.views = {
      ViewPlan{.instrument_name = "counter.double", .filter = {{.has_included = true, .included = {"kind"}}}},
      view("histogram.double", "histogram.double",
           {.kind = Aggregation::Kind::explicit_buckets, .boundaries = kBounds}),
      view("histogram.double", "histogram.double.exponential",
           {.kind = Aggregation::Kind::exponential_buckets}),
      ViewPlan{.instrument_name = "histogram.int"},
      view("histogram.int", "histogram.int.sum", {.kind = Aggregation::Kind::sum}),
      view("histogram.edges", "histogram.edges",
           {.kind = Aggregation::Kind::exponential_buckets, .max_size = kEdgeBuckets})};
  return all;
}

struct Instruments {
  Meter meter{get_meter("differential")};
  Counter<std::int64_t> counter_int{meter.counter("counter.int")};
  Counter<double> counter_double{meter.counter<double>("counter.double")};
  UpDownCounter<std::int64_t> updown_int{meter.up_down_counter("updown.int")};
  UpDownCounter<double> updown_double{meter.up_down_counter<double>("updown.double")};
  Histogram<double> histogram_double{meter.histogram("histogram.double")};
  Histogram<std::int64_t> histogram_int{meter.histogram<std::int64_t>("histogram.int")};
  Histogram<double> histogram_edges{meter.histogram("histogram.edges")};
  Gauge<double> gauge_double{meter.gauge("gauge.double")};
  Gauge<std::int64_t> gauge_int{meter.gauge<std::int64_t>("gauge.int")};
};

// Counters add and the others record.
template <class Instrument, class T>
void measure(const Instrument& instrument, T value) {
  if constexpr (requires { instrument.add(value); }) {
    instrument.add(value);
  } else {
    instrument.record(value);
  }
}
template <class Instrument, class T>
void measure(const Instrument& instrument, T value, Attributes attributes) {
  if constexpr (requires { instrument.add(value); }) {
    instrument.add(value, attributes);
  } else {
    instrument.record(value, attributes);
  }
}

template <class T, class Instrument>
void run(const Operation& one, const Instrument& instrument) {
  const auto value = static_cast<T>(one.value);
  const std::string kind = kind_of(one.set);
  if (one.is_bound) {
    measure(instrument.bind({{"id", one.set}, {"kind", kind}}), value);
  } else if (one.is_reversed) {
    measure(instrument, value, {{"kind", kind}, {"id", one.set}});
  } else {
    measure(instrument, value, {{"id", one.set}, {"kind", kind}});
  }
}

void run(const Operation& one, const Instruments& all) {
  switch (one.measured) {
    case Measured::counter_int:
      return run<std::int64_t>(one, all.counter_int);
    case Measured::counter_double:
      return run<double>(one, all.counter_double);
    case Measured::updown_int:
      return run<std::int64_t>(one, all.updown_int);
    case Measured::updown_double:
      return run<double>(one, all.updown_double);
    case Measured::histogram_double:
      return run<double>(one, all.histogram_double);
    case Measured::histogram_int:
      return run<std::int64_t>(one, all.histogram_int);
    case Measured::histogram_edges:
      return run<double>(one, all.histogram_edges);
    case Measured::gauge_double:
      return run<double>(one, all.gauge_double);
    default:
      return run<std::int64_t>(one, all.gauge_int);
  }
}

// The first thread is this one, which stays; the others come and go, and run at the same time.
void run(const Round& round, const Instruments& all) {
  const auto run_those_of = [&](std::uint32_t thread) {
    for (const Operation& one : round.operations) {
      if (one.thread == thread) run(one, all);
    }
  };
  std::vector<std::thread> threads;
  for (std::uint32_t thread = 1; thread < kThreads; ++thread) threads.emplace_back(run_those_of, thread);
  run_those_of(0);
  for (std::thread& thread : threads) thread.join();
}

template <class Instrument>
CallbackRegistration observe(const Instrument& instrument, Measured measured, const Script& script) {
  using T = typename Instrument::Value;
  return instrument.observe([measured, &script](const Observer<T>& observer) {
    std::uint32_t set = 0;
    for (const Observed& one : script.observed()[static_cast<std::size_t>(measured)]) {
      if (one.is_there) observer.observe(static_cast<T>(one.value), {{"id", set}, {"kind", kind_of(set)}});
      ++set;
    }
  });
}

std::vector<CallbackRegistration> observe_all(const Meter& meter, const Script& script) {
  std::vector<CallbackRegistration> all;
  all.push_back(
      observe(meter.observable_counter("observed.counter.int"), Measured::observed_counter_int, script));
  all.push_back(observe(meter.observable_up_down_counter<double>("observed.updown.double"),
                        Measured::observed_updown_double, script));
  all.push_back(
      observe(meter.observable_gauge("observed.gauge.double"), Measured::observed_gauge_double, script));
  all.push_back(observe(meter.observable_counter<double>("observed.counter.double"),
                        Measured::observed_counter_double, script));
  return all;
}

std::string key_of(const RecordedPoint& point) {
  for (const char* key : {"id", "kind"}) {
    if (const auto value = testing::find(point.attributes, key); !value.empty()) return std::string(value);
  }
  return point.attributes.empty() ? "none" : point.attributes.front().first;
}

json buckets_json(const testing::RecordedBuckets& buckets) {
  return {{"offset", buckets.offset}, {"counts", buckets.counts}};
}

json line_of(const RecordedPoint& point) {
  json object{{"p", point.name}, {"key", key_of(point)}, {"delta", point.is_delta}};
  if (point.kind == PointKind::sum || point.kind == PointKind::gauge) {
    object["value"] = point.value;
    return object;
  }
  object.update({{"count", point.count}, {"sum", point.sum}, {"min", point.minimum}, {"max", point.maximum}});
  if (point.kind == PointKind::histogram) {
    object["buckets"] = point.buckets;
    return object;
  }
  object["scale"] = point.scale;
  object["zero"] = point.zero_count;
  object["positive"] = buckets_json(point.positive);
  object["negative"] = buckets_json(point.negative);
  return object;
}

int run_all(const Arguments& arguments) {
  telemetry::g_budget.set_limit(std::size_t{512} << 20U);
  const telemetry::test::PlanScope scope(plan());
  Script script(arguments.seed, arguments.operations, arguments.rounds);
  const Instruments instruments;
  const auto observing = observe_all(instruments.meter, script);
  std::vector<telemetry::test::ManualReader> readers;
  for (std::uint32_t reader = 0; reader < kReaders; ++reader) readers.emplace_back(reader);
  Lines lines(arguments.path);
  while (!script.is_over()) {
    const Round round = script.next();
    run(round, instruments);
    for (const Operation& one : round.operations) lines.operation(one);
    lines.observed(script.observed());
    lines.collection(round.reader);
    for (const RecordedPoint& point : readers[round.reader].all_points()) lines.line(line_of(point));
  }
  return lines.finish() ? 0 : 1;
}

}  // namespace
}  // namespace ergon::test

int main(int argc, char** argv) {
  const ergon::test::Arguments arguments(argc, argv);
  return arguments.are_right() ? ergon::test::run_all(arguments) : 2;
}
