#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off_propagation.hpp>
#else

#include <string_view>
#include <vector>

#include <ergon/extend/propagator.hpp>
#include <ergon/telemetry/context.hpp>
#include <ergon/telemetry/map_carrier.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// The propagator of this process: all those that the configuration names, in its order (`propagator:
/// {composite: […]}`); before a session W3C trace context and baggage. It stays what it was when a session
/// stops. The reference is good for ever, and stands for whichever is global at the time. Any thread.
[[nodiscard]] ERGON_API const TextMapPropagator& global_propagator() noexcept;

/// One that is built in, for a peer that wants other headers than the rest: `tracecontext`, `baggage`, `b3`
/// or `b3multi`; null for any other name. It lives for ever.
[[nodiscard]] ERGON_API const TextMapPropagator* built_in_propagator(std::string_view name) noexcept;

/// Writes the context into the headers of a request or the metadata of a message, by the global propagator.
/// A span that is not sampled is written as such, so that its callee does not sample either. What there was
/// of the propagators' own keys is replaced or, where the context has nothing of the kind, removed. Never
/// throws: where it fails, headers are missing.
ERGON_API void inject(CarrierWriter& carrier, const Context& context = current_context()) noexcept;

/// `context` with what the headers say of their sender: its span, marked as remote, and its baggage. Without
/// any that can be read it is `context` as it is.
[[nodiscard]] ERGON_API Context extract(const CarrierReader& carrier,
                                        const Context& context = current_context()) noexcept;

/// The same for any map or list of pairs of strings: `std::map<std::string, std::string>`, say. A key that is
/// there already, in whatever case, gets the new value, once.
template <detail::WritableCarrier Map>
void inject(Map& carrier, const Context& context = current_context()) noexcept {
  detail::MapWriter<Map> writer(carrier);
  inject(static_cast<CarrierWriter&>(writer), context);
}

/// Several entries of one key count as HTTP's header lines do: their values are joined with commas.
template <detail::ReadableCarrier Map>
[[nodiscard]] Context extract(const Map& carrier, const Context& context = current_context()) noexcept {
  const detail::MapReader<Map> reader(carrier);
  return extract(static_cast<const CarrierReader&>(reader), context);
}

}  // namespace ergon::inline v0
#endif
