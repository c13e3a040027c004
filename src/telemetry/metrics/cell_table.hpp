#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/metrics/cells.hpp"
#include "telemetry/metrics/given_attributes.hpp"
#include "telemetry/metrics/storage.hpp"

namespace ergon::inline v0::telemetry {

/// Where a measurement goes: nearly always to one cell, to more where views make several streams of an
/// instrument, to none where there is no room.
struct Target {
  Cell* cell{nullptr};
  const std::string* dropped{nullptr};  // for exemplars: what the cell's stream leaves out; null: nothing
};
struct CellSet {
  Target first{};
  std::unique_ptr<const std::vector<Target>> more{};
};

/// The cells of one thread, by series, and its ways to them: from attributes as they are given, and from
/// bindings. The owner's but for `at`.
class CellTable {
 public:
  static constexpr std::uint32_t kChunk = 256;
  static constexpr std::uint32_t kMostSeries = 64 * kChunk;

  CellTable() = default;
  CellTable(const CellTable&) = delete;
  CellTable& operator=(const CellTable&) = delete;

  /// The cells of these attributes, made at need; without any, of which a diagnostic tells, when there is no
  /// room. Until the next call.
  [[gnu::always_inline]] [[nodiscard]] const CellSet& find(const detail::Instrument& instrument,
                                                           Attributes attributes) {
    // What a thread does, it often does again in the same order, so the set that followed the last one then
    // is tried first: where it is the one, nothing waits for a hash.
    if (Route& last = *last_; last.trust >= kTrusted) {
      Route& next = *last.next;
      if (next.instrument == &instrument && next.given.is(attributes)) {
        last_ = &next;
        return next.cells;
      }
    }
    return find_by_hash(instrument, attributes);
  }

  /// The cells of a binding, as of the attributes that were bound, if they have been found before; or null.
  [[nodiscard]] const CellSet* known(detail::Binding binding) const noexcept {
    const auto at = static_cast<std::size_t>(binding);
    return at < bound_count_ && bound_[at].first.cell != nullptr ? &bound_[at] : nullptr;
  }
  [[nodiscard]] const CellSet& find(detail::Binding binding);

  /// Forgets the ways to cells, as where they lead has changed.
  void forget_ways();

  /// Collector. The cell of a series in this thread, or null.
  [[nodiscard]] Cell* at(const Series& series) const noexcept;

  /// Takes the cells of a thread that is no more: each is added to the own one of its series, or becomes it.
  void absorb(CellTable& other) noexcept;
  /// The same with the cell of one series, if it has one and there is room; the ways to it are forgotten.
  void pass_on(const Series& series, CellTable& to);
  /// Frees the cell of a series, if there is one.
  void drop(const Series& series) noexcept;

  /// For the child of a fork, while it has one thread: there are no cells.
  void reset_in_child() noexcept;

 private:
  struct Chunk {
    std::array<std::atomic<Cell*>, kChunk> cells{};
  };
  struct Route {
    const detail::Instrument* instrument{nullptr};
    GivenAttributes given{};
    std::string encoded{};  // instead of `given`, of a set that is not plain
    CellSet cells{};
    Route* next{nullptr};   // the one that came after it
    std::uint8_t trust{0};  // in that it will again
  };
  struct Slot {
    std::uint64_t hash{0};
    std::unique_ptr<Route> route{};
  };
  static constexpr std::uint8_t kTrusted = 2;
  static constexpr std::uint8_t kMostTrust = 3;
  static constexpr std::size_t kFirstSlots = 16;
  static constexpr std::size_t kMostRoutes = 8'192;

  const CellSet& find_by_hash(const detail::Instrument& instrument, Attributes attributes);
  const CellSet& find_plain(const detail::Instrument& instrument, Attributes attributes);
  const CellSet& find_encoded(const detail::Instrument& instrument, Attributes attributes);
  const CellSet& follow(Route& route);
  const CellSet& remember(std::uint64_t hash, std::unique_ptr<Route> route);
  template <class Is>
  Route* look_up(std::uint64_t hash, Is is_it) const;
  [[nodiscard]] CellSet make_cells(const detail::Instrument& instrument, std::string_view encoded);
  [[nodiscard]] Cell* make(const Series& series);
  [[nodiscard]] static Cell* make_cell(const Series& series);
  [[nodiscard]] std::atomic<Cell*>* place_of(const Series& series);
  static void take_in(std::atomic<Cell*>& place, Cell* cell) noexcept;
  void put(Slot slot);
  void forget_routes();

  // Owner stores (release), collector loads (acquire).
  std::array<std::atomic<Chunk*>, kMostSeries / kChunk> chunks_{};
  // Open addressing, a power of two, at most half full.
  std::vector<Slot> slots_{kFirstSlots};
  std::size_t routes_{0};
  std::size_t route_bytes_{0};  // of the budget
  Route begin_;
  Route* last_{&begin_};
  CellSet passing_;  // of a set that is not remembered
  std::vector<CellSet> bound_;
  std::size_t bound_count_{0};  // its size, which it would have to divide for
};

}  // namespace ergon::inline v0::telemetry
