#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/metrics/metrics_plan.hpp"
#include "telemetry/metrics/series_book.hpp"
#include "telemetry/metrics/storage.hpp"

namespace ergon::inline v0::telemetry {

/// All instruments, the streams that they go to, their series and bindings. Any thread, by a lock that is
/// held for look-ups only; entries live for ever.
class InstrumentRegistry {
 public:
  [[nodiscard]] static InstrumentRegistry& instance();

  /// The instrument of this identity. What advice it was first asked for with, stays; a diagnostic tells of
  /// other advice, of another instrument of its name, and of a name or unit that is none.
  const detail::Instrument& instrument(const detail::Scope& scope, const detail::InstrumentName& name,
                                       const InstrumentOptions& options);

  /// What a session wants, of all instruments, present and future. Threads take it up at their next
  /// measurement.
  void configure(MetricsPlan plan);
  [[nodiscard]] MetricsPlan plan();

  /// Calls `visit` for the series of encoded attributes, in whatever order and with whatever repetition they
  /// were given (the last value wins): one of each storage that the instrument goes to. Beyond a storage's
  /// limit, or when only the reserve is left to the process, its new ones share `otel.metric.overflow=true`;
  /// when the reserve is used up as well, there is none. Under the lock, so that a series which gets a cell
  /// there has not left.
  struct Found {
    const Series& series;
    const std::string* dropped;  // attributes that the storage does not keep, encoded; null: none
  };
  void visit_series(const detail::Instrument& instrument, std::string_view encoded_attributes,
                    const std::function<void(const Found&)>& visit);

  /// A collector's, with the lock of `LeftCells`: ends series that have left, and has those leave of which
  /// all readers have found nothing new for a while. Answers whether threads are to be told, by
  /// `call_threads`, once that lock is free.
  [[nodiscard]] bool let_go(const std::vector<Series*>& idle, CellTable& left);
  [[nodiscard]] std::vector<Series*> leaving();
  /// Has threads forget their ways to cells, and look for `leaving`.
  void call_threads();

  struct Bound {
    const detail::Instrument* instrument;
    std::string attributes;  // encoded
  };
  static constexpr std::uint32_t kMostBindings = 65'536;
  /// The place of an instrument with encoded attributes. Beyond kMostBindings new ones are the instrument's
  /// overflow.
  [[nodiscard]] detail::Binding bind(const detail::Instrument& instrument,
                                     std::string_view encoded_attributes);
  [[nodiscard]] Bound bound(detail::Binding binding);

  struct StreamSeries {
    std::shared_ptr<const Stream> stream;
    std::vector<Series*> series;  // none of an observable instrument
  };
  /// All streams of a reader, in the order in which instruments were made.
  [[nodiscard]] std::vector<StreamSeries> snapshot(std::uint32_t reader);

  void lock_for_fork() { mutex_.lock(); }
  void unlock_after_fork() { mutex_.unlock(); }
  /// In the child of a fork, with the lock held: all series begin anew.
  void restart_series(std::uint64_t now_unix_nanoseconds);

 private:
  struct Entry {
    detail::Instrument instrument;
    std::vector<std::shared_ptr<const Stream>> streams{};
    std::vector<Storage*> storages{};  // of the streams, each once
    std::deque<Storage> all_storages{};
  };
  Entry& find_or_add(const detail::Scope& scope, const detail::InstrumentName& name,
                     const InstrumentOptions& options, bool& is_duplicate);
  void route(Entry& entry);
  static Storage& storage_of(Entry& entry, const WantedStream& wanted);
  void begin_generation();
  [[nodiscard]] Entry& entry_of(const detail::Instrument& instrument) {
    return *by_instrument_.at(&instrument);
  }

  std::mutex mutex_;
  MetricsPlan plan_{};
  std::uint32_t generation_{1};
  std::deque<Entry> entries_;
  std::map<std::string, Entry*> by_identity_;
  std::map<std::string, Entry*> by_name_;  // the first of each name in its scope
  std::map<const detail::Instrument*, Entry*> by_instrument_;
  SeriesBook series_;
  std::deque<Bound> bound_;
  std::map<std::string, detail::Binding, std::less<>> bindings_;  // by instrument and canonical attributes
};

}  // namespace ergon::inline v0::telemetry
