#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "telemetry/buffer/memory_budget.hpp"
#include "telemetry/record/records.hpp"
#include "telemetry/worker/recent_decisions.hpp"

namespace ergon::inline v0::telemetry {

/// Holds logs that are below their loggers' levels until their local root ends: should it fail, or one of its
/// logs be an error, they are to be replayed, and those that follow go on at once; else they are left out.
/// They wait as they lay in their rings, so what is left out is never formatted. The worker's alone.
///
/// What waits takes at most a thirty-second of the budget, which is taken for this object's whole life, as
/// TailDecision takes its own. Where there is no room for a record, those of the local root that has waited
/// longest are dropped (`keep_full`).
class ReplayBuffer {
 public:
  /// The last `keep` records of a local root are held.
  ReplayBuffer(MemoryBudget& budget, std::size_t keep);
  ReplayBuffer(const ReplayBuffer&) = delete;
  ReplayBuffer& operator=(const ReplayBuffer&) = delete;
  ~ReplayBuffer();

  /// Keeps a copy of the record, or leaves it out; false: its local root has failed, and it is to go on.
  [[nodiscard]] bool hold(const LogRecord& record);
  /// Its local root is to be replayed, if it has one.
  void note_error(const LogRecord& record);
  void end(const LocalRootEnd& root);
  /// As nothing more will come.
  void replay_all() noexcept;
  void leave_out_all() noexcept;

  /// The next record to be replayed, or null; `pop` takes it out.
  [[nodiscard]] const LogRecord* next() const;
  void pop();
  [[nodiscard]] std::uint64_t ready() const { return ready_.size(); }

  /// Records that are neither counted below nor taken out.
  [[nodiscard]] std::uint64_t held() const { return held_; }
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }
  /// Dropped for lack of memory.
  [[nodiscard]] std::uint64_t evicted() const { return evicted_; }
  [[nodiscard]] std::size_t held_bytes() const { return held_bytes_; }

 private:
  using Records = std::list<std::vector<std::byte>>;
  struct Waiting {
    std::uint64_t key;
    Records records{};
  };
  using Queue = std::list<Waiting>;  // in the order of their first records

  void settle(std::uint64_t key, std::uint64_t outcome);
  [[nodiscard]] Queue::iterator find_or_add(std::uint64_t key);
  [[nodiscard]] bool make_room(std::size_t bytes);
  void remove(Queue::iterator waiting) noexcept;
  void replay(Records& records) noexcept { ready_.splice(ready_.end(), records); }
  // Lets go of records, which `counter` counts.
  void forget(Records& records, std::uint64_t& counter) noexcept;
  void forget_first(Records& records) noexcept;

  MemoryBudget& budget_;
  const std::size_t keep_;
  const std::size_t decision_bytes_;
  const std::size_t limit_;
  std::size_t taken_bytes_;  // of the budget
  RecentDecisions ended_;
  Queue waiting_;
  std::unordered_map<std::uint64_t, Queue::iterator> by_key_;
  Records ready_;
  std::size_t held_bytes_{0};
  std::uint64_t held_{0};
  std::uint64_t left_out_{0};
  std::uint64_t evicted_{0};
};

}  // namespace ergon::inline v0::telemetry
