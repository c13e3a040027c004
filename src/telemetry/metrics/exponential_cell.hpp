#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "telemetry/metrics/cells.hpp"
#include "telemetry/metrics/exponential.hpp"

namespace ergon::inline v0::telemetry {

/// Exponential buckets of one thread: begins with the greatest scale and a few buckets; grows within the
/// budget, and where the values are too far apart for `max_size` buckets, or there is no memory for more,
/// lessens the scale. Owner and reader as HistogramCell.
class ExponentialCell : public Cell {
 public:
  ExponentialCell(std::uint32_t max_size, std::int32_t max_scale) noexcept
      : Cell(CellKind::exponential_buckets), max_size_(max_size), scale_(max_scale) {}

  void record(double value) noexcept;
  /// Owner. Of the same limits, and written by nobody any more.
  void absorb(const ExponentialCell& other) noexcept;
  [[nodiscard]] ExponentialHistogram read(Since since = {}) const;

  [[nodiscard]] std::uint32_t max_size() const noexcept { return max_size_; }
  /// What it takes of the budget by now.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return sizeof(ExponentialCell) + positive_.grown_bytes() + negative_.grown_bytes();
  }

 private:
  // A growing array of neighbouring buckets. An array that was outgrown stays until the cell goes: a reader
  // may be in it.
  class Row {
   public:
    /// False when the bucket is not within reach, of this row as it is.
    bool add(std::int32_t bucket, std::uint64_t count) noexcept;
    /// The buckets there would be with this one.
    [[nodiscard]] std::int64_t size_with(std::int32_t bucket, std::uint32_t by) const noexcept;
    bool grow(std::int32_t bucket, std::uint32_t max_size) noexcept;
    void downscale(std::uint32_t by) noexcept;
    [[nodiscard]] bool is_empty() const noexcept { return used_.load(std::memory_order_relaxed) == 0; }
    [[nodiscard]] ExponentialBuckets read() const;
    /// Calls `visit(bucket, count)` for those with a count. The owner, or where there is none any more.
    template <class Visit>
    void for_each(Visit visit) const {
      const std::uint32_t used = used_.load(std::memory_order_relaxed);
      const std::int32_t offset = offset_.load(std::memory_order_relaxed);
      for (std::uint32_t i = 0; i < used; ++i) {
        const std::uint64_t count = owned_->counts[i].load(std::memory_order_relaxed);
        if (count > 0) visit(offset + static_cast<std::int32_t>(i), count);
      }
    }

    /// Of the heap and of the budget.
    [[nodiscard]] std::size_t grown_bytes() const noexcept { return grown_bytes_; }

   private:
    static constexpr std::uint32_t kFirstBuckets = 8;  // more than there are at the least scale
    using Count = std::atomic<std::uint64_t>;
    struct Array {
      std::uint32_t capacity;
      Count* counts;
      std::unique_ptr<Count[]> heap;
      std::unique_ptr<Array> before;  // the owner's alone
    };
    bool enlarge(std::uint32_t wanted, std::uint32_t max_size) noexcept;
    void shift(std::uint32_t by) noexcept;

    Count first_[kFirstBuckets]{};
    Array first_array_{kFirstBuckets, first_, nullptr, nullptr};
    std::unique_ptr<Array> larger_{};  // the owner's, as the next two
    Array* owned_{&first_array_};
    std::size_t grown_bytes_{0};
    std::atomic<const Array*> array_{&first_array_};  // the owner's, for readers
    std::atomic<std::int32_t> offset_{0};             // the bucket of the array's first count
    std::atomic<std::uint32_t> used_{0};              // counts from there on
  };

  void place(Row& row, std::int32_t index, std::uint64_t count = 1) noexcept;
  void place_all(Row& row, const Row& other, std::int32_t scale) noexcept;
  void lessen_scale() noexcept;

  Seqlock lock_;
  const std::uint32_t max_size_;
  std::atomic<std::int32_t> scale_;
  std::atomic<std::uint64_t> count_{0};
  std::atomic<double> sum_{0};
  std::atomic<std::uint64_t> zero_count_{0};
  Extremes extremes_;
  Row positive_;
  Row negative_;
};

[[nodiscard]] ExponentialCell* make_exponential_cell(std::uint32_t max_size, std::int32_t max_scale);

}  // namespace ergon::inline v0::telemetry
