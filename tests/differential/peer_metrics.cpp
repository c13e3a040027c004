// The script's operations through the opentelemetry-cpp SDK, as far as it is right: no gauges and exponential
// buckets, which its stable API has not, no observed sets that come and go, which it never forgets, and no
// limit by reader, which it does not keep to. What was collected, as JSON lines of ergon_metrics' form, and
// of each value in `histogram.edges` the bucket that its indexer finds. Usage: peer_metrics SEED OPERATIONS
// ROUNDS FILE.

#include <opentelemetry/context/context.h>
#include <opentelemetry/metrics/async_instruments.h>
#include <opentelemetry/metrics/observer_result.h>
#include <opentelemetry/metrics/sync_instruments.h>
#include <opentelemetry/sdk/metrics/aggregation/base2_exponential_histogram_indexer.h>
#include <opentelemetry/sdk/metrics/data/metric_data.h>
#include <opentelemetry/sdk/metrics/export/metric_producer.h>
#include <opentelemetry/sdk/metrics/meter_provider.h>
#include <opentelemetry/sdk/metrics/metric_reader.h>
#include <opentelemetry/sdk/metrics/view/instrument_selector_factory.h>
#include <opentelemetry/sdk/metrics/view/meter_selector_factory.h>
#include <opentelemetry/sdk/metrics/view/view_factory.h>

#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "lines.hpp"

namespace ergon::test {
namespace {

namespace api = opentelemetry;
namespace sdk = opentelemetry::sdk::metrics;
using nlohmann::json;
using sdk::InstrumentType;

constexpr std::uint32_t kPeerReaders = 3;

class AskedReader final : public sdk::MetricReader {
 public:
  explicit AskedReader(std::uint32_t reader) : reader_(reader) {}
  sdk::AggregationTemporality GetAggregationTemporality(InstrumentType type) const noexcept override {
    const bool is_delta =
        reader_ != 1 && (type == InstrumentType::kCounter || type == InstrumentType::kHistogram ||
                         (type == InstrumentType::kObservableCounter && reader_ == 0));
    return is_delta ? sdk::AggregationTemporality::kDelta : sdk::AggregationTemporality::kCumulative;
  }

 private:
  bool OnForceFlush(std::chrono::microseconds) noexcept override { return true; }
  bool OnShutDown(std::chrono::microseconds) noexcept override { return true; }

  std::uint32_t reader_;
};

struct ViewOf {
  InstrumentType type;
  const char* instrument;
  const char* name;
  sdk::AggregationType aggregation;
};

void add_view(sdk::MeterProvider& provider, const ViewOf& view,
              std::shared_ptr<sdk::AggregationConfig> config = nullptr,
              std::unique_ptr<sdk::AttributesProcessor> attributes =
                  std::make_unique<sdk::DefaultAttributesProcessor>()) {
  provider.AddView(sdk::InstrumentSelectorFactory::Create(view.type, view.instrument, ""),
                   sdk::MeterSelectorFactory::Create("differential", "", ""),
                   std::make_unique<sdk::View>(view.name, "", "", view.aggregation, std::move(config),
                                               std::move(attributes)));
}

void add_views(sdk::MeterProvider& provider) {
  add_view(provider,
           {InstrumentType::kCounter, "counter.double", "counter.double", sdk::AggregationType::kSum},
           nullptr,
           std::make_unique<sdk::FilteringAttributesProcessor>(
               std::unordered_map<std::string, bool>{{"kind", true}}));
  const auto bounds = std::make_shared<sdk::HistogramAggregationConfig>();
  bounds->boundaries_ = kBounds;
  add_view(
      provider,
      {InstrumentType::kHistogram, "histogram.double", "histogram.double", sdk::AggregationType::kHistogram},
      bounds);
  add_view(provider, {InstrumentType::kHistogram, "histogram.int.sum", "histogram.int.sum",
                      sdk::AggregationType::kSum});
}

using Key = std::pair<api::nostd::string_view, api::common::AttributeValue>;

class Peer {
 public:
  explicit Peer(Script& script) : script_(script) {
    for (std::uint32_t reader = 0; reader < kPeerReaders; ++reader) {
      readers_.push_back(std::make_shared<AskedReader>(reader));
      provider_.AddMetricReader(readers_.back());
    }
    add_views(provider_);
    make_instruments();
  }

