#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "telemetry/export/verdict.hpp"

namespace ergon::inline v0::telemetry {

// The messages that servers answer with, whatever carries them. They may hold anything: what can't be read is
// as if it were not there.

/// What a server says is cut to this many bytes before it becomes a message of ours.
inline constexpr std::size_t kMostMessage = 1'024;

/// How a message is encoded.
enum class Encoding : std::uint8_t { protobuf, json };

/// Takes what an Export…ServiceResponse says of a partial success into the verdict: how many records were
/// rejected and why. If it is no such response, the verdict's message says that.
void read_partial_success(Encoding encoding, std::string_view response, Verdict& verdict);

/// The message of a google.rpc.Status; empty if there is none.
[[nodiscard]] std::string status_message(Encoding encoding, std::string_view status);

/// How long the RetryInfo in a google.rpc.Status, which is in protobuf, asks to wait: an hour at most, and
/// nothing if there is none.
[[nodiscard]] std::chrono::nanoseconds retry_delay(std::string_view status);

}  // namespace ergon::inline v0::telemetry
