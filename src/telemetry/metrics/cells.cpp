#include "telemetry/metrics/cells.hpp"

#include <sched.h>

#include <algorithm>
#include <bit>
#include <new>

#include "telemetry/metrics/exponential_cell.hpp"
#include "telemetry/metrics/saturating.hpp"
#include "telemetry/record/recording_state.hpp"

namespace ergon::inline v0::telemetry {

constinit Intervals g_intervals;
constinit Cell g_nowhere{CellKind::nowhere};

namespace {

constexpr std::align_val_t kAlignment{alignof(Cell)};

// The owner's own counts, which nobody else writes.
template <class T>
void increase(std::atomic<T>& count) noexcept {
  count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

}  // namespace

void Extremes::Pair::widen(const Pair& other) noexcept {
  minimum = std::min(minimum, other.minimum);
  maximum = std::max(maximum, other.maximum);
}

void Extremes::Stored::widen(const Pair& other) noexcept {
  widen(other.minimum);
  widen(other.maximum);
}

Extremes::Pair Extremes::Stored::load() const noexcept {
  return {minimum.load(std::memory_order_acquire), maximum.load(std::memory_order_acquire)};
}

void Extremes::record_intervals(double value) noexcept {
  const std::uint32_t readers = g_intervals.readers.load(std::memory_order_relaxed);
  for (std::uint32_t i = 0; i < readers; ++i) record(i, value);
}

void Extremes::record(std::uint32_t interval, double value) noexcept {
  const std::uint32_t collections = g_intervals.collections[interval].load(std::memory_order_relaxed);
  OfInterval& own = intervals_[interval][collections % 2];
  if (own.collections.load(std::memory_order_relaxed) == collections) return own.stored.widen(value);
  own.collections.store(collections, std::memory_order_release);
  own.stored.minimum.store(value, std::memory_order_release);
  own.stored.maximum.store(value, std::memory_order_release);
}

Extremes::Pair Extremes::load(Since since) const noexcept {
  if (since.interval == Intervals::kMost) return all_.load();
  Pair pair;
  for (const OfInterval& interval : intervals_[since.interval]) {
    if (interval.collections.load(std::memory_order_acquire) >= since.collections)
      pair.widen(interval.stored.load());
  }
  return pair;
}

// Of two intervals the later one is of interest. The infinities of a side without values widen nothing.
void Extremes::absorb(const Extremes& other) noexcept {
  all_.widen(other.all_.load());
  for (std::uint32_t i = 0; i < Intervals::kMost; ++i) {
    for (std::uint32_t parity = 0; parity < 2; ++parity) {
      OfInterval& own = intervals_[i][parity];
      const OfInterval& its = other.intervals_[i][parity];
      const std::uint32_t collections = its.collections.load(std::memory_order_relaxed);
      if (collections < own.collections.load(std::memory_order_relaxed)) continue;
      const Pair pair = its.stored.load();
      if (collections > own.collections.load(std::memory_order_relaxed)) {
        own.collections.store(collections, std::memory_order_release);
        own.stored.minimum.store(pair.minimum, std::memory_order_release);
        own.stored.maximum.store(pair.maximum, std::memory_order_release);
      } else {
        own.stored.widen(pair);
      }
    }
  }
}

void Seqlock::wait_a_little() noexcept { sched_yield(); }

void ExplicitHistogram::add(const ExplicitHistogram& other) {
  if (other.count == 0) return;
  count += other.count;
  sum = sum_of(sum, other.sum);
  extremes.widen(other.extremes);
  buckets.resize(std::max(buckets.size(), other.buckets.size()));
  for (std::size_t i = 0; i < other.buckets.size(); ++i) buckets[i] += other.buckets[i];
}

void ExplicitHistogram::subtract(const ExplicitHistogram& earlier) {
  count -= earlier.count;
  sum = difference_of(sum, earlier.sum);
  for (std::size_t i = 0; i < earlier.buckets.size(); ++i) buckets[i] -= earlier.buckets[i];
}

HistogramCell::HistogramCell(std::span<const double> boundaries) noexcept
    : Cell(CellKind::explicit_buckets),
      bucket_count_(static_cast<std::uint32_t>(boundaries.size() + 1)),
      boundaries_(boundaries.data()) {}

// The number of bounds below the value: often the same as the last time, and else found without a branch on
// it, which no processor could foresee.
std::size_t HistogramCell::bucket_of(double value) const noexcept {
  const std::uint32_t last = last_bucket_;
  if ((last == 0 || boundaries_[last - 1] < value) &&
      (last + 1 == bucket_count_ || value <= boundaries_[last]))
    return last;
  const double* first = boundaries_;
  std::size_t left = bucket_count_ - 1;
  while (left > 1) {
    const std::size_t half = left / 2;
    first += first[half - 1] < value ? half : 0;
    left -= half;
  }
  return static_cast<std::size_t>(first - boundaries_) + (left == 1 && *first < value ? 1 : 0);
}

void HistogramCell::record(double value) noexcept {
  last_bucket_ = static_cast<std::uint32_t>(bucket_of(value));
  std::atomic<std::uint64_t>& bucket = buckets()[last_bucket_];
  const std::uint32_t before = lock_.begin();
  increase(count_);
  sum_.store(sum_of(sum_.load(std::memory_order_relaxed), value), std::memory_order_release);
  extremes_.record(value);
  increase(bucket);
  lock_.end(before);
}

void HistogramCell::absorb(const HistogramCell& other) noexcept {
  const auto add = [](std::atomic<std::uint64_t>& own, const std::atomic<std::uint64_t>& its) {
    own.store(own.load(std::memory_order_relaxed) + its.load(std::memory_order_relaxed),
              std::memory_order_release);
  };
  const std::uint32_t before = lock_.begin();
  add(count_, other.count_);
  sum_.store(sum_of(sum_.load(std::memory_order_relaxed), other.sum_.load(std::memory_order_relaxed)),
             std::memory_order_release);
  extremes_.absorb(other.extremes_);
  for (std::size_t i = 0; i < bucket_count_; ++i) add(buckets()[i], other.buckets()[i]);
  lock_.end(before);
}

ExplicitHistogram HistogramCell::read(Since since) const {
  ExplicitHistogram value;
  value.buckets.resize(bucket_count_);
  lock_.read([&] {
    value.count = count_.load(std::memory_order_acquire);
    value.sum = sum_.load(std::memory_order_acquire);
    value.extremes = extremes_.load(since);
    for (std::size_t i = 0; i < bucket_count_; ++i)
      value.buckets[i] = buckets()[i].load(std::memory_order_acquire);
  });
  return value;
}

SumCell* make_sum_cell(bool is_floating) {
  return new SumCell(is_floating ? CellKind::real_sum : CellKind::integer_sum);
}

HistogramCell* make_histogram_cell(std::span<const double> boundaries) {
  void* const memory = ::operator new(HistogramCell::bytes(boundaries.size()), kAlignment);
  auto* const cell = new (memory) HistogramCell(boundaries);
  auto* const buckets = reinterpret_cast<std::atomic<std::uint64_t>*>(cell + 1);
  for (std::size_t i = 0; i <= boundaries.size(); ++i) new (buckets + i) std::atomic<std::uint64_t>(0);
  return cell;
}

void free_exemplars(Cell& cell) noexcept {
  const ExemplarReservoir* const exemplars = cell.exemplars.exchange(nullptr, std::memory_order_relaxed);
  if (exemplars == nullptr) return;
  g_budget.give_back_of_cells(exemplars->bytes());
  delete exemplars;
}

void destroy_cell(Cell* cell) noexcept {
  if (cell->kind != CellKind::last_value) delete cell->exemplars.load(std::memory_order_relaxed);
  switch (cell->kind) {
    case CellKind::integer_sum:
    case CellKind::real_sum:
      delete static_cast<SumCell*>(cell);
      return;
    case CellKind::explicit_buckets: {
      auto* const histogram = static_cast<HistogramCell*>(cell);
      histogram->~HistogramCell();
      ::operator delete(histogram, kAlignment);
      return;
    }
    case CellKind::exponential_buckets:
      delete static_cast<ExponentialCell*>(cell);
      return;
    case CellKind::last_value:
    case CellKind::nowhere:
      return;
  }
}

namespace {

template <class T>
void absorb_sum(SumCell& cell, const SumCell& other) noexcept {
  const std::uint64_t own = cell.bits.load(std::memory_order_relaxed);
  const std::uint64_t its = other.bits.load(std::memory_order_relaxed);
  cell.bits.store(sum_of_bits<T>(own, its), std::memory_order_relaxed);
}

}  // namespace

void absorb_cell(Cell& cell, const Cell& other) noexcept {
  switch (cell.kind) {
    case CellKind::integer_sum:
      return absorb_sum<std::int64_t>(static_cast<SumCell&>(cell), static_cast<const SumCell&>(other));
    case CellKind::real_sum:
      return absorb_sum<double>(static_cast<SumCell&>(cell), static_cast<const SumCell&>(other));
    case CellKind::explicit_buckets:
      return static_cast<HistogramCell&>(cell).absorb(static_cast<const HistogramCell&>(other));
    case CellKind::exponential_buckets:
      return static_cast<ExponentialCell&>(cell).absorb(static_cast<const ExponentialCell&>(other));
    default:
      return;
  }
}

std::size_t bytes_of_cell(const Cell& cell) noexcept {
  const ExemplarReservoir* const exemplars = cell.exemplars.load(std::memory_order_acquire);
  const std::size_t beside = exemplars == nullptr ? 0 : exemplars->bytes();
  switch (cell.kind) {
    case CellKind::explicit_buckets:
      return beside + static_cast<const HistogramCell&>(cell).bytes();
    case CellKind::exponential_buckets:
      return beside + static_cast<const ExponentialCell&>(cell).bytes();
    default:
      return beside + sizeof(SumCell);
  }
}

}  // namespace ergon::inline v0::telemetry
