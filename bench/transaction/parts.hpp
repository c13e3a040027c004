#pragma once

#include <cstddef>

namespace ergon::bench {

// What parts of a transaction take by themselves, in nanoseconds each, the best of so many bursts.

/// The payload, from JSON to an Order in a Transaction.
[[nodiscard]] double decode_alone(std::size_t bursts);
/// Limits of two attempts, begun and ended: process and handle_success.
[[nodiscard]] double watch_alone(std::size_t bursts);
/// A hundredth of a fetch, the copies of the batch and the end of them included, and an ack.
[[nodiscard]] double connector_alone(std::size_t bursts);

}  // namespace ergon::bench
