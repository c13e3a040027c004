#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "telemetry/metrics/storage.hpp"

namespace ergon::inline v0::telemetry {

/// What callbacks have observed for one collection. A value, for one thread at a time.
class ObservedValues {
 public:
  struct Value {
    std::string attributes;  // canonical, under kGivenTag
    std::uint64_t bits;
  };

  /// A set of attributes that is observed again keeps its place and takes the value.
  void add(const detail::Instrument& instrument, std::string canonical, std::uint64_t bits) {
    OfInstrument& own = by_instrument_[&instrument];
    const auto [place, is_new] = own.places.try_emplace(canonical, own.values.size());
    if (is_new) {
      own.values.push_back({std::move(canonical), bits});
    } else {
      own.values[place->second].bits = bits;
    }
  }
  void add(const ObservedValues& others) {
    for (const auto& [instrument, own] : others.by_instrument_) {
      for (const Value& value : own.values) add(*instrument, value.attributes, value.bits);
      set_start(*instrument, own.start_unix_nanoseconds);
    }
  }
  /// The instrument's values have counted from here on, and not since it was made.
  void set_start(const detail::Instrument& instrument, std::uint64_t unix_nanoseconds) {
    std::uint64_t& start = by_instrument_[&instrument].start_unix_nanoseconds;
    start = std::max(start, unix_nanoseconds);
  }

  /// In the order in which sets were first observed.
  [[nodiscard]] const std::vector<Value>& of(const detail::Instrument& instrument) const {
    static const auto* const kNone = new std::vector<Value>;
    const auto found = by_instrument_.find(&instrument);
    return found == by_instrument_.end() ? *kNone : found->second.values;
  }
  /// 0: since the instrument was made.
  [[nodiscard]] std::uint64_t start_of(const detail::Instrument& instrument) const {
    const auto found = by_instrument_.find(&instrument);
    return found == by_instrument_.end() ? 0 : found->second.start_unix_nanoseconds;
  }

 private:
  struct OfInstrument {
    std::vector<Value> values;
    std::map<std::string, std::size_t, std::less<>> places;
    std::uint64_t start_unix_nanoseconds{0};
  };
  std::map<const detail::Instrument*, OfInstrument> by_instrument_;
};

}  // namespace ergon::inline v0::telemetry
