#include "task/board.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <new>
#include <system_error>

namespace ergon::inline v0::detail {
namespace {

// A worker's own cell, then one for each of its loops.
std::size_t cells_of(std::size_t workers, std::size_t loops) { return workers * (1 + loops); }

static_assert(sizeof(LoopCell) == sizeof(WorkerCell));
static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<LoopPhase>::is_always_lock_free);

}  // namespace

const char* phase_name(LoopPhase phase) noexcept {
  switch (phase) {
    case LoopPhase::starting:
      return "starting";
    case LoopPhase::fetching:
      return "fetching";
    case LoopPhase::working:
      return "working on a transaction";
    case LoopPhase::waiting:
      return "waiting";
    case LoopPhase::ended:
      break;
  }
  return "ended";
}

const char* phase_name(WorkerPhase phase) noexcept {
  switch (phase) {
    case WorkerPhase::starting:
      return "starting";
    case WorkerPhase::running:
      return "running";
    case WorkerPhase::closing:
      return "closing";
    case WorkerPhase::flushing:
      break;
  }
  return "flushing";
}

Tally LoopCell::tally() const noexcept {
  return {.ok = ok_.load(std::memory_order_relaxed),
          .failed = failed_.load(std::memory_order_relaxed),
          .handed_back = handed_back_.load(std::memory_order_relaxed)};
}

void LoopCell::reset() noexcept {
  for (auto* number : {&progress_, &ok_, &failed_, &handed_back_})
    number->store(0, std::memory_order_relaxed);
  phase_.store(LoopPhase::starting, std::memory_order_relaxed);
}

Board::Board(std::size_t workers, std::size_t loops) : workers_(workers), loops_(loops) {
  const std::size_t size = cells_of(workers, loops) * sizeof(LoopCell);
  memory_ = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory_ == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "shared memory");
  for (std::size_t i = 0; i < workers; ++i) {
    new (&worker(i)) WorkerCell;
    for (std::size_t j = 0; j < loops; ++j) new (&loop(i, j)) LoopCell;
  }
}

Board::~Board() { ::munmap(memory_, cells_of(workers_, loops_) * sizeof(LoopCell)); }

WorkerCell& Board::worker(std::size_t worker) const noexcept {
  return static_cast<WorkerCell*>(memory_)[worker * (1 + loops_)];
}

LoopCell& Board::loop(std::size_t worker, std::size_t loop) const noexcept {
  return static_cast<LoopCell*>(memory_)[worker * (1 + loops_) + 1 + loop];
}

Tally Board::tally(std::size_t worker) const noexcept {
  Tally sum;
  for (std::size_t i = 0; i < loops_; ++i) sum += loop(worker, i).tally();
  return sum;
}

std::size_t Board::in_flight(std::size_t worker) const noexcept {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < loops_; ++i) sum += loop(worker, i).phase() == LoopPhase::working ? 1 : 0;
  return sum;
}

void Board::reset(std::size_t number) const noexcept {
  worker(number).phase.store(WorkerPhase::starting, std::memory_order_relaxed);
  for (std::size_t i = 0; i < loops_; ++i) loop(number, i).reset();
}

}  // namespace ergon::inline v0::detail
