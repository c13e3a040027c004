#include "support/allocation_count.hpp"

#include <malloc.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>

namespace {

constinit thread_local std::size_t t_allocations = 0;
constinit thread_local std::size_t t_refused_from = SIZE_MAX;
constinit std::atomic<std::size_t> g_heap_bytes{0};

#if !defined(ERGON_SANITIZED_ADDRESS) && !defined(ERGON_SANITIZED_THREAD)

void* counted(void* block) {
  g_heap_bytes.fetch_add(malloc_usable_size(block), std::memory_order_relaxed);
  return block;
}
void uncount(void* block) { g_heap_bytes.fetch_sub(malloc_usable_size(block), std::memory_order_relaxed); }
bool is_refused(std::size_t size) {
  ++t_allocations;
  return size >= t_refused_from;
}

#endif

}  // namespace

#if !defined(ERGON_SANITIZED_ADDRESS) && !defined(ERGON_SANITIZED_THREAD)

extern "C" {
// The C library's own names. NOLINTBEGIN(*-reserved-identifier,*-identifier-naming)
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* block);
// NOLINTEND(*-reserved-identifier,*-identifier-naming)

void* malloc(std::size_t size) { return is_refused(size) ? nullptr : counted(__libc_malloc(size)); }
void* calloc(std::size_t count, std::size_t size) {
  return is_refused(count * size) ? nullptr : counted(__libc_calloc(count, size));
}
void* realloc(void* block, std::size_t size) {
  if (is_refused(size)) return nullptr;
  const std::size_t before = malloc_usable_size(block);
  void* const moved = __libc_realloc(block, size);
  if (moved == nullptr && size > 0) return nullptr;
  g_heap_bytes.fetch_sub(before, std::memory_order_relaxed);
  return counted(moved);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return is_refused(size) ? nullptr : counted(__libc_memalign(alignment, size));
}
int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  *block = is_refused(size) ? nullptr : counted(__libc_memalign(alignment, size));
  return *block != nullptr ? 0 : ENOMEM;
}
void free(void* block) {
  uncount(block);
  __libc_free(block);
}
}

#endif

namespace ergon::test {

std::size_t allocations_of_this_thread() noexcept { return t_allocations; }
std::size_t heap_bytes() noexcept { return g_heap_bytes.load(std::memory_order_relaxed); }
void refuse_memory_to_this_thread(bool refuses) noexcept { t_refused_from = refuses ? 0 : SIZE_MAX; }
void refuse_blocks_to_this_thread(std::size_t from) noexcept { t_refused_from = from; }

}  // namespace ergon::test
