#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/metrics/cell_table.hpp"
#include "telemetry/metrics/storage.hpp"

namespace ergon::inline v0::telemetry {

/// Of the series that the process can have, those kept for the overflow of instruments that come late.
inline constexpr std::uint32_t kOverflowReserve = 1'024;

/// All series of the process. Where only delta readers are interested in a set of attributes and none has
/// found anything new for a while, it leaves: threads pass on the cells they have of it, and once none has,
/// its place is another set's. Under the registry's lock.
class SeriesBook {
 public:
  /// For so many collections each reader has found nothing new in a series that leaves.
  static constexpr std::uint8_t kIdle = 2;

  /// The series of canonical attributes, or the storage's overflow when there is no room for more. Null when
  /// the process has no more series at all.
  [[nodiscard]] Series* find_or_add(Storage& storage, const std::string& attributes, bool& is_used_up);

  /// What a storage leaves out of canonical attributes, for exemplars; lives for ever. Null: nothing.
  [[nodiscard]] const std::string* dropped_of(const Storage& storage, std::string_view canonical);

  /// Ends the series that were leaving and that no thread has a cell of any more, their cells in `left`
  /// included; then has those of `idle` leave that can. Answers whether threads are to look for `leaving`.
  [[nodiscard]] bool let_go(const std::vector<Series*>& idle, CellTable& left);
  [[nodiscard]] const std::vector<Series*>& leaving() const noexcept { return leaving_; }

  /// In the child of a fork: all series begin anew.
  void restart(std::uint64_t now_unix_nanoseconds);

 private:
  static constexpr std::size_t kMostDropped = 4'096;

  [[nodiscard]] Series* add(Storage& storage, std::string attributes);
  [[nodiscard]] Series* free_place();
  [[nodiscard]] std::size_t used() const noexcept { return all_.size() - free_.size(); }
  [[nodiscard]] bool end_those_left(CellTable& left);
  void end(Series& series, CellTable& left);

  std::deque<Series> all_;
  std::vector<Series*> free_;
  std::vector<Series*> leaving_;
  std::uint64_t births_{0};
  std::set<std::string> dropped_;  // of more sets than kMostDropped exemplars go without
};

}  // namespace ergon::inline v0::telemetry
