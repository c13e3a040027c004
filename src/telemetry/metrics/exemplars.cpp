#include "telemetry/metrics/exemplars.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/unix_time.hpp"

namespace ergon::inline v0::telemetry {

constinit std::atomic<std::uint32_t> g_exemplar_rounds{1};

namespace {

constexpr std::uint32_t kNever = 2'000'000'000;

// Of measurements that each stay with the chance 1 / number, which is the next to stay after this one.
std::uint32_t next_after(std::uint32_t number, std::uint64_t random) noexcept {
  const double luck = (static_cast<double>(random >> 11U) + 1) * 0x1p-53;  // in (0, 1]
  const double next = std::ceil(number / luck);
  return next >= kNever ? kNever : std::max(number + 1, static_cast<std::uint32_t>(next));
}

std::uint64_t word_at(const std::uint8_t* bytes) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

}  // namespace

ExemplarReservoir::ExemplarReservoir(std::uint32_t places, bool is_aligned)
    : count_(places), has_skips_(is_aligned || places == 1), places_(std::make_unique<Place[]>(places)) {}

void ExemplarReservoir::begin_round(std::uint32_t round) noexcept {
  round_ = round;
  seen_by_all_ = 0;
  for (std::uint32_t i = 0; i < count_; ++i) {
    places_[i].seen = 0;
    places_[i].next = 1;
  }
}

// The first of a round, one whose turn has come, or one of several places that are alike.
void ExemplarReservoir::offer_with_luck(std::uint32_t place, const Offered& offered,
                                        base::IdGenerator& random) noexcept {
  const std::uint32_t round = g_exemplar_rounds.load(std::memory_order_relaxed);
  const bool is_new = round_ != round;
  if (is_new) begin_round(round);
  if (!has_skips_) {
    const std::uint64_t number = seen_by_all_++;
    const std::uint64_t at = number < count_ ? number : random.next() % (number + 1);
    if (at < count_) take(places_[at], offered);
    return;
  }
  Place& at = places_[place];
  ++at.seen;
  if (at.seen >= kNever) return;
  at.next = next_after(at.seen, random.next());
  take(at, offered);
}

void ExemplarReservoir::take(Place& place, const Offered& offered) const noexcept {
  const std::uint32_t before = place.lock.begin();
  place.bits.store(offered.bits, std::memory_order_release);
  place.unix_nanoseconds.store(base::unix_nanoseconds(), std::memory_order_release);
  const SpanContext* const span = offered.span;
  for (std::size_t i = 0; i < 2; ++i) {
    place.trace_id[i].store(span == nullptr ? 0 : word_at(span->trace_id.bytes.data() + i * 8),
                            std::memory_order_release);
  }
  place.span_id.store(span == nullptr ? 0 : word_at(span->span_id.bytes.data()), std::memory_order_release);
  place.dropped.store(offered.dropped, std::memory_order_release);
  place.round.store(round_, std::memory_order_release);
  place.lock.end(before);
}

void ExemplarReservoir::read(std::uint32_t after_round, std::vector<Exemplar>& to) const {
  for (std::uint32_t i = 0; i < count_; ++i) {
    const Place& place = places_[i];
    Exemplar exemplar{.place = i};
    std::uint32_t round = 0;
    place.lock.read([&] {
      round = place.round.load(std::memory_order_acquire);
      exemplar.bits = place.bits.load(std::memory_order_acquire);
      exemplar.unix_nanoseconds = place.unix_nanoseconds.load(std::memory_order_acquire);
      exemplar.trace_id[0] = place.trace_id[0].load(std::memory_order_acquire);
      exemplar.trace_id[1] = place.trace_id[1].load(std::memory_order_acquire);
      exemplar.span_id = place.span_id.load(std::memory_order_acquire);
      exemplar.dropped = place.dropped.load(std::memory_order_acquire);
    });
    if (round <= after_round) continue;
    const auto same = std::ranges::find(to, i, &Exemplar::place);
    if (same == to.end()) {
      to.push_back(exemplar);
    } else if (same->unix_nanoseconds < exemplar.unix_nanoseconds) {
      *same = exemplar;
    }
  }
}

}  // namespace ergon::inline v0::telemetry
