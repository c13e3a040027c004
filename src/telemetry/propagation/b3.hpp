#pragma once

#include <ergon/extend/propagator.hpp>

namespace ergon::inline v0::telemetry {

/// B3 (specification: context/api-propagators.md#b3-requirements). Both forms are read, whichever is written:
/// `b3`, which wins, and the X-B3 headers. A 64-bit trace id is padded with zeros. No sampling state, which
/// leaves the decision to us, counts as not sampled. A refusal without ids (`b3: 0`) becomes a parent of
/// random ids that is not sampled, so that what follows parents refuses, too, and passes it on. The debug
/// flag implies sampled, and goes on with the trace's contexts.
class B3Propagator final : public TextMapPropagator {
 public:
  enum class Form { single, multi };

  constexpr explicit B3Propagator(Form written) noexcept : written_(written) {}

  void inject(const Context& context, CarrierWriter& carrier) const override;
  [[nodiscard]] Context extract(const Context& context, const CarrierReader& carrier) const override;
  [[nodiscard]] std::vector<std::string_view> fields() const override;

 private:
  Form written_;
};

}  // namespace ergon::inline v0::telemetry
