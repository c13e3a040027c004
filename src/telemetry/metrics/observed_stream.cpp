#include "telemetry/metrics/observed_stream.hpp"

#include <bit>
#include <utility>

#include "telemetry/metrics/canonical_attributes.hpp"
#include "telemetry/metrics/saturating.hpp"

namespace ergon::inline v0::telemetry {

namespace {

// A counter that fell began anew.
template <class T>
std::uint64_t increase_of_bits(std::uint64_t now, std::uint64_t before, bool may_fall) {
  const std::uint64_t difference = difference_of_bits<T>(now, before);
  return std::bit_cast<T>(difference) < 0 && !may_fall ? now : difference;
}

}  // namespace

std::vector<ObservedSeries> ObservedStream::take(const std::vector<ObservedValues::Value>& values) {
  std::vector<ObservedSeries> series = limited(filtered(values));
  Totals now;
  for (ObservedSeries& one : series) {
    now.emplace(one.attributes, one.bits);
    if (stream_.is_delta) one.bits = since_last(one.attributes, one.bits);
  }
  if (stream_.is_delta) remember_missing(now);
  last_ = std::move(now);
  return series;
}

// A callback that was too slow, or threw, has not observed; what it observes next goes on from what it did
// last.
void ObservedStream::remember_missing(const Totals& now) {
  for (const auto& [attributes, bits] : now) {
    last_.erase(attributes);
    missing_.erase(attributes);
  }
  if (missing_.size() > stream_.storage->cardinality_limit) missing_.clear();
  missing_.merge(last_);
}

std::uint64_t ObservedStream::since_last(const std::string& attributes, std::uint64_t now) const {
  for (const Totals* totals : {&last_, &missing_}) {
    if (const auto before = totals->find(attributes); before != totals->end())
      return since(now, before->second);
  }
  return now;
}

std::vector<ObservedSeries> ObservedStream::filtered(const std::vector<ObservedValues::Value>& values) const {
  const Storage& storage = *stream_.storage;
  std::vector<ObservedSeries> series;
  std::map<std::string, std::size_t> places;
  for (const ObservedValues::Value& value : values) {
    std::string kept = filtered_attributes(value.attributes, storage.filter, storage.attribute_tag());
    const auto [place, is_new] = places.try_emplace(kept, series.size());
    if (is_new) {
      series.push_back({std::move(kept), value.bits});
    } else {
      series[place->second].bits = joined(series[place->second].bits, value.bits);
    }
  }
  return series;
}

std::vector<ObservedSeries> ObservedStream::limited(const std::vector<ObservedSeries>& all) const {
  std::size_t own = 0;  // that have a series already
  for (const ObservedSeries& one : all) own += last_.contains(one.attributes) ? 1 : 0;
  std::vector<ObservedSeries> series;
  ObservedSeries overflow{overflow_attributes(stream_.storage->attribute_tag()), 0};
  bool has_overflow = false;
  for (const ObservedSeries& one : all) {
    const bool is_known = last_.contains(one.attributes);
    if (is_known || own < stream_.storage->cardinality_limit) {
      own += is_known ? 0 : 1;
      series.push_back(one);
    } else {
      overflow.bits = std::exchange(has_overflow, true) ? joined(overflow.bits, one.bits) : one.bits;
    }
  }
  if (has_overflow) series.push_back(std::move(overflow));
  return series;
}

std::uint64_t ObservedStream::joined(std::uint64_t total, std::uint64_t value) const {
  if (stream_.storage->aggregation.kind == Aggregation::Kind::last_value) return value;
  return stream_.storage->instrument->is_floating ? sum_of_bits<double>(total, value)
                                                  : sum_of_bits<std::int64_t>(total, value);
}

std::uint64_t ObservedStream::since(std::uint64_t now, std::uint64_t before) const {
  if (stream_.storage->aggregation.kind == Aggregation::Kind::last_value) return now;
  const detail::Instrument& instrument = *stream_.storage->instrument;
  return instrument.is_floating ? increase_of_bits<double>(now, before, instrument.may_fall())
                                : increase_of_bits<std::int64_t>(now, before, instrument.may_fall());
}

}  // namespace ergon::inline v0::telemetry
