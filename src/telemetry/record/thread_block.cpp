#include "telemetry/record/thread_block.hpp"

#include <cxxabi.h>
#include <pthread.h>
#include <unistd.h>

#include <cstdint>
#include <new>
#include <utility>

#include "base/event_descriptor.hpp"
#include "telemetry/record/record_body.hpp"

namespace ergon::inline v0::telemetry {

constinit RecordingState g_recording;
constinit MemoryBudget g_budget{kPrestartBytes};
constinit ThreadRegistry g_threads;
constinit thread_local ThreadState t_thread{};

namespace {

// A key's destructor runs after those of thread_local objects, whose records are therefore still taken.
void leave_thread(void* block) noexcept {
  t_thread.leave();
  g_threads.give_back(*static_cast<ThreadBlock*>(block));
}

pthread_key_t leaving_key() noexcept {
  static const pthread_key_t kKey = [] {
    pthread_key_t key{};
    pthread_key_create(&key, &leave_thread);
    return key;
  }();
  return kKey;
}

// Made while the library loads: no fork can find the guard above held.
[[maybe_unused]] const pthread_key_t kMadeAtLoad = leaving_key();

// The Itanium C++ ABI's __cxa_eh_globals: a pointer, then the count of uncaught exceptions.
const unsigned* uncaught_exceptions_of_thread() noexcept {
  const auto* globals = reinterpret_cast<const std::byte*>(abi::__cxa_get_globals());
  return reinterpret_cast<const unsigned*>(globals + sizeof(void*));
}

}  // namespace

ThreadBlock* join_thread() noexcept {
  if (t_thread.pauses > 0) return nullptr;
  ThreadBlock* block = g_threads.take();
  if (block == nullptr) return nullptr;
  block->ids.seed_from_kernel();
  block->uncaught_exceptions = uncaught_exceptions_of_thread();
  block->thread_id = static_cast<std::uint32_t>(gettid());
  pthread_setspecific(leaving_key(), block);
  t_thread.block = block;
  if (auto* joined = g_recording.on_thread_joined.load(std::memory_order_acquire)) joined();
  return block;
}

void leave_out_of_turn(detail::CurrentContext& context) noexcept {
  for (detail::CurrentContext* inner = t_thread.current; inner != nullptr; inner = inner->enclosing) {
    if (inner->enclosing != &context) continue;
    inner->enclosing = context.enclosing;
    return;
  }
}

ThreadBlock* ThreadRegistry::take() noexcept {
  const std::lock_guard guard(mutex_);
  for (ThreadBlock* block = first(); block != nullptr; block = block->next) {
    if (!block->is_owned && block->ring.is_drained()) {
      block->is_owned = true;
      return block;
    }
  }
  auto* block = new (std::nothrow) ThreadBlock;
  if (block == nullptr) return nullptr;
  reset_body(block->scratch);
  block->is_owned = true;
  block->next = first();
  first_.store(block, std::memory_order_release);
  return block;
}

void ThreadRegistry::give_back(ThreadBlock& block) noexcept {
  const std::lock_guard guard(mutex_);
  block.is_owned = false;
}

void ThreadRegistry::trim(ThreadBlock& block) noexcept {
  const std::lock_guard guard(mutex_);
  if (!block.is_owned && block.ring.is_drained()) block.ring.free_all(g_budget);
}

// A block that is taken again soon keeps its cells: where threads come and go they need not be made anew.
CellTable* ThreadRegistry::take_idle_cells(ThreadBlock& block) noexcept {
  constexpr std::uint32_t kLooks = 2;
  const std::lock_guard guard(mutex_);
  if (block.is_owned) {
    block.idle_looks = 0;
    return nullptr;
  }
  if (block.cells.load(std::memory_order_relaxed) == nullptr || ++block.idle_looks < kLooks) return nullptr;
  block.idle_looks = 0;
  return block.cells.exchange(nullptr, std::memory_order_acq_rel);
}

// Each other thread of the parent may have been in the midst of changing what its block holds, so those
// blocks are left alone for ever. The forking thread was here, so its own goes on, emptied.
void ThreadRegistry::reset_in_child() noexcept {
  g_budget.reset_after_fork();
  ThreadBlock* const mine = t_thread.block;
  for (ThreadBlock* block = first(); block != nullptr;) {
    ThreadBlock* const next = block->next;
    block->next = block == mine ? nullptr : std::exchange(abandoned_, block);
    block = next;
  }
  first_.store(mine, std::memory_order_release);
  if (mine != nullptr) {
    mine->ring.reset_after_fork(g_budget);
    for (SignalTally& tally : mine->tallies) tally.reset();
    for (OwnedCount& starts : mine->span_starts) starts.reset();
    mine->repaired_strings.reset();
    mine->is_owned = false;
  }
  t_thread.leave();
  pthread_setspecific(leaving_key(), nullptr);  // it has left its block, which another may take
  mutex_.unlock();
}

void suppress_telemetry_on_this_thread() noexcept { ++t_thread.pauses; }

void wake_worker() noexcept {
  const int descriptor = g_recording.wake_descriptor.load(std::memory_order_relaxed);
  if (descriptor >= 0) base::ring_event(descriptor);
}

}  // namespace ergon::inline v0::telemetry
