#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/telemetry/instrument.hpp>

#include "telemetry/record/append_attribute.hpp"
#include "telemetry/record/scope_registry.hpp"

namespace ergon::telemetry {

/// One instrument with one set of attributes. Lives for ever; `index` is its place in every thread's cells.
struct Series {
  std::uint32_t index;
  const detail::Instrument* instrument;
  std::string attributes;  // encoded fields of the data point, sorted by key
  std::atomic<std::uint64_t> start_unix_nanoseconds;
};

inline constexpr std::uint32_t kCardinalityLimit = 2'000;
/// Of the series that the process can have, those kept for the overflow of instruments that come late.
inline constexpr std::uint32_t kOverflowReserve = 1'024;

}  // namespace ergon::telemetry

namespace ergon::detail {

struct Instrument {
  const Scope* scope;
  std::string name;
  std::string unit;
  std::string description;
  InstrumentKind kind;
  bool is_floating;
  std::vector<double> boundaries;

  [[nodiscard]] telemetry::AttributeTag attribute_tag() const {
    return kind == InstrumentKind::histogram ? telemetry::AttributeTag::histogram_point
                                             : telemetry::AttributeTag::number_point;
  }
};

}  // namespace ergon::detail

namespace ergon::telemetry {

/// All instruments and series. Any thread, by a lock that is held for look-ups only; entries live for ever.
class InstrumentRegistry {
 public:
  [[nodiscard]] static InstrumentRegistry& instance();

  /// The instrument of this identity. Its boundaries are those that it was first asked for with; a diagnostic
  /// tells of others.
  const detail::Instrument& instrument(const detail::Scope& scope, const detail::InstrumentName& name,
                                       const InstrumentOptions& options);

  /// The series of encoded attributes, in whatever order and with whatever repetition they were given (the
  /// last value wins). Beyond kCardinalityLimit sets, or when only the reserve is left to the process, an
  /// instrument's new ones share `otel.metric.overflow=true`. Null when the reserve is used up as well.
  const Series* series(const detail::Instrument& instrument, std::string_view encoded_attributes);

  struct InstrumentSeries {
    const detail::Instrument* instrument;
    std::vector<const Series*> series;
  };
  /// All instruments that have series, in order of first use.
  [[nodiscard]] std::vector<InstrumentSeries> snapshot();

  void lock_for_fork() { mutex_.lock(); }
  void unlock_after_fork() { mutex_.unlock(); }
  /// In the child of a fork, with the lock held: all series begin anew.
  void restart_series(std::uint64_t now_unix_nanoseconds);

 private:
  struct Entry {
    detail::Instrument instrument;
    std::map<std::string, const Series*, std::less<>> by_attributes;
  };
  const detail::Instrument& find_or_add(const detail::Scope& scope, const detail::InstrumentName& name,
                                        const InstrumentOptions& options,
                                        const std::vector<double>& boundaries);
  const Series* add_series(Entry& entry, std::string attributes);

  std::mutex mutex_;
  std::deque<Entry> entries_;
  std::map<std::string, Entry*> by_identity_;
  std::map<const detail::Instrument*, Entry*> by_instrument_;
  std::deque<Series> series_;
};

}  // namespace ergon::telemetry
