#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ergon/telemetry.hpp>

namespace ergon::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::string_view kTraceId = "0af7651916cd43dd8448eb211c80319c";
inline constexpr std::string_view kSpanId = "b7ad6b7169203331";
inline constexpr std::string_view kTraceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// What one of the built-in propagators makes of headers, beginning with nothing.
inline Context extract_by(std::string_view propagator, const Headers& headers, const Context& context = {}) {
  return built_in_propagator(propagator)->extract(context, detail::MapReader<Headers>(headers));
}

/// What it writes.
inline std::map<std::string, std::string> inject_by(std::string_view propagator, const Context& context) {
  std::map<std::string, std::string> headers;
  detail::MapWriter<std::map<std::string, std::string>> writer(headers);
  built_in_propagator(propagator)->inject(context, writer);
  return headers;
}

inline SpanContext span_in(const Headers& headers) {
  return extract_by("tracecontext", headers).span_context();
}

inline bool accepts(std::string_view traceparent) {
  return span_in({{"traceparent", std::string(traceparent)}}).is_valid();
}

}  // namespace ergon::test