  void run(const Operation& one) {
    const std::string kind = kind_of(one.set);
    std::vector<Key> keys{{"id", one.set}, {"kind", api::nostd::string_view(kind)}};
    if (one.is_reversed) std::swap(keys[0], keys[1]);
    const api::common::KeyValueIterableView<std::vector<Key>> attributes(keys);
    const api::context::Context context;
    switch (one.measured) {
      case Measured::counter_int:
        return counter_int_->Add(static_cast<std::uint64_t>(one.value), attributes);
      case Measured::counter_double:
        return counter_double_->Add(one.value, attributes);
      case Measured::updown_int:
        return updown_int_->Add(static_cast<std::int64_t>(one.value), attributes);
      case Measured::updown_double:
        return updown_double_->Add(one.value, attributes);
      case Measured::histogram_double:
        return histogram_double_->Record(one.value, attributes, context);
      case Measured::histogram_int:
        histogram_int_->Record(static_cast<std::uint64_t>(one.value), attributes, context);
        return histogram_int_sum_->Record(static_cast<std::uint64_t>(one.value), attributes, context);
      default:
        return;
    }
  }

  template <class Take>
  void collect(std::uint32_t reader, Take take) {
    readers_[reader]->Collect([&](sdk::ResourceMetrics& collected) {
      for (const auto& scope : collected.scope_metric_data_) {
        for (const auto& metric : scope.metric_data_) {
          for (const auto& point : metric.point_data_attr_) take(metric, point);
        }
      }
      return true;
    });
  }

 private:
  // What a callback is given: whose values to observe.
  struct Callback {
    const Script* script;
    Measured measured;
  };

  void make_instruments() {
    const auto meter = provider_.GetMeter("differential");
    counter_int_ = meter->CreateUInt64Counter("counter.int");
    counter_double_ = meter->CreateDoubleCounter("counter.double");
    updown_int_ = meter->CreateInt64UpDownCounter("updown.int");
    updown_double_ = meter->CreateDoubleUpDownCounter("updown.double");
    histogram_double_ = meter->CreateDoubleHistogram("histogram.double");
    histogram_int_ = meter->CreateUInt64Histogram("histogram.int");
    histogram_int_sum_ = meter->CreateUInt64Histogram("histogram.int.sum");
    observe<std::int64_t>(meter->CreateInt64ObservableCounter("observed.counter.int"),
                          Measured::observed_counter_int);
    observe<double>(meter->CreateDoubleObservableUpDownCounter("observed.updown.double"),
                    Measured::observed_updown_double);
    observe<double>(meter->CreateDoubleObservableGauge("observed.gauge.double"),
                    Measured::observed_gauge_double);
  }

  template <class T>
  void observe(api::nostd::shared_ptr<api::metrics::ObservableInstrument> instrument, Measured measured) {
    callbacks_.push_back(std::make_unique<Callback>(Callback{&script_, measured}));
    instrument->AddCallback(&observe_values<T>, callbacks_.back().get());
    observable_.push_back(std::move(instrument));
  }

  template <class T>
  static void observe_values(api::metrics::ObserverResult result, void* state) {
    const auto& callback = *static_cast<const Callback*>(state);
    auto& observer = *api::nostd::get<api::nostd::shared_ptr<api::metrics::ObserverResultT<T>>>(result);
    std::uint32_t set = 0;
    for (const Observed& one : callback.script->observed()[static_cast<std::size_t>(callback.measured)]) {
      const std::string kind = kind_of(set);
      const std::vector<Key> keys{{"id", set}, {"kind", api::nostd::string_view(kind)}};
      observer.Observe(static_cast<T>(one.value), keys);
      ++set;
    }
  }

