#pragma once

#include <ergon/extend/propagator.hpp>

namespace ergon::inline v0::telemetry {

/// W3C baggage: the header `baggage`.
class BaggagePropagator final : public TextMapPropagator {
 public:
  void inject(const Context& context, CarrierWriter& carrier) const override;
  [[nodiscard]] Context extract(const Context& context, const CarrierReader& carrier) const override;
  [[nodiscard]] std::vector<std::string_view> fields() const override { return {"baggage"}; }
};

}  // namespace ergon::inline v0::telemetry
