#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ergon/telemetry/instrument.hpp>

#include "telemetry/metrics/aggregation.hpp"
#include "telemetry/metrics/cells.hpp"
#include "telemetry/record/append_attribute.hpp"
#include "telemetry/record/scope_registry.hpp"

namespace ergon::inline v0::detail {

/// An instrument, for ever; all but the flag is immutable.
struct Instrument {
  const Scope* scope;
  std::string name;
  std::string unit;
  std::string description;
  InstrumentKind kind;
  bool is_floating;
  std::vector<double> boundaries;           // advised, or the default ones
  std::vector<std::string> attribute_keys;  // advised; empty: all
  std::uint64_t made_unix_nanoseconds;
  // Whether a stream takes it. The registry writes (relaxed, as all of RecordingState), any thread reads.
  mutable std::atomic<bool> is_enabled{true};

  [[nodiscard]] bool is_observable() const noexcept { return kind >= InstrumentKind::observable_counter; }
  /// Whether its measurements may be below zero by design; then a sum of them says nothing.
  [[nodiscard]] bool may_fall() const noexcept {
    return kind == InstrumentKind::up_down_counter || kind == InstrumentKind::gauge ||
           kind == InstrumentKind::observable_up_down_counter || kind == InstrumentKind::observable_gauge;
  }
};

}  // namespace ergon::inline v0::detail

namespace ergon::inline v0::telemetry {

struct Storage;

/// One set of attributes of a storage. The object lives for ever; where a set is let go, it is another's
/// later.
struct Series {
  std::uint32_t index;    // its place in every thread's cells
  std::uint32_t ordinal;  // among those of its storage
  Storage* storage;
  std::string attributes;  // encoded fields of the data point, sorted by key
  std::atomic<std::uint64_t> start_unix_nanoseconds;
  std::uint64_t birth;                          // no other set has the same
  std::unique_ptr<LastValueCell> last_value{};  // of storages of last values: all threads' cell
  // The collectors'.
  std::uint64_t updates{0};          // how often one found a new last value
  std::vector<std::uint8_t> idle{};  // by reader: how many collections have found nothing new, up to kIdle
  // The registry's, under its lock.
  bool is_leaving{false};
  std::uint32_t waits{0};  // how often it could not leave, as a thread had its cell
};

/// What is kept of an instrument's measurements for all streams that agree in how. Lives for ever: the next
/// session's streams find what they go on with.
struct Storage {
  const detail::Instrument* instrument;
  Aggregation aggregation;
  AttributeFilter filter;
  std::uint32_t cardinality_limit;

  // The registry's, under its lock.
  std::map<std::string, Series*, std::less<>> by_attributes{};
  Series* overflow{nullptr};
  std::uint32_t series_count{0};
  std::vector<std::uint32_t> free_ordinals{};
  std::vector<std::uint32_t> delta_readers{};  // of the plan
  bool has_other_readers{false};

  /// The field of the data point that attributes stand in.
  [[nodiscard]] AttributeTag attribute_tag() const noexcept {
    if (aggregation.kind == Aggregation::Kind::explicit_buckets) return AttributeTag::histogram_point;
    if (aggregation.kind == Aggregation::Kind::exponential_buckets) return AttributeTag::exponential_point;
    return AttributeTag::number_point;
  }
};

/// What one reader gets of one instrument: a view's result.
struct Stream {
  std::uint32_t reader;
  std::string name;
  std::string description;
  Storage* storage;
  bool is_delta;
};

}  // namespace ergon::inline v0::telemetry