  Script& script_;
  std::vector<std::unique_ptr<Callback>> callbacks_;
  std::vector<std::shared_ptr<AskedReader>> readers_;
  sdk::MeterProvider provider_;
  api::nostd::unique_ptr<api::metrics::Counter<std::uint64_t>> counter_int_;
  api::nostd::unique_ptr<api::metrics::Counter<double>> counter_double_;
  api::nostd::unique_ptr<api::metrics::UpDownCounter<std::int64_t>> updown_int_;
  api::nostd::unique_ptr<api::metrics::UpDownCounter<double>> updown_double_;
  api::nostd::unique_ptr<api::metrics::Histogram<double>> histogram_double_;
  api::nostd::unique_ptr<api::metrics::Histogram<std::uint64_t>> histogram_int_;
  // In place of a second view of the one above: Debian's version exports one of an instrument's views only.
  api::nostd::unique_ptr<api::metrics::Histogram<std::uint64_t>> histogram_int_sum_;
  std::vector<api::nostd::shared_ptr<api::metrics::ObservableInstrument>> observable_;
};

json number(const sdk::ValueType& value) {
  return api::nostd::visit([](auto one) { return json(one); }, value);
}

std::string key_of(const sdk::PointAttributes& attributes) {
  const auto id = attributes.find("id");
  if (id != attributes.end()) return std::to_string(api::nostd::get<std::uint32_t>(id->second));
  const auto kind = attributes.find("kind");
  return kind == attributes.end() ? "none" : api::nostd::get<std::string>(kind->second);
}

json line_of(const sdk::MetricData& metric, const sdk::PointDataAttributes& point) {
  json object{{"p", metric.instrument_descriptor.name_},
              {"key", key_of(point.attributes)},
              {"delta", metric.aggregation_temporality == sdk::AggregationTemporality::kDelta}};
  if (const auto* sum = api::nostd::get_if<sdk::SumPointData>(&point.point_data)) {
    object["value"] = number(sum->value_);
  } else if (const auto* last = api::nostd::get_if<sdk::LastValuePointData>(&point.point_data)) {
    object["value"] = number(last->value_);
    object["delta"] = false;
  } else {
    const auto& histogram = api::nostd::get<sdk::HistogramPointData>(point.point_data);
    object.update({{"count", histogram.count_},
                   {"sum", number(histogram.sum_)},
                   {"min", number(histogram.min_)},
                   {"max", number(histogram.max_)},
                   {"buckets", histogram.counts_}});
  }
  return object;
}

// Of the scales 0 to 20.
json index_line(double value, std::uint32_t set) {
  const auto scale = static_cast<std::int32_t>(set % 21);
  const sdk::Base2ExponentialHistogramIndexer indexer(scale);
  return {{"x", std::abs(value)}, {"scale", scale}, {"index", indexer.ComputeIndex(std::abs(value))}};
}

int run_all(const Arguments& arguments) {
  Script script(arguments.seed, arguments.operations, arguments.rounds);
  Peer peer(script);
  Lines lines(arguments.path);
  while (!script.is_over()) {
    const Round round = script.next();
    for (const Operation& one : round.operations) {
      peer.run(one);
      if (one.measured == Measured::histogram_edges && one.value != 0)
        lines.line(index_line(one.value, one.set));
    }
    lines.collection(round.reader);
    if (round.reader >= kPeerReaders) continue;
    peer.collect(round.reader,
                 [&](const auto& metric, const auto& point) { lines.line(line_of(metric, point)); });
  }
  return lines.finish() ? 0 : 1;
}

}  // namespace
}  // namespace ergon::test

int main(int argc, char** argv) {
  const ergon::test::Arguments arguments(argc, argv);
  return arguments.are_right() ? ergon::test::run_all(arguments) : 2;
}
