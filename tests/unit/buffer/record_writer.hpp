#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "telemetry/buffer/ring.hpp"

namespace ergon::telemetry::test {

inline constexpr std::uint32_t kUnit = 16;  // what records are padded to

/// Fills the record behind its head with bytes that only this number and size give.
inline void fill(std::byte* record, std::uint32_t size, std::uint64_t number) {
  RecordHeader head{};
  head.size = size;
  head.kind = RecordKind::span;
  head.ticks = number;
  std::memcpy(record, &head, sizeof head);
  for (std::uint32_t at = sizeof head; at < size; ++at) record[at] = static_cast<std::byte>(number * 31 + at);
}

[[nodiscard]] inline bool is_whole(const RecordHeader& head) {
  const auto* record = reinterpret_cast<const std::byte*>(&head);
  for (std::uint32_t at = sizeof head; at < head.size; ++at) {
    if (record[at] != static_cast<std::byte>(head.ticks * 31 + at)) return false;
  }
  return head.kind == RecordKind::span;
}

/// Pushes a record of this size and number; false when the ring refused it.
inline bool push(Ring& ring, MemoryBudget& budget, std::uint32_t size, std::uint64_t number,
                 Signal signal = Signal::spans) {
  std::byte* place = ring.prepare(size, signal, budget);
  if (place == nullptr) return false;
  fill(place, size, number);
  ring.commit();
  return true;
}

/// Takes everything out; the number of records.
inline std::size_t drain(Ring& ring, MemoryBudget& budget) {
  Ring::Cursor cursor = ring.begin();
  std::size_t taken = 0;
  while (ring.peek(cursor) != nullptr) ++taken;
  ring.release(cursor, budget);
  return taken;
}

}  // namespace ergon::telemetry::test
