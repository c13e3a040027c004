#include "telemetry/propagation/baggage_propagator.hpp"

#include <string>

#include "telemetry/propagation/header_text.hpp"

namespace ergon::inline v0::telemetry {

void BaggagePropagator::inject(const Context& context, CarrierWriter& carrier) const {
  const std::string header = context.baggage().to_header();
  header.empty() ? carrier.remove("baggage") : carrier.set("baggage", header);
}

Context BaggagePropagator::extract(const Context& context, const CarrierReader& carrier) const {
  const Baggage baggage = Baggage::parse(joined(carrier.get_all("baggage")));
  return baggage.is_empty() ? context : context.with_baggage(baggage);
}

}  // namespace ergon::inline v0::telemetry
