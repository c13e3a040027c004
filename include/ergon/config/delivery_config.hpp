#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace ergon::inline v0 {

/// What a full queue does with a new record. In YAML: `drop_newest`, `block`.
enum class OnFull : std::uint8_t {
  drop_newest,  // count it as dropped, never wait
  block,        // wait up to max_block, then drop it
};

namespace telemetry {
using ergon::OnFull;
}

/// What telemetry may cost while its destinations don't keep up, and at the end. What is not given is as
/// `telemetry::RuntimeOptions` has it. In YAML: `delivery`.
struct DeliveryConfig {
  /// Bound of all that waits in the process, in rings, batches and requests, in bytes; at least 1 MiB. By
  /// default 64 MiB. A quarter of it is the destinations' own, in equal parts, and no signal can take all of
  /// the rest.
  std::optional<std::int64_t> memory_limit{};
  /// By default `drop_newest`.
  std::optional<OnFull> on_full{};
  /// How long a call of the program waits, under `block`. By default 100 ms.
  std::optional<std::chrono::milliseconds> max_block{};
  /// How long shutdown may take to send what is left. By default 5 s.
  std::optional<std::chrono::milliseconds> shutdown_timeout{};
};

}  // namespace ergon::inline v0
