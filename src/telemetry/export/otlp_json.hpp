#pragma once

#include <string>
#include <string_view>

#include <ergon/telemetry/statistics.hpp>

namespace ergon::inline v0::telemetry {

/// Appends OTLP's JSON of an Export…ServiceRequest of the signal, in one line without a line break
/// (protocol/otlp.md#json-protobuf-encoding: lowerCamelCase names, ids in hex, enums as integers, 64-bit
/// integers as strings). Fields that OTLP has not are left out; what can't be read ends the message that it
/// is in.
void append_otlp_json(std::string& out, Signal signal, std::string_view request);

}  // namespace ergon::inline v0::telemetry
