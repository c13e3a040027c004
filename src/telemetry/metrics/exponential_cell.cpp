#include "telemetry/metrics/exponential_cell.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "telemetry/metrics/saturating.hpp"
#include "telemetry/record/recording_state.hpp"

namespace ergon::inline v0::telemetry {

namespace {

void increase(std::atomic<std::uint64_t>& count, std::uint64_t by = 1) noexcept {
  count.store(count.load(std::memory_order_relaxed) + by, std::memory_order_release);
}

}  // namespace

bool ExponentialCell::Row::add(std::int32_t bucket, std::uint64_t count) noexcept {
  const std::uint32_t used = used_.load(std::memory_order_relaxed);
  const std::int32_t offset = offset_.load(std::memory_order_relaxed);
  if (used == 0 || bucket < offset || std::int64_t{bucket} >= std::int64_t{offset} + used) return false;
  increase(owned_->counts[static_cast<std::size_t>(bucket - offset)], count);
  return true;
}

std::int64_t ExponentialCell::Row::size_with(std::int32_t bucket, std::uint32_t by) const noexcept {
  const std::int64_t used = used_.load(std::memory_order_relaxed);
  if (used == 0) return 1;
  const std::int64_t offset = offset_.load(std::memory_order_relaxed);
  const std::int64_t first = std::min<std::int64_t>(offset >> by, bucket);
  const std::int64_t last = std::max<std::int64_t>((offset + used - 1) >> by, bucket);
  return last - first + 1;
}

// Makes the bucket one of the row's, if it is near enough and there is memory.
bool ExponentialCell::Row::grow(std::int32_t bucket, std::uint32_t max_size) noexcept {
  const std::int64_t size = size_with(bucket, 0);
  if (size > max_size) return false;
  const auto wanted = static_cast<std::uint32_t>(size);
  if (wanted > owned_->capacity && !enlarge(wanted, max_size)) return false;
  const std::int32_t offset = offset_.load(std::memory_order_relaxed);
  if (is_empty()) {
    offset_.store(bucket, std::memory_order_release);
  } else if (bucket < offset) {
    shift(static_cast<std::uint32_t>(offset - bucket));
  }
  used_.store(wanted, std::memory_order_release);
  return true;
}

bool ExponentialCell::Row::enlarge(std::uint32_t wanted, std::uint32_t max_size) noexcept {
  const std::uint32_t capacity = std::min(std::max(owned_->capacity * 2, wanted), std::max(max_size, wanted));
  const std::size_t bytes = sizeof(Array) + capacity * sizeof(Count);
  if (!g_budget.try_take_for_cells(bytes)) return false;
  try {
    auto larger = std::make_unique<Array>();
    larger->heap = std::make_unique<Count[]>(capacity);
    larger->capacity = capacity;
    larger->counts = larger->heap.get();
    for (std::uint32_t i = 0; i < used_.load(std::memory_order_relaxed); ++i)
      larger->counts[i].store(owned_->counts[i].load(std::memory_order_relaxed), std::memory_order_relaxed);
    larger->before = std::move(larger_);
    larger_ = std::move(larger);
  } catch (const std::bad_alloc&) {
    g_budget.give_back_of_cells(bytes);
    return false;
  }
  grown_bytes_ += bytes;
  owned_ = larger_.get();
  array_.store(owned_, std::memory_order_release);
  return true;
}

// Moves all counts up, so that there is room for so many below.
void ExponentialCell::Row::shift(std::uint32_t by) noexcept {
  const std::uint32_t used = used_.load(std::memory_order_relaxed);
  Count* const counts = owned_->counts;
  for (std::uint32_t i = used; i-- > 0;)
    counts[i + by].store(counts[i].load(std::memory_order_relaxed), std::memory_order_release);
  for (std::uint32_t i = 0; i < by; ++i) counts[i].store(0, std::memory_order_release);
  offset_.store(offset_.load(std::memory_order_relaxed) - static_cast<std::int32_t>(by),
                std::memory_order_release);
}

void ExponentialCell::Row::downscale(std::uint32_t by) noexcept {
  const std::uint32_t used = used_.load(std::memory_order_relaxed);
  if (used == 0 || by == 0) return;
  const std::int64_t offset = offset_.load(std::memory_order_relaxed);
  const std::int64_t first = offset >> by;
  Count* const counts = owned_->counts;
  std::uint32_t left = 0;
  for (std::uint32_t i = 0; i < used; ++i) {
    const auto at = static_cast<std::uint32_t>(((offset + i) >> by) - first);
    const std::uint64_t moved = counts[i].load(std::memory_order_relaxed);
    if (i > 0) counts[i].store(0, std::memory_order_release);
    if (i > 0)
      counts[at].store(counts[at].load(std::memory_order_relaxed) + moved, std::memory_order_release);
    left = at + 1;
  }
  offset_.store(static_cast<std::int32_t>(first), std::memory_order_release);
  used_.store(left, std::memory_order_release);
}

ExponentialBuckets ExponentialCell::Row::read() const {
  ExponentialBuckets buckets;
  const Array* const array = array_.load(std::memory_order_acquire);
  buckets.offset = offset_.load(std::memory_order_acquire);
  // In the midst of a write the array may be the smaller one of before.
  buckets.counts.resize(std::min(used_.load(std::memory_order_acquire), array->capacity));
  for (std::size_t i = 0; i < buckets.counts.size(); ++i)
    buckets.counts[i] = array->counts[i].load(std::memory_order_acquire);
  return buckets;
}

// Within the seqlock. An index of kMostScale finds its bucket at the scale of now, or at one that makes room:
// at kLeastScale there is room without memory.
void ExponentialCell::place(Row& row, std::int32_t index, std::uint64_t count) noexcept {
  for (;;) {
    const std::int32_t scale = scale_.load(std::memory_order_relaxed);
    const auto bucket =
        static_cast<std::int32_t>(std::int64_t{index} >> static_cast<unsigned>(kMostScale - scale));
    if (row.add(bucket, count) || (row.grow(bucket, max_size_) && row.add(bucket, count))) return;
    lessen_scale();
  }
}

void ExponentialCell::lessen_scale() noexcept {
  scale_.store(scale_.load(std::memory_order_relaxed) - 1, std::memory_order_release);
  positive_.downscale(1);
  negative_.downscale(1);
}

// Of a row whose buckets are of that scale, which this cell's is not above.
void ExponentialCell::place_all(Row& row, const Row& other, std::int32_t scale) noexcept {
  other.for_each([&](std::int32_t bucket, std::uint64_t count) {
    const std::int64_t first =
        std::int64_t{bucket} * (std::int64_t{1} << static_cast<unsigned>(kMostScale - scale));
    place(row, static_cast<std::int32_t>(first), count);
  });
}

void ExponentialCell::absorb(const ExponentialCell& other) noexcept {
  const std::int32_t scale = other.scale_.load(std::memory_order_relaxed);
  const std::uint32_t before = lock_.begin();
  while (scale_.load(std::memory_order_relaxed) > scale) lessen_scale();
  increase(count_, other.count_.load(std::memory_order_relaxed));
  increase(zero_count_, other.zero_count_.load(std::memory_order_relaxed));
  sum_.store(sum_of(sum_.load(std::memory_order_relaxed), other.sum_.load(std::memory_order_relaxed)),
             std::memory_order_release);
  extremes_.absorb(other.extremes_);
  place_all(positive_, other.positive_, scale);
  place_all(negative_, other.negative_, scale);
  lock_.end(before);
}

void ExponentialCell::record(double value) noexcept {
  const std::int32_t index = value == 0 ? 0 : exponential_index(value < 0 ? -value : value);
  const std::uint32_t before = lock_.begin();
  increase(count_);
  sum_.store(sum_of(sum_.load(std::memory_order_relaxed), value), std::memory_order_release);
  extremes_.record(value);
  if (value == 0) {
    increase(zero_count_);
  } else {
    place(value < 0 ? negative_ : positive_, index);
  }
  lock_.end(before);
}

ExponentialHistogram ExponentialCell::read(Since since) const {
  ExponentialHistogram value;
  lock_.read([&] {
    value.count = count_.load(std::memory_order_acquire);
    value.sum = sum_.load(std::memory_order_acquire);
    value.zero_count = zero_count_.load(std::memory_order_acquire);
    value.scale = scale_.load(std::memory_order_acquire);
    const Extremes::Pair extremes = extremes_.load(since);
    value.minimum = extremes.minimum;
    value.maximum = extremes.maximum;
    value.positive = positive_.read();
    value.negative = negative_.read();
  });
  return value;
}

ExponentialCell* make_exponential_cell(std::uint32_t max_size, std::int32_t max_scale) {
  return new ExponentialCell(max_size, max_scale);
}

}  // namespace ergon::inline v0::telemetry
