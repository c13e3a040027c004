#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace ergon::inline v0::base {

// What the kernel knows of this process; nothing where it can't be asked. Nothing here allocates.

/// All that its threads have used since it began, or was forked (getrusage(2)).
struct ProcessTimes {
  std::chrono::microseconds user{};
  std::chrono::microseconds system{};
  std::int64_t voluntary_switches{0};
  std::int64_t involuntary_switches{0};
  std::int64_t major_faults{0};
  std::int64_t minor_faults{0};
};
[[nodiscard]] std::optional<ProcessTimes> process_times() noexcept;

/// In bytes.
struct ProcessMemory {
  std::int64_t resident_bytes{0};
  std::int64_t virtual_bytes{0};
};
[[nodiscard]] std::optional<ProcessMemory> process_memory() noexcept;

struct ProcessLife {
  std::int64_t threads{0};
  std::chrono::duration<double> age{};
};
[[nodiscard]] std::optional<ProcessLife> process_life() noexcept;

/// Open file descriptors.
[[nodiscard]] std::optional<std::int64_t> open_descriptors() noexcept;

}  // namespace ergon::inline v0::base
