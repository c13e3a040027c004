#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace ergon::inline v0::detail {

/// What a loop thread is at. Its text is in messages.
enum class LoopPhase : std::uint8_t { starting, fetching, working, waiting, ended };
[[nodiscard]] const char* phase_name(LoopPhase phase) noexcept;

/// How far a worker process is.
enum class WorkerPhase : std::uint8_t { starting, running, closing, flushing };
[[nodiscard]] const char* phase_name(WorkerPhase phase) noexcept;

/// How the transactions of a loop, or of several, ended.
struct Tally {
  std::uint64_t ok{0};
  std::uint64_t failed{0};
  std::uint64_t handed_back{0};

  Tally& operator+=(const Tally& other) noexcept {
    ok += other.ok;
    failed += other.failed;
    handed_back += other.handed_back;
    return *this;
  }
};

/// What a loop thread tells of itself while it runs. Written by that thread alone, read by anyone who shares
/// the memory, of another process too; all relaxed, as each number is looked at by itself.
class alignas(64) LoopCell {
 public:
  /// Says that something has been done.
  void step() noexcept { add(progress_); }
  void enter(LoopPhase phase) noexcept {
    phase_.store(phase, std::memory_order_relaxed);
    step();
  }
  void count_ok() noexcept { add(ok_); }
  void count_failed() noexcept { add(failed_); }
  void count_handed_back() noexcept { add(handed_back_); }

  [[nodiscard]] std::uint64_t progress() const noexcept { return progress_.load(std::memory_order_relaxed); }
  [[nodiscard]] LoopPhase phase() const noexcept { return phase_.load(std::memory_order_relaxed); }
  [[nodiscard]] Tally tally() const noexcept;
  /// For whoever starts the next worker, when no thread has it any more.
  void reset() noexcept;

 private:
  // One writer: no read-modify-write is needed.
  static void add(std::atomic<std::uint64_t>& number) noexcept {
    number.store(number.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }

  std::atomic<std::uint64_t> progress_{0};
  std::atomic<std::uint64_t> ok_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> handed_back_{0};
  std::atomic<LoopPhase> phase_{LoopPhase::starting};
};

/// The same of a worker process; written by its main thread and its watch.
struct alignas(64) WorkerCell {
  std::atomic<WorkerPhase> phase{WorkerPhase::starting};
  std::atomic<std::uint64_t> telemetry_delivered{0};
  std::atomic<std::uint64_t> telemetry_dropped{0};
};

/// The cells of some workers of so many loops each, in memory that processes forked later share. Throws
/// std::system_error where there is none.
class Board {
 public:
  Board(std::size_t workers, std::size_t loops);
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;
  ~Board();

  [[nodiscard]] std::size_t loops() const noexcept { return loops_; }
  [[nodiscard]] WorkerCell& worker(std::size_t worker) const noexcept;
  [[nodiscard]] LoopCell& loop(std::size_t worker, std::size_t loop) const noexcept;
  [[nodiscard]] Tally tally(std::size_t worker) const noexcept;
  /// Transactions that a worker's loops are working on.
  [[nodiscard]] std::size_t in_flight(std::size_t worker) const noexcept;
  void reset(std::size_t worker) const noexcept;

 private:
  std::size_t workers_;
  std::size_t loops_;
  void* memory_;
};

}  // namespace ergon::inline v0::detail
