#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "telemetry/metrics/exemplars.hpp"
#include "telemetry/metrics/exponential.hpp"
#include "telemetry/metrics/seqlock.hpp"

namespace ergon::inline v0::telemetry {

/// The readers that want extremes of their last interval only, and how often each has collected: what is
/// recorded after it did belongs to its next interval. Sessions and collectors write, recording threads read,
/// relaxed: a record at the edge may widen the extremes of either interval, and its own are never narrower
/// than it.
struct Intervals {
  static constexpr std::uint32_t kMost = 2;  // further delta readers get no extremes

  std::atomic<std::uint32_t> readers{0};
  std::atomic<std::uint32_t> collections[kMost]{1, 1};
};
extern constinit Intervals g_intervals;

/// Which values a reader wants the extremes of: all, or those since one of the intervals began.
struct Since {
  std::uint32_t interval{Intervals::kMost};  // kMost: all
  std::uint32_t collections{0};
};

enum class CellKind : std::uint8_t {
  integer_sum,
  real_sum,
  last_value,
  explicit_buckets,
  exponential_buckets,
  nowhere  // of what no stream wants
};

/// The state of one series in one thread, which only that thread writes; the collector reads. A cell has its
/// cache lines to itself. Which of the types below it is, `kind` says.
struct alignas(64) Cell {
  constexpr explicit Cell(CellKind cell_kind) noexcept : kind(cell_kind) {}

  const CellKind kind;
  // Made at the first offer. Owner stores (release), collector loads (acquire).
  std::atomic<ExemplarReservoir*> exemplars{nullptr};
};

/// Takes what nobody wants; never written, so all threads share it.
extern constinit Cell g_nowhere;

/// A sum of int64 or double. Relaxed: nothing else depends on it.
struct SumCell : Cell {
  using Cell::Cell;
  std::atomic<std::uint64_t> bits{0};
};

/// The last value, which all threads share. A writer stores the value (relaxed), then the flag (release); the
/// collector takes the flag (acquire), then reads the value, so it misses none: at worst it sees it twice.
struct LastValueCell : Cell {
  LastValueCell() noexcept : Cell(CellKind::last_value) {}
  std::atomic<std::uint64_t> bits{0};  // of an int64 or a double
  std::atomic<bool> is_new{false};
  std::atomic<bool> is_offering{false};  // to its exemplars, which one thread does at a time
};

/// The least and the greatest value, since the cell was made and of each reader's last two intervals.
class Extremes {
 public:
  struct Pair {
    double minimum{std::numeric_limits<double>::infinity()};
    double maximum{-std::numeric_limits<double>::infinity()};

    void widen(const Pair& other) noexcept;
  };
  /// Owner, within its seqlock.
  void record(double value) noexcept {
    all_.widen(value);
    if (g_intervals.readers.load(std::memory_order_relaxed) > 0) record_intervals(value);
  }
  [[nodiscard]] Pair load(Since since) const noexcept;
  /// Owner, within its seqlock: takes in what another, which nobody writes any more, has.
  void absorb(const Extremes& other) noexcept;

 private:
  struct Stored {
    std::atomic<double> minimum{std::numeric_limits<double>::infinity()};
    std::atomic<double> maximum{-std::numeric_limits<double>::infinity()};

    void widen(double value) noexcept {
      if (value < minimum.load(std::memory_order_relaxed)) minimum.store(value, std::memory_order_release);
      if (value > maximum.load(std::memory_order_relaxed)) maximum.store(value, std::memory_order_release);
    }
    void widen(const Pair& other) noexcept;
    [[nodiscard]] Pair load() const noexcept;
  };
  struct OfInterval {
    std::atomic<std::uint32_t> collections{0};
    Stored stored;
  };
  void record_intervals(double value) noexcept;
  void record(std::uint32_t interval, double value) noexcept;

  Stored all_;
  OfInterval intervals_[Intervals::kMost][2];  // the even and the odd
};

/// What was counted in explicit buckets. A value, for one thread.
struct ExplicitHistogram {
  std::uint64_t count{0};
  double sum{0};
  Extremes::Pair extremes{};
  std::vector<std::uint64_t> buckets{};

  void add(const ExplicitHistogram& other);
  void subtract(const ExplicitHistogram& earlier);
};

/// Explicit buckets. Made by `make_histogram_cell`, with room for its buckets behind it.
class HistogramCell : public Cell {
 public:
  /// The bounds must outlive the cell.
  explicit HistogramCell(std::span<const double> boundaries) noexcept;

  void record(double value) noexcept;
  [[nodiscard]] std::size_t bucket_of(double value) const noexcept;
  [[nodiscard]] std::uint32_t bucket_count() const noexcept { return bucket_count_; }
  /// Owner. Of the same bounds, and written by nobody any more.
  void absorb(const HistogramCell& other) noexcept;
  /// Any thread. `since` is for the extremes alone.
  [[nodiscard]] ExplicitHistogram read(Since since = {}) const;

  [[nodiscard]] static std::size_t bytes(std::size_t boundaries) noexcept {
    return sizeof(HistogramCell) + (boundaries + 1) * sizeof(std::atomic<std::uint64_t>);
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes(bucket_count_ - 1); }

 private:
  [[nodiscard]] std::atomic<std::uint64_t>* buckets() noexcept {
    return reinterpret_cast<std::atomic<std::uint64_t>*>(this + 1);
  }
  [[nodiscard]] const std::atomic<std::uint64_t>* buckets() const noexcept {
    return reinterpret_cast<const std::atomic<std::uint64_t>*>(this + 1);
  }

  Seqlock lock_;
  std::uint32_t last_bucket_{0};  // the owner's: where the last value went
  const std::uint32_t bucket_count_;
  const double* const boundaries_;
  std::atomic<std::uint64_t> count_{0};
  std::atomic<double> sum_{0};
  Extremes extremes_;
};

/// Makes a cell; `destroy_cell` frees any but a LastValueCell, which belongs to its series. Both throw
/// nothing but std::bad_alloc.
[[nodiscard]] SumCell* make_sum_cell(bool is_floating);
[[nodiscard]] HistogramCell* make_histogram_cell(std::span<const double> boundaries);
void destroy_cell(Cell* cell) noexcept;
/// Frees a cell's exemplars, and gives their part of the budget back.
void free_exemplars(Cell& cell) noexcept;

/// Adds what a cell of the same series has that nobody writes any more.
void absorb_cell(Cell& cell, const Cell& other) noexcept;
/// What a cell takes of the budget, buckets included.
[[nodiscard]] std::size_t bytes_of_cell(const Cell& cell) noexcept;

}  // namespace ergon::inline v0::telemetry
