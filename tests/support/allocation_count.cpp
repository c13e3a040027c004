#include "support/allocation_count.hpp"

#include <cerrno>
#include <cstdlib>

namespace {
constinit thread_local std::size_t t_allocations = 0;
constinit thread_local bool t_has_no_memory = false;
}  // namespace

#if !defined(ERGON_SANITIZED_ADDRESS) && !defined(ERGON_SANITIZED_THREAD)

extern "C" {
// The C library's own names. NOLINTBEGIN(*-reserved-identifier,*-identifier-naming)
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
// NOLINTEND(*-reserved-identifier,*-identifier-naming)

void* malloc(std::size_t size) {
  ++t_allocations;
  return t_has_no_memory ? nullptr : __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++t_allocations;
  return t_has_no_memory ? nullptr : __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) {
  ++t_allocations;
  return t_has_no_memory ? nullptr : __libc_realloc(block, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++t_allocations;
  return t_has_no_memory ? nullptr : __libc_memalign(alignment, size);
}
int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  ++t_allocations;
  *block = t_has_no_memory ? nullptr : __libc_memalign(alignment, size);
  return *block != nullptr ? 0 : ENOMEM;
}
}

#endif

namespace ergon::test {

std::size_t allocations_of_this_thread() noexcept { return t_allocations; }
void refuse_memory_to_this_thread(bool refuses) noexcept { t_has_no_memory = refuses; }

}  // namespace ergon::test
