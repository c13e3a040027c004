#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "telemetry/export/verdict.hpp"

namespace ergon::inline v0::telemetry {

/// What an OTLP/HTTP server answered.
struct HttpAnswer {
  long status{0};
  std::string content_type;  // lower case, without parameters
  std::string retry_after;
  std::string body;
};

/// Takes one header line as curl delivers it; a status line begins the answer anew.
void take_header(HttpAnswer& answer, std::string_view line);

/// Reads an answer by OTLP's rules (protocol/otlp.md#otlphttp-response); `now` is what dates in Retry-After
/// are measured from.
[[nodiscard]] Verdict judge(const HttpAnswer& answer, std::chrono::system_clock::time_point now);

}  // namespace ergon::inline v0::telemetry
