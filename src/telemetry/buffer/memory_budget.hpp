#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <ergon/telemetry/statistics.hpp>

namespace ergon::inline v0::telemetry {

inline constexpr std::size_t kSignals = 3;

/// The one bound of rings, batches, requests and metric cells, in parts that can't be taken from each other:
/// - three eighths are for rings and the large records that lie in them by address, half of it for logs at
/// most;
/// - a quarter is the destinations' own, in equal parts (DestinationShare): a stuck one starves no other;
/// - the other three eighths are common to metric cells and to destinations whose own part is full, half of
/// it for logs
///   at most. So a flood of logs never costs a span, and spans leave room for logs and metrics. A
///   TailDecision takes its eighth of the limit from here for its whole life.
/// Before a session there are no destinations: three quarters are for rings, the rest for metric cells.
/// Any thread; relaxed, as nothing but the sums depends on it.
class MemoryBudget {
 public:
  constexpr explicit MemoryBudget(std::size_t limit) noexcept : limit_(limit) {}

  /// The limit of a session.
  void set_limit(std::size_t limit) noexcept {
    limit_.store(limit, std::memory_order_relaxed);
    has_destinations_.store(true, std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t limit() const noexcept { return limit_.load(std::memory_order_relaxed); }

  [[nodiscard]] bool try_take_for_ring(Signal signal, std::size_t bytes) noexcept {
    return rings_.try_take(signal, bytes, ring_limit());
  }
  void give_back_of_ring(Signal signal, std::size_t bytes) noexcept { rings_.give_back(signal, bytes); }

  /// What rings may still grow by; the last eighth of their share is for the first segments of new threads.
  [[nodiscard]] std::size_t room_to_grow(Signal signal) const noexcept {
    return rings_.room(signal, ring_limit() - ring_limit() / 8);
  }

  /// Of the common part.
  [[nodiscard]] bool try_take(Signal signal, std::size_t bytes) noexcept {
    return common_.try_take(signal, bytes, batch_limit());
  }
  void give_back(Signal signal, std::size_t bytes) noexcept { common_.give_back(signal, bytes); }
  [[nodiscard]] std::size_t room(Signal signal) const noexcept { return common_.room(signal, batch_limit()); }

  // Metric cells are kept for good, so they take at most two thirds of the common part; an eighth of the
  // limit is theirs whatever destinations hold. Before a session they may take all of the common part.
  [[nodiscard]] bool try_take_for_cells(std::size_t bytes) noexcept {
    return try_take_for_cells(bytes, cell_limit());
  }
  // The caches that lead to cells can be done without: they grow while both together take less than an
  // eighth of the limit.
  [[nodiscard]] bool try_take_for_cell_caches(std::size_t bytes) noexcept {
    return try_take_for_cells(bytes, std::min(cell_limit(), cell_reserve()));
  }
  void give_back_of_cells(std::size_t bytes) noexcept {
    by_cells_.fetch_sub(bytes, std::memory_order_relaxed);
    common_.give_back(Signal::metric_points, bytes);
  }

  /// What one of so many destinations has for itself.
  [[nodiscard]] std::size_t own_part(std::size_t destinations) const noexcept {
    return limit() / 4 / destinations;
  }
  /// Notes what destinations hold of their own parts, for `used`.
  void add_own(std::size_t bytes) noexcept { own_.fetch_add(bytes, std::memory_order_relaxed); }
  void remove_own(std::size_t bytes) noexcept { own_.fetch_sub(bytes, std::memory_order_relaxed); }

  /// Whether so little is left that old records had better make room for new ones.
  [[nodiscard]] bool is_nearly_full() const noexcept { return common_.used() > batch_limit() / 16 * 15; }

  [[nodiscard]] std::size_t used() const noexcept {
    return rings_.used() + common_.used() + own_.load(std::memory_order_relaxed);
  }

  /// For the child of a fork, before it has threads: what the parent's worker held is not its own.
  void reset_after_fork() noexcept {
    rings_.reset();
    common_.reset();
    by_cells_.store(0, std::memory_order_relaxed);
    own_.store(0, std::memory_order_relaxed);
  }

 private:
  // Never passes the bound, not even for a moment.
  static bool try_add(std::atomic<std::size_t>& used, std::size_t bytes, std::size_t most) noexcept {
    std::size_t now = used.load(std::memory_order_relaxed);
    do {
      if (bytes > most || now > most - bytes) return false;
    } while (!used.compare_exchange_weak(now, now + bytes, std::memory_order_relaxed));
    return true;
  }

  // A part of the limit, of which logs get at most half.
  class Part {
   public:
    bool try_take(Signal signal, std::size_t bytes, std::size_t most) noexcept {
      if (signal == Signal::logs && !try_add(by_logs_, bytes, most / 2)) return false;
      if (try_add(used_, bytes, most)) return true;
      if (signal == Signal::logs) by_logs_.fetch_sub(bytes, std::memory_order_relaxed);
      return false;
    }
    void give_back(Signal signal, std::size_t bytes) noexcept {
      used_.fetch_sub(bytes, std::memory_order_relaxed);
      if (signal == Signal::logs) by_logs_.fetch_sub(bytes, std::memory_order_relaxed);
    }
    [[nodiscard]] std::size_t room(Signal signal, std::size_t most) const noexcept {
      const std::size_t all = most - std::min(most, used());
      if (signal != Signal::logs) return all;
      return std::min(all, most / 2 - std::min(most / 2, by_logs_.load(std::memory_order_relaxed)));
    }
    [[nodiscard]] std::size_t used() const noexcept { return used_.load(std::memory_order_relaxed); }
    void reset() noexcept {
      used_.store(0, std::memory_order_relaxed);
      by_logs_.store(0, std::memory_order_relaxed);
    }

   private:
    std::atomic<std::size_t> used_{0};
    std::atomic<std::size_t> by_logs_{0};
  };

  [[nodiscard]] std::size_t ring_limit() const noexcept {
    return has_destinations_.load(std::memory_order_relaxed) ? limit() / 8 * 3 : limit() / 4 * 3;
  }
  [[nodiscard]] std::size_t common_limit() const noexcept {
    return has_destinations_.load(std::memory_order_relaxed) ? limit() / 8 * 3 : limit() / 4;
  }

  [[nodiscard]] std::size_t cell_limit() const noexcept {
    return has_destinations_.load(std::memory_order_relaxed) ? common_limit() / 3 * 2 : common_limit();
  }
  [[nodiscard]] std::size_t cell_reserve() const noexcept { return limit() / 8; }
  // Batches leave to cells what these have not taken yet of their reserve.
  [[nodiscard]] std::size_t batch_limit() const noexcept {
    const std::size_t taken = by_cells_.load(std::memory_order_relaxed);
    return common_limit() - (cell_reserve() - std::min(cell_reserve(), taken));
  }

  bool try_take_for_cells(std::size_t bytes, std::size_t most) noexcept {
    if (!try_add(by_cells_, bytes, most)) return false;
    if (common_.try_take(Signal::metric_points, bytes, common_limit())) return true;
    by_cells_.fetch_sub(bytes, std::memory_order_relaxed);
    return false;
  }

  std::atomic<std::size_t> limit_;
  std::atomic<bool> has_destinations_{false};  // a session has begun
  Part rings_;
  Part common_;
  std::atomic<std::size_t> by_cells_{0};  // of the common part
  std::atomic<std::size_t> own_{0};
};

}  // namespace ergon::inline v0::telemetry
