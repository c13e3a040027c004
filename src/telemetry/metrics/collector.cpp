#include "telemetry/metrics/collector.hpp"

#include <algorithm>
#include <bit>
#include <memory>
#include <utility>

#include "base/unix_time.hpp"
#include "telemetry/metrics/exponential_cell.hpp"
#include "telemetry/metrics/left_cells.hpp"
#include "telemetry/metrics/saturating.hpp"
#include "telemetry/record/thread_block.hpp"

namespace ergon::inline v0::telemetry {

namespace {

// Calls `visit` for the series' cell in each thread that has one.
template <class Visit>
void for_each_cell(const Series& series, Visit visit) {
  if (Cell* const cell = LeftCells::instance().table().at(series)) visit(*cell);
  for (const ThreadBlock* block = g_threads.first(); block != nullptr; block = block->next) {
    const CellTable* cells = block->cells.load(std::memory_order_acquire);
    if (cells == nullptr) continue;
    if (Cell* const cell = cells->at(series)) visit(*cell);
  }
}

// A cell exists once something was recorded in it, zero included. Answers whether there is one.
template <class T>
bool add_up(const Series& series, std::uint64_t& total_bits) {
  bool is_used = false;
  T total = 0;
  for_each_cell(series, [&](Cell& cell) {
    is_used = true;
    const auto bits = static_cast<SumCell&>(cell).bits.load(std::memory_order_relaxed);
    total = sum_of(total, std::bit_cast<T>(bits));
  });
  total_bits = std::bit_cast<std::uint64_t>(total);
  return is_used;
}

// What a histogram has had since the last total, in whose place this one comes.
template <class Histogram>
Histogram since_last(std::unique_ptr<Histogram>& last, Histogram total) {
  if (last == nullptr) last = std::make_unique<Histogram>();
  Histogram since = total;
  since.subtract(*last);
  *last = std::move(total);
  return since;
}

}  // namespace

MetricCollector::MetricCollector(std::uint32_t reader) : reader_(reader) {
  const MetricsPlan plan = InstrumentRegistry::instance().plan();
  if (reader >= plan.readers.size()) return;
  interval_ = interval_of(plan, reader);
  forget_idleness();
  max_points_ = plan.readers[reader].max_points;
  if (!plan.begins_now) return;
  begun_ = base::unix_nanoseconds();
  static_cast<void>(collect(begun_));
}

// What the same reader of an earlier session has found says nothing of this one.
void MetricCollector::forget_idleness() const {
  const auto guard = LeftCells::instance().lock();
  for (const auto& [stream, series] : InstrumentRegistry::instance().snapshot(reader_)) {
    for (Series* one : series) note(*one, true);
  }
}

std::vector<CollectedMetric> MetricCollector::collect(std::uint64_t now, const ObservedValues& observed) {
  LeftCells& left = LeftCells::instance();
  auto guard = left.lock();
  left.take_from_gone_threads();
  std::vector<CollectedMetric> metrics = collect_locked(now, observed);
  const bool has_news = InstrumentRegistry::instance().let_go(std::exchange(idle_, {}), left.table());
  guard.unlock();  // before threads look for cells to pass on
  if (has_news) InstrumentRegistry::instance().call_threads();
  return metrics;
}

std::vector<CollectedMetric> MetricCollector::collect_locked(std::uint64_t now,
                                                             const ObservedValues& observed) {
  std::vector<CollectedMetric> metrics;
  now_ = now;
  after_round_ = std::exchange(round_, g_exemplar_rounds.fetch_add(1, std::memory_order_relaxed));
  if (interval_ < Intervals::kMost) {
    auto& collections = g_intervals.collections[interval_];
    since_ = {interval_, collections.fetch_add(1, std::memory_order_relaxed)};
  }
  RequestRoom room(max_points_);
  for (const auto& [stream, series] : InstrumentRegistry::instance().snapshot(reader_)) {
    StreamState& state = states_.try_emplace(stream.get(), stream).first->second;
    MetricMessages to(*stream, metrics, room);
    if (stream->storage->instrument->is_observable()) {
      collect_observed(state, observed, to);
    } else {
      collect(state, series, to);
    }
    to.finish();
    state.collected_unix_nanoseconds = now;
  }
  return metrics;
}

void MetricCollector::collect(StreamState& state, const std::vector<Series*>& series, MetricMessages& to) {
  for (Series* one : series) {
    const std::string made = point(state, *one);
    if (!made.empty()) to.add(made);
    if (!state.stream->is_delta) continue;
    note(*one, !made.empty());
    if (one->idle[reader_] == SeriesBook::kIdle) idle_.push_back(one);
  }
}

void MetricCollector::note(Series& series, bool is_new) const {
  if (series.idle.size() <= reader_) series.idle.resize(reader_ + 1);
  std::uint8_t& idle = series.idle[reader_];
  if (is_new) {
    std::ranges::fill(series.idle, 0);  // the other readers may not have seen it yet
  } else if (idle < SeriesBook::kIdle) {
    ++idle;
  }
}

std::string MetricCollector::point(StreamState& state, Series& series) const {
  switch (series.storage->aggregation.kind) {
    case Aggregation::Kind::sum:
      return sum_point(state, series);
    case Aggregation::Kind::last_value:
      return last_value_point(state, series);
    case Aggregation::Kind::explicit_buckets:
      return explicit_point(state, series);
    case Aggregation::Kind::exponential_buckets:
      return exponential_point_of(state, series);
    default:
      return {};
  }
}

// Deltas begin where the last ones ended, the first ones with their instrument; what is cumulative, with its
// series.
PointHead MetricCollector::head(const StreamState& state, const Series& series) const {
  if (!state.stream->is_delta)
    return {series.attributes, series.start_unix_nanoseconds.load(std::memory_order_relaxed), now_};
  const std::uint64_t last = state.collected_unix_nanoseconds;
  return {series.attributes, last != 0 ? last : series.storage->instrument->made_unix_nanoseconds, now_};
}

PointExemplars MetricCollector::exemplars(const Series& series) const {
  PointExemplars all{
      .exemplars = {},
      .is_floating = series.storage->instrument->is_floating || series.storage->aggregation.is_histogram()};
  const auto take_from = [&](const Cell& cell) {
    const ExemplarReservoir* const own = cell.exemplars.load(std::memory_order_acquire);
    if (own != nullptr) own->read(after_round_, all.exemplars);
  };
  if (series.last_value != nullptr) {
    take_from(*series.last_value);
  } else {
    for_each_cell(series, [&](Cell& cell) { take_from(cell); });
  }
  return all;
}

MetricCollector::Seen& MetricCollector::seen(StreamState& state, const Series& series) {
  if (series.ordinal >= state.seen.size()) state.seen.resize(series.ordinal + 1);
  Seen& last = state.seen[series.ordinal];
  if (last.birth != series.birth) last = {.birth = series.birth};  // of a set that was let go
  return last;
}

// What the cells add up to depends in its last bits on their order, which changes where threads end. A sum
// that only grows must not fall by that: it would be taken for one that began anew.
// Where values below zero came, it may fall.
double MetricCollector::settled(double total, double minimum, Seen& last) {
  last.may_fall |= minimum < 0;
  const double settled = last.may_fall ? total : std::max(total, std::bit_cast<double>(last.bits));
  last.bits = std::bit_cast<std::uint64_t>(settled);
  return settled;
}

std::string MetricCollector::sum_point(StreamState& state, const Series& series) const {
  const bool is_floating = series.storage->instrument->is_floating;
  std::uint64_t total = 0;
  const bool is_used = is_floating ? add_up<double>(series, total) : add_up<std::int64_t>(series, total);
  if (!is_used) return {};
  Seen& last = seen(state, series);
  if (is_floating && !series.storage->instrument->may_fall())
    total = std::bit_cast<std::uint64_t>(
        std::max(std::bit_cast<double>(total), std::bit_cast<double>(last.bits)));
  if (!state.stream->is_delta) {
    last.bits = total;
    return number_point(head(state, series), {total, is_floating}, exemplars(series));
  }
  if (std::exchange(last.is_known, true) && last.bits == total) return {};
  const std::uint64_t before = std::exchange(last.bits, total);
  const std::uint64_t since = is_floating ? difference_of_bits<double>(total, before)
                                          : difference_of_bits<std::int64_t>(total, before);
  return number_point(head(state, series), {since, is_floating}, exemplars(series));
}

// The first collector that comes by takes the flag; the others see that there was an update.
std::string MetricCollector::last_value_point(StreamState& state, Series& series) const {
  if (series.last_value->is_new.exchange(false, std::memory_order_acquire)) ++series.updates;
  if (series.updates == 0) return {};
  if (state.stream->is_delta) {
    Seen& last = seen(state, series);
    if (std::exchange(last.updates, series.updates) == series.updates) return {};
  }
  PointHead at = head(state, series);
  at.start_unix_nanoseconds = 0;
  const std::uint64_t bits = series.last_value->bits.load(std::memory_order_relaxed);
  return number_point(at, {bits, series.storage->instrument->is_floating}, exemplars(series));
}

std::string MetricCollector::explicit_point(StreamState& state, const Series& series) const {
  const bool is_delta = state.stream->is_delta;
  const bool has_interval = interval_ < Intervals::kMost;
  ExplicitHistogram total;
  for_each_cell(series, [&](Cell& cell) {
    total.add(static_cast<HistogramCell&>(cell).read(is_delta && has_interval ? since_ : Since{}));
  });
  if (total.count == 0) return {};
  Seen& last = seen(state, series);
  total.sum = settled(total.sum, total.extremes.minimum, last);
  if (!is_delta) return histogram_point(head(state, series), *series.storage, total, exemplars(series));
  if (!has_interval) total.extremes = {};
  const ExplicitHistogram since = since_last(last.histogram, std::move(total));
  if (since.count == 0) return {};
  return histogram_point(head(state, series), *series.storage, since, exemplars(series));
}

std::string MetricCollector::exponential_point_of(StreamState& state, const Series& series) const {
  const bool is_delta = state.stream->is_delta;
  const bool has_interval = interval_ < Intervals::kMost;
  const std::uint32_t max_size = series.storage->aggregation.max_size;
  ExponentialHistogram total;
  for_each_cell(series, [&](Cell& cell) {
    total.merge(static_cast<ExponentialCell&>(cell).read(is_delta && has_interval ? since_ : Since{}),
                max_size);
  });
  if (total.count == 0) return {};
  Seen& last = seen(state, series);
  total.sum = settled(total.sum, total.minimum, last);
  if (!is_delta) return exponential_point(head(state, series), *series.storage, total, exemplars(series));
  if (!has_interval) {
    total.minimum = ExponentialHistogram{}.minimum;
    total.maximum = ExponentialHistogram{}.maximum;
  }
  const ExponentialHistogram since = since_last(last.exponential, std::move(total));
  if (since.count == 0) return {};
  return exponential_point(head(state, series), *series.storage, since, exemplars(series));
}

void MetricCollector::collect_observed(StreamState& state, const ObservedValues& observed,
                                       MetricMessages& to) const {
  const Storage& storage = *state.stream->storage;
  const detail::Instrument& instrument = *storage.instrument;
  const bool is_gauge = storage.aggregation.kind == Aggregation::Kind::last_value;
  const bool goes_on = state.stream->is_delta && state.collected_unix_nanoseconds != 0;
  const std::uint64_t begun = std::max(instrument.made_unix_nanoseconds, observed.start_of(instrument));
  const std::uint64_t start = goes_on ? state.collected_unix_nanoseconds : begun;
  const std::vector<ObservedSeries> series = state.observed.take(observed.of(instrument));
  // What was observed for an earlier session is not this one's.
  const bool is_first = !series.empty() && !std::exchange(state.is_observed, true);
  if (is_first && state.stream->is_delta && begun < begun_) return;
  for (const ObservedSeries& one : series)
    to.add(number_point({one.attributes, is_gauge ? 0 : start, now_}, {one.bits, instrument.is_floating}));
}

void reset_metrics_in_child(std::uint64_t now) {
  InstrumentRegistry& registry = InstrumentRegistry::instance();
  registry.restart_series(now);
  registry.unlock_after_fork();
  LeftCells::instance().reset_in_child();
  for (ThreadBlock* block = g_threads.first(); block != nullptr; block = block->next) {
    if (CellTable* cells = block->cells.load(std::memory_order_relaxed)) cells->reset_in_child();
  }
}

}  // namespace ergon::inline v0::telemetry
