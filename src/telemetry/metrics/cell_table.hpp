#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/metrics/instrument_registry.hpp"

namespace ergon::telemetry {

/// A counter's value for one series and thread. The owning thread writes, the collector reads; relaxed.
struct SumCell {
  std::atomic<std::uint64_t> bits{0};  // of an int64 or a double
  std::atomic<bool> is_used{false};
};

[[nodiscard]] inline double sum_of(double total, double value) noexcept { return total + value; }

/// A counter that has reached int64's end stays there: it never falls.
[[nodiscard]] inline std::int64_t sum_of(std::int64_t total, std::int64_t value) noexcept {
  std::int64_t sum = 0;
  return __builtin_add_overflow(total, value, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

/// A histogram's for one series and thread: a seqlock whose data words are stored with release and loaded
/// with acquire, so that no fence is needed and count, sum and buckets agree. The owning thread writes.
struct HistogramCell {
  struct Value {
    std::uint64_t count{0};
    double sum{0};
    double minimum{0};
    double maximum{0};
    std::vector<std::uint64_t> buckets;
  };

  explicit HistogramCell(std::size_t bucket_count)
      : bucket_count(bucket_count), buckets(std::make_unique<std::atomic<std::uint64_t>[]>(bucket_count)) {}

  void record(double value, std::span<const double> boundaries) noexcept;
  /// Any thread; waits for a write under way to end.
  [[nodiscard]] Value read() const;
  void reset() noexcept;

  std::atomic<std::uint32_t> version{0};  // odd while a write is under way
  std::atomic<std::uint64_t> count{0};
  std::atomic<double> sum{0};
  std::atomic<double> minimum{0};
  std::atomic<double> maximum{0};
  std::size_t bucket_count;
  std::unique_ptr<std::atomic<std::uint64_t>[]> buckets;
};

/// The cells of one thread, by series, and its cache from attributes as they are given to cells.
class CellTable {
 public:
  static constexpr std::uint32_t kChunk = 256;
  static constexpr std::uint32_t kMostSeries = 64 * kChunk;

  union Cell {
    void* any;
    SumCell* sum;
    HistogramCell* histogram;
  };

  /// Owner. The cell of these encoded attributes, made at need; null, of which a diagnostic tells, when
  /// there is no room.
  [[nodiscard]] Cell find_or_make(const detail::Instrument& instrument, std::string_view encoded);

  /// Collector. The cell of a series in this thread, or null.
  [[nodiscard]] Cell at(const Series& series) const noexcept;

  /// For the child of a fork, while it has one thread: all values begin anew. The caller has the registry's
  /// lock.
  void reset(const std::vector<InstrumentRegistry::InstrumentSeries>& all) noexcept;

 private:
  struct Chunk {
    std::array<std::atomic<void*>, kChunk> cells{};
  };
  struct Cached {
    std::uint64_t hash{0};
    const detail::Instrument* instrument{nullptr};
    Cell cell{nullptr};
    std::string key;
  };
  static constexpr std::size_t kFirstCache = 16;
  static constexpr std::size_t kMostCached = 8'192;
  static constexpr std::size_t kBytesPerCached = 4 * sizeof(Cached);  // a table that grew is a quarter full

  Cell make(const detail::Instrument& instrument, std::string_view encoded);
  void remember(Cached entry);
  void put(Cached entry);

  // Owner stores (release), collector loads (acquire).
  std::array<std::atomic<Chunk*>, kMostSeries / kChunk> chunks_{};
  // The owner's alone: open addressing, a power of two, at most half full.
  std::vector<Cached> cache_{kFirstCache};
  std::size_t cached_{0};
  std::size_t cached_bytes_{0};  // of the budget
};

}  // namespace ergon::telemetry
