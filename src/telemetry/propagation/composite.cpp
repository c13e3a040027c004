#include "telemetry/propagation/composite.hpp"

#include <algorithm>

#include "base/diagnostic.hpp"

namespace ergon::inline v0::telemetry {

void CompositePropagator::inject(const Context& context, CarrierWriter& carrier) const {
  for (const TextMapPropagator* part : parts_)
    base::guard("telemetry: a propagator failed to inject", [&] { part->inject(context, carrier); });
}

Context CompositePropagator::extract(const Context& context, const CarrierReader& carrier) const {
  Context extracted = context;
  for (const TextMapPropagator* part : parts_) {
    base::guard("telemetry: a propagator failed to extract",
                [&] { extracted = part->extract(extracted, carrier); });
  }
  return extracted;
}

std::vector<std::string_view> CompositePropagator::fields() const {
  std::vector<std::string_view> all;
  for (const TextMapPropagator* part : parts_) {
    for (const std::string_view field : part->fields()) {
      if (std::ranges::find(all, field) == all.end()) all.push_back(field);
    }
  }
  return all;
}

}  // namespace ergon::inline v0::telemetry
