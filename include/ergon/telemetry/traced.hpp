#pragma once

#include <string_view>
#include <utility>

#include <ergon/telemetry/tracer.hpp>

namespace ergon::inline v0 {

/// Calls the function inside of a scoped span, and answers what it answers. An exception through it goes on
/// its way, and onto the span: status Error, `error.type`, and an `exception` event with type and message. It
/// is not logged, which is for whoever handles it. Costs what the span does.
template <class Call>
decltype(auto) traced(const Tracer& tracer, std::string_view name, Call&& call, Attributes attributes = {}) {
  [[maybe_unused]] auto span = tracer.scoped_span(name, attributes);
#if defined(__cpp_exceptions)
  try {
    return std::forward<Call>(call)();
  } catch (...) {
    detail::record_passing_exception(span);
    throw;
  }
#else
  return std::forward<Call>(call)();
#endif
}

/// The same by the tracer `ergon.traced`.
template <class Call>
decltype(auto) traced(std::string_view name, Call&& call, Attributes attributes = {}) {
  static const Tracer kTracer = get_tracer("ergon.traced");
  return traced(kTracer, name, std::forward<Call>(call), attributes);
}

}  // namespace ergon::inline v0
