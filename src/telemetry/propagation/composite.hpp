#pragma once

#include <vector>

#include <ergon/extend/propagator.hpp>

namespace ergon::inline v0::telemetry {

/// Several propagators as one: each in its turn, on what the one before made. A propagator that throws is
/// reported, and the others go on. Refers to propagators that live for ever.
class CompositePropagator final : public TextMapPropagator {
 public:
  explicit CompositePropagator(std::vector<const TextMapPropagator*> parts) noexcept
      : parts_(std::move(parts)) {}

  void inject(const Context& context, CarrierWriter& carrier) const override;
  [[nodiscard]] Context extract(const Context& context, const CarrierReader& carrier) const override;
  /// Each key once.
  [[nodiscard]] std::vector<std::string_view> fields() const override;

 private:
  std::vector<const TextMapPropagator*> parts_;
};

/// Makes this the global propagator. The object must live for ever, as another thread may be using it.
void set_global_propagator(const TextMapPropagator& propagator) noexcept;

}  // namespace ergon::inline v0::telemetry
