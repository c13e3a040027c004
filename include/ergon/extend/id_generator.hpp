#pragma once

#include <ergon/telemetry/span_context.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// Makes the ids of traces and spans (specification: trace/sdk.md#id-generators), asked for each span on the
/// thread that starts it, by all threads at once. What is recorded within a call is ignored. An id that is
/// all zero is none, and the span has a random one in its place; what throws is reported on stderr, and both
/// ids are random. So are those of spans from before a session, and of all spans without a generator.
///
/// To have one used: `telemetry::register_extension<T>("name")`, then `id_generator/development: {name:
/// {options}}` under `tracing`. A span then costs what one with a sampler of the program's own does. In the
/// child of a fork a new one is made.
class ERGON_API IdGenerator {
 public:
  IdGenerator() = default;
  IdGenerator(const IdGenerator&) = delete;
  IdGenerator& operator=(const IdGenerator&) = delete;
  virtual ~IdGenerator() = default;

  /// Of the root of a trace.
  [[nodiscard]] virtual TraceId make_trace_id() = 0;
  [[nodiscard]] virtual SpanId make_span_id() = 0;
  /// Whether the last seven bytes of trace ids are random: their traces then have the flag that says so (W3C
  /// trace context, level 2), and samplers go by them.
  [[nodiscard]] virtual bool is_random() const noexcept { return true; }
};

}  // namespace ergon::inline v0
