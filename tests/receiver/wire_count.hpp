#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "receiver/signal.hpp"

namespace ergon::receiver {

/// Number of spans, log records or metric data points in the bytes of an Export…ServiceRequest, found by
/// skipping over lengths: nothing is decoded, so a sink spends its time on the socket. nullopt when the
/// bytes are not protobuf down to that level.
std::optional<std::size_t> count_items(Signal signal, std::string_view request);

}  // namespace ergon::receiver
