#pragma once

#include <cstdint>

namespace ergon::inline v0 {

/// The role of a span in its trace (specification: trace/api.md#spankind). The values are OTLP's.
enum class SpanKind : std::uint8_t { internal = 1, server = 2, client = 3, producer = 4, consumer = 5 };

}  // namespace ergon::inline v0
