#pragma once

#include <cstddef>
#include <cstdint>

#include "telemetry/buffer/memory_budget.hpp"

namespace ergon::inline v0::telemetry {

enum class RecordKind : std::uint8_t {
  padding,  // skips to the start of the segment
  span,
  log,
  local_root_end,  // for logs that wait for it; not in the books
};

/// The head of every record in a ring; 16-byte aligned.
struct RecordHeader {
  std::uint32_t size;  // of the whole record with this head, a multiple of 16
  RecordKind kind;
  bool is_pointer;           // the record lies on the heap and only its address follows this head
  std::uint8_t tick_source;  // base::TickSource of the ticks below
  bool is_prestart;          // made before a session: its sampler or level is still to decide
  std::uint64_t ticks;       // when it was made: what the drain sorts by
};
static_assert(sizeof(RecordHeader) == 16);

[[nodiscard]] constexpr Signal signal_of(RecordKind kind) noexcept {
  return kind == RecordKind::span ? Signal::spans : Signal::logs;
}

[[nodiscard]] constexpr bool is_in_books(RecordKind kind) noexcept {
  return kind == RecordKind::span || kind == RecordKind::log;
}

/// Larger ones are not made, so that sizes in 32 bits never wrap: logs are refused, the bodies of spans do
/// not grow beyond it.
inline constexpr std::size_t kMostRecordBytes = std::size_t{1} << 31U;

/// The size with its padding, of a record little larger than kMostRecordBytes at most.
[[nodiscard]] constexpr std::uint32_t padded(std::size_t size) noexcept {
  return static_cast<std::uint32_t>((size + 15U) & ~std::size_t{15});
}

}  // namespace ergon::inline v0::telemetry
