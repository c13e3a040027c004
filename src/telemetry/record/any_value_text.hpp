#pragma once

#include <string>
#include <string_view>

namespace ergon::inline v0::telemetry {

// OTLP's AnyValue, as it was encoded, as text. Doubles and bytes are as in OTLP's JSON form; numbers aren't
// in quotes. What is malformed, which only a bug of ours could make, throws protozero's exceptions.

/// OTLP's KeyValue, in parts.
struct AttributeView {
  std::string_view key{};
  std::string_view value{};  // an AnyValue
};
[[nodiscard]] AttributeView view_attribute(std::string_view key_value);

/// As JSON.
void append_json_value(std::string& out, std::string_view value);

/// A string as it is, all else as JSON.
void append_plain_value(std::string& out, std::string_view value);

/// The text of a value that is a string; else empty.
[[nodiscard]] std::string_view string_in(std::string_view value);

/// Bytes as base64 has them, RFC 4648.
void append_base64(std::string& out, std::string_view bytes);

}  // namespace ergon::inline v0::telemetry
