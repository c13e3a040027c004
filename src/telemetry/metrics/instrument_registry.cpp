#include "telemetry/metrics/instrument_registry.hpp"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "base/diagnostic.hpp"
#include "base/utf8.hpp"
#include "telemetry/metrics/cell_table.hpp"

namespace ergon {

namespace telemetry {

namespace {

constinit base::Diagnostic g_other_boundaries{
    "telemetry: a histogram was asked for again with other boundaries, the first ones stay"};
constinit base::Diagnostic g_series_used_up{
    "telemetry: no more metric series in this process, new ones count as their instrument's overflow"};

const std::vector<double> kDefaultBoundaries{0,   5,   10,   25,   50,   75,   100,  250,
                                             500, 750, 1000, 2500, 5000, 7500, 10000};

std::uint64_t now_unix_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

// Names are told apart without regard to case (specification: metrics/api.md#instrument-name-syntax). A
// histogram's boundaries are advice and no part of it.
std::string identity(const detail::Scope& scope, const detail::InstrumentName& name,
                     const InstrumentOptions& options) {
  std::string lower(name.name);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  // Texts with their lengths, so that no two instruments give one key.
  return fmt::format("{}/{}/{}/{}:{}/{}:{}/{}:{}", fmt::ptr(&scope), static_cast<int>(name.kind),
                     name.is_floating, lower.size(), lower, options.unit.size(), options.unit,
                     options.description.size(), options.description);
}

std::vector<double> clean_boundaries(const detail::InstrumentName& name, const InstrumentOptions& options) {
  if (name.kind != detail::InstrumentKind::histogram) return {};
  if (options.boundaries.empty()) return kDefaultBoundaries;
  std::vector<double> bounds;
  std::ranges::copy_if(options.boundaries, std::back_inserter(bounds),
                       [](double bound) { return std::isfinite(bound); });
  std::ranges::sort(bounds);
  bounds.erase(std::ranges::unique(bounds).begin(), bounds.end());
  return bounds;
}

// Sorts the encoded fields by key, keeping the last of each.
std::string canonical(std::string_view encoded) {
  SpanBody body;
  body.data = reinterpret_cast<std::byte*>(const_cast<char*>(encoded.data()));
  body.size = static_cast<std::uint32_t>(encoded.size());
  std::map<std::string_view, std::string_view> by_key;
  for (std::uint32_t at = 0; at < body.size;) {
    const BodyField field = field_at(body, at);
    by_key[key_of(field.content)] = encoded.substr(field.offset, field.size);
    at += field.size;
  }
  std::string sorted;
  for (const auto& [key, field] : by_key) sorted.append(field);
  return sorted;
}

std::string overflow_attributes(const detail::Instrument& instrument) {
  SpanBody body;
  reset_body(body);
  append_attribute(body, instrument.attribute_tag(), "otel.metric.overflow", true);
  return {reinterpret_cast<const char*>(body.data), body.size};
}

}  // namespace

InstrumentRegistry& InstrumentRegistry::instance() {
  static auto* const kRegistry = new InstrumentRegistry;  // never destroyed: static destructors still count
  return *kRegistry;
}

const detail::Instrument& InstrumentRegistry::instrument(const detail::Scope& scope,
                                                         const detail::InstrumentName& name,
                                                         const InstrumentOptions& options) {
  const std::vector<double> boundaries = clean_boundaries(name, options);
  const detail::Instrument& found = find_or_add(scope, name, options, boundaries);
  if (found.boundaries != boundaries) g_other_boundaries.report(found.name);
  return found;
}

const detail::Instrument& InstrumentRegistry::find_or_add(const detail::Scope& scope,
                                                          const detail::InstrumentName& name,
                                                          const InstrumentOptions& options,
                                                          const std::vector<double>& boundaries) {
  const std::lock_guard guard(mutex_);
  Entry*& entry = by_identity_[identity(scope, name, options)];
  if (entry == nullptr) {
    entry = &entries_.emplace_back();
    entry->instrument = {&scope,
                         base::repair_utf8(name.name),
                         base::repair_utf8(options.unit),
                         base::repair_utf8(options.description),
                         name.kind,
                         name.is_floating,
                         boundaries};
    by_instrument_[&entry->instrument] = entry;
  }
  return entry->instrument;
}

const Series* InstrumentRegistry::series(const detail::Instrument& instrument,
                                         std::string_view encoded_attributes) {
  std::unique_lock lock(mutex_);
  Entry& entry = *by_instrument_.at(&instrument);
  std::string attributes = canonical(encoded_attributes);
  const auto found = entry.by_attributes.find(attributes);
  if (found != entry.by_attributes.end()) return found->second;
  const bool is_used_up = series_.size() >= CellTable::kMostSeries - kOverflowReserve;
  if (!is_used_up && entry.by_attributes.size() < kCardinalityLimit)
    return add_series(entry, std::move(attributes));
  attributes = overflow_attributes(instrument);
  const auto known = entry.by_attributes.find(attributes);
  const Series* overflow =
      known != entry.by_attributes.end() ? known->second : add_series(entry, std::move(attributes));
  lock.unlock();
  if (is_used_up) g_series_used_up.report(instrument.name);
  return overflow;
}

const Series* InstrumentRegistry::add_series(Entry& entry, std::string attributes) {
  if (series_.size() == CellTable::kMostSeries) return nullptr;
  const auto index = static_cast<std::uint32_t>(series_.size());
  const Series& added = series_.emplace_back(index, &entry.instrument, attributes, now_unix_nanoseconds());
  entry.by_attributes.emplace(std::move(attributes), &added);
  return &added;
}

std::vector<InstrumentRegistry::InstrumentSeries> InstrumentRegistry::snapshot() {
  const std::lock_guard guard(mutex_);
  std::vector<InstrumentSeries> all;
  for (const Entry& entry : entries_) {
    if (entry.by_attributes.empty()) continue;
    InstrumentSeries& one = all.emplace_back(InstrumentSeries{&entry.instrument, {}});
    for (const auto& [attributes, series] : entry.by_attributes) one.series.push_back(series);
  }
  return all;
}

void InstrumentRegistry::restart_series(std::uint64_t now) {
  for (Series& series : series_) series.start_unix_nanoseconds.store(now, std::memory_order_relaxed);
}

}  // namespace telemetry

namespace detail {

const Instrument& intern_instrument(const Scope& scope, const InstrumentName& name,
                                    const InstrumentOptions& options) {
  return telemetry::InstrumentRegistry::instance().instrument(scope, name, options);
}

}  // namespace detail
}  // namespace ergon
