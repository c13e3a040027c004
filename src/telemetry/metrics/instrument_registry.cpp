#include "telemetry/metrics/instrument_registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/diagnostic.hpp"
#include "base/unix_time.hpp"
#include "base/utf8.hpp"
#include "telemetry/metrics/canonical_attributes.hpp"
#include "telemetry/metrics/instrument_name.hpp"
#include "telemetry/record/recording_state.hpp"

namespace ergon::inline v0 {

namespace telemetry {

namespace {

constinit base::Diagnostic g_other_advice{
    "telemetry: an instrument was asked for again with other advice, the first stays"};
constinit base::Diagnostic g_duplicate{
    "telemetry: an instrument of this name exists with another kind, unit or description, both are exported"};
constinit base::Diagnostic g_no_name{
    "telemetry: an instrument's name or unit is none by the specification, it is exported as it is"};
constinit base::Diagnostic g_series_used_up{
    "telemetry: no more metric series in this process, new ones count as their instrument's overflow"};
constinit base::Diagnostic g_overflow{
    "telemetry: a metric has more sets of attributes than its limit, the rest is counted together"};

}  // namespace

InstrumentRegistry& InstrumentRegistry::instance() {
  static auto* const kRegistry = new InstrumentRegistry;  // never destroyed: static destructors still count
  return *kRegistry;
}

const detail::Instrument& InstrumentRegistry::instrument(const detail::Scope& scope,
                                                         const detail::InstrumentName& name,
                                                         const InstrumentOptions& options) {
  const std::vector<double> boundaries = clean_boundaries(name, options);
  bool is_duplicate = false;
  const detail::Instrument* found = nullptr;
  {
    const std::lock_guard guard(mutex_);
    found = &find_or_add(scope, name, options, is_duplicate).instrument;
  }
  if (is_duplicate) g_duplicate.report(found->name);
  if (!is_instrument_name(found->name) || !is_instrument_unit(found->unit)) g_no_name.report(found->name);
  const bool is_same_advice =
      found->boundaries == boundaries && std::ranges::equal(found->attribute_keys, options.attribute_keys);
  if (!is_same_advice) g_other_advice.report(found->name);
  return *found;
}

InstrumentRegistry::Entry& InstrumentRegistry::find_or_add(const detail::Scope& scope,
                                                           const detail::InstrumentName& name,
                                                           const InstrumentOptions& options,
                                                           bool& is_duplicate) {
  Entry*& entry = by_identity_[instrument_identity(scope, name, options)];
  if (entry != nullptr) return *entry;
  entry = &entries_.emplace_back();
  detail::Instrument& made = entry->instrument;
  made.scope = &scope;
  made.name = base::repair_utf8(name.name);
  made.unit = base::repair_utf8(options.unit);
  made.description = base::repair_utf8(options.description);
  made.kind = name.kind;
  made.is_floating = name.is_floating;
  made.boundaries = clean_boundaries(name, options);
  made.attribute_keys.assign(options.attribute_keys.begin(), options.attribute_keys.end());
  made.made_unix_nanoseconds = base::unix_nanoseconds();
  by_instrument_[&entry->instrument] = entry;
  is_duplicate = !by_name_.emplace(instrument_place(scope, name.name), entry).second;
  route(*entry);
  return *entry;
}

void InstrumentRegistry::configure(MetricsPlan plan) {
  const std::lock_guard guard(mutex_);
  plan_ = std::move(plan);
  for (Entry& entry : entries_) route(entry);
  g_recording.exemplar_filter.store(plan_.exemplars, std::memory_order_relaxed);
  g_intervals.readers.store(intervals_of(plan_), std::memory_order_relaxed);
  begin_generation();
}

// Pairs with nothing: who sees it asks for series under the lock.
void InstrumentRegistry::begin_generation() {
  ++generation_;
  g_recording.metrics_generation.store(plan_.readers.empty() ? kMetricsOff : generation_,
                                       std::memory_order_relaxed);
}

MetricsPlan InstrumentRegistry::plan() {
  const std::lock_guard guard(mutex_);
  return plan_;
}

// Decides which streams an instrument goes to, by the plan of now.
void InstrumentRegistry::route(Entry& entry) {
  entry.streams.clear();
  entry.storages.clear();
  for (Storage& storage : entry.all_storages) {
    storage.delta_readers.clear();
    storage.has_other_readers = false;
  }
  for (std::uint32_t reader = 0; reader < plan_.readers.size(); ++reader) {
    for (WantedStream& wanted : streams_of(entry.instrument, plan_, plan_.readers[reader])) {
      Storage& storage = storage_of(entry, wanted);
      storage.has_other_readers |= !wanted.is_delta;
      if (wanted.is_delta) storage.delta_readers.push_back(reader);
      entry.streams.push_back(std::make_shared<const Stream>(
          Stream{reader, std::move(wanted.name), std::move(wanted.description), &storage, wanted.is_delta}));
      if (std::ranges::find(entry.storages, &storage) == entry.storages.end())
        entry.storages.push_back(&storage);
    }
  }
  entry.instrument.is_enabled.store(!entry.streams.empty(), std::memory_order_relaxed);
}

Storage& InstrumentRegistry::storage_of(Entry& entry, const WantedStream& wanted) {
  for (Storage& storage : entry.all_storages) {
    if (storage.aggregation == wanted.aggregation && storage.filter == wanted.filter &&
        storage.cardinality_limit == wanted.cardinality_limit)
      return storage;
  }
  return entry.all_storages.emplace_back(
      Storage{&entry.instrument, wanted.aggregation, wanted.filter, wanted.cardinality_limit});
}

void InstrumentRegistry::visit_series(const detail::Instrument& instrument,
                                      std::string_view encoded_attributes,
                                      const std::function<void(const Found&)>& visit) {
  const std::string canonical = canonical_attributes(encoded_attributes);
  bool is_used_up = false;
  bool is_overflow = false;
  {
    const std::lock_guard guard(mutex_);
    for (Storage* storage : entry_of(instrument).storages) {
      const std::string kept = filtered_attributes(canonical, storage->filter, storage->attribute_tag());
      const Series* const series = series_.find_or_add(*storage, kept, is_used_up);
      if (series == nullptr) continue;
      is_overflow |= series == storage->overflow && series->attributes != kept;
      visit({*series, series_.dropped_of(*storage, canonical)});
    }
  }
  if (is_used_up) {
    g_series_used_up.report(instrument.name);
  } else if (is_overflow) {
    g_overflow.report(instrument.name);
  }
}

bool InstrumentRegistry::let_go(const std::vector<Series*>& idle, CellTable& left) {
  const std::lock_guard guard(mutex_);
  return series_.let_go(idle, left);
}

std::vector<Series*> InstrumentRegistry::leaving() {
  const std::lock_guard guard(mutex_);
  return series_.leaving();
}

void InstrumentRegistry::call_threads() {
  const std::lock_guard guard(mutex_);
  begin_generation();
}

detail::Binding InstrumentRegistry::bind(const detail::Instrument& instrument, std::string_view encoded) {
  std::string attributes = canonical_attributes(encoded);
  const auto key = [&] { return fmt::format("{}/{}", fmt::ptr(&instrument), attributes); };
  const std::lock_guard guard(mutex_);
  const auto found = bindings_.find(key());
  if (found != bindings_.end()) return found->second;
  if (bound_.size() >= kMostBindings) {
    attributes = overflow_attributes(kGivenTag);
    if (const auto overflow = bindings_.find(key()); overflow != bindings_.end()) return overflow->second;
  }
  const auto binding = static_cast<detail::Binding>(bound_.size());
  bindings_.emplace(key(), binding);
  bound_.push_back({&instrument, std::move(attributes)});
  return binding;
}

InstrumentRegistry::Bound InstrumentRegistry::bound(detail::Binding binding) {
  const std::lock_guard guard(mutex_);
  return bound_[static_cast<std::size_t>(binding)];
}

std::vector<InstrumentRegistry::StreamSeries> InstrumentRegistry::snapshot(std::uint32_t reader) {
  const std::lock_guard guard(mutex_);
  std::vector<StreamSeries> all;
  for (const Entry& entry : entries_) {
    for (const auto& stream : entry.streams) {
      if (stream->reader != reader) continue;
      StreamSeries& one = all.emplace_back(StreamSeries{stream, {}});
      for (const auto& [attributes, series] : stream->storage->by_attributes) one.series.push_back(series);
    }
  }
  return all;
}

void InstrumentRegistry::restart_series(std::uint64_t now) {
  for (Entry& entry : entries_) entry.instrument.made_unix_nanoseconds = now;
  series_.restart(now);
  begin_generation();
}

}  // namespace telemetry

namespace detail {

const Instrument& intern_instrument(const Scope& scope, const InstrumentName& name,
                                    const InstrumentOptions& options) {
  return telemetry::InstrumentRegistry::instance().instrument(scope, name, options);
}

bool is_enabled(const Instrument& instrument) noexcept {
  return instrument.is_enabled.load(std::memory_order_relaxed);
}

}  // namespace detail
}  // namespace ergon::inline v0
