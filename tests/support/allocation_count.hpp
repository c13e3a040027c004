#pragma once

#include <cstddef>

namespace ergon::test {

/// How often the calling thread has allocated since it began. Whoever links allocation_count.cpp has the C
/// library's allocator behind one that counts, `operator new`, which ends there, included. Not with
/// sanitizers, which stand in that place themselves: then it is always 0.
[[nodiscard]] std::size_t allocations_of_this_thread() noexcept;

/// Bytes of the heap that the process has in use. Also 0 with sanitizers.
[[nodiscard]] std::size_t heap_bytes() noexcept;

/// From now on the calling thread gets no memory, or does again. Not with sanitizers either.
void refuse_memory_to_this_thread(bool refuses) noexcept;

/// From now on the calling thread gets no block of so many bytes or more.
void refuse_blocks_to_this_thread(std::size_t from) noexcept;

/// Calls while this thread gets none.
template <class Call>
void without_memory(Call call) {
  refuse_memory_to_this_thread(true);
  call();
  refuse_memory_to_this_thread(false);
}

}  // namespace ergon::test
