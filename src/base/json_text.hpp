#pragma once

#include <string>
#include <string_view>

namespace ergon::inline v0::base {

/// Appends the text as a JSON string, quoted and escaped (RFC 8259), so that nothing in it moves a terminal
/// or ends a line; the text must be UTF-8.
void append_json_string(std::string& out, std::string_view text);

/// Appends the shortest number that reads back as the same double; "NaN", "Infinity" and "-Infinity" as
/// strings, as protobuf's JSON mapping has them.
void append_json_double(std::string& out, double value);

}  // namespace ergon::inline v0::base
