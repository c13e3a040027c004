#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ergon/telemetry/span_context.hpp>

#include "base/random.hpp"
#include "telemetry/metrics/seqlock.hpp"

namespace ergon::inline v0::telemetry {

/// Advanced by each collection. A reservoir begins anew with what is offered after one. Collectors write,
/// recording threads read, relaxed: an offer at the edge counts for either side.
extern constinit std::atomic<std::uint32_t> g_exemplar_rounds;

/// A measurement that is offered to a reservoir.
struct Offered {
  std::uint64_t bits;       // of the value
  const SpanContext* span;  // null: made outside of any
  const std::string*
      dropped;  // attributes that the stream does not keep, encoded; null: none. Lives for ever
};

/// An exemplar as a reader takes it. A value.
struct Exemplar {
  std::uint32_t place;
  std::uint64_t bits;
  std::uint64_t unix_nanoseconds;
  std::uint64_t trace_id[2];  // as they are in memory; 0: none
  std::uint64_t span_id;
  const std::string* dropped;
};

/// The exemplars of one series in one thread (specification: metrics/sdk.md#exemplarreservoir): of an
/// interval between collections each measurement has the same chance to stay, of each bucket where there are
/// explicit ones. The owner offers, the collector reads.
class ExemplarReservoir {
 public:
  /// `is_aligned`: a place for each bucket; else they are all alike.
  ExemplarReservoir(std::uint32_t places, bool is_aligned);

  /// Owner. Whether what would be offered is left out, which is decided ahead for many; then it is counted as
  /// offered. `place` is the bucket, where they are aligned.
  [[gnu::always_inline]] bool leaves_out(std::uint32_t place) noexcept {
    if (round_ != g_exemplar_rounds.load(std::memory_order_relaxed) || !has_skips_) return false;
    Place& at = places_[place];
    if (at.seen + 1 >= at.next) return false;
    ++at.seen;
    return true;
  }
  /// Owner.
  [[gnu::always_inline]] void offer(std::uint32_t place, const Offered& offered,
                                    base::IdGenerator& random) noexcept {
    if (!leaves_out(place)) offer_with_luck(place, offered, random);
  }

  /// Collector. Adds those offered after a round; of several threads' in one place the latest stays.
  void read(std::uint32_t after_round, std::vector<Exemplar>& to) const;

  [[nodiscard]] std::size_t bytes() const noexcept { return sizeof(*this) + count_ * sizeof(Place); }
  [[nodiscard]] static std::size_t bytes(std::uint32_t places) noexcept {
    return sizeof(ExemplarReservoir) + places * sizeof(Place);
  }

 private:
  struct Place {
    Seqlock lock;
    // The owner's: measurements since the round began, and the one that is taken next.
    std::uint32_t seen{0};
    std::uint32_t next{1};
    std::atomic<std::uint32_t> round{0};  // that of what is here; 0: nothing
    std::atomic<std::uint64_t> bits{0};
    std::atomic<std::uint64_t> unix_nanoseconds{0};
    std::atomic<std::uint64_t> trace_id[2]{};
    std::atomic<std::uint64_t> span_id{0};
    std::atomic<const std::string*> dropped{nullptr};
  };
  [[gnu::noinline]] void offer_with_luck(std::uint32_t place, const Offered& offered,
                                         base::IdGenerator& random) noexcept;
  void begin_round(std::uint32_t round) noexcept;
  void take(Place& place, const Offered& offered) const noexcept;

  const std::uint32_t count_;
  const bool has_skips_;          // one place for each bucket, or for all: luck is drawn once for many
  std::uint32_t round_{0};        // the owner's
  std::uint32_t seen_by_all_{0};  // the owner's, where several places are alike
  std::unique_ptr<Place[]> places_;
};

}  // namespace ergon::inline v0::telemetry
