#include <ergon/telemetry/propagation.hpp>

#include <array>
#include <atomic>
#include <utility>

#include "base/diagnostic.hpp"
#include "telemetry/propagation/b3.hpp"
#include "telemetry/propagation/baggage_propagator.hpp"
#include "telemetry/propagation/composite.hpp"
#include "telemetry/propagation/trace_context.hpp"

namespace ergon::inline v0 {

namespace telemetry {

namespace {

// Stands for whichever propagator is global at the time.
class GlobalPropagator final : public TextMapPropagator {
 public:
  explicit GlobalPropagator(const TextMapPropagator& usual) noexcept : present_(&usual) {}

  void become(const TextMapPropagator& propagator) noexcept {
    present_.store(&propagator, std::memory_order_release);  // pairs with the acquire of `present`
  }

  void inject(const Context& context, CarrierWriter& carrier) const override {
    present().inject(context, carrier);
  }
  [[nodiscard]] Context extract(const Context& context, const CarrierReader& carrier) const override {
    return present().extract(context, carrier);
  }
  [[nodiscard]] std::vector<std::string_view> fields() const override { return present().fields(); }

 private:
  const TextMapPropagator& present() const noexcept { return *present_.load(std::memory_order_acquire); }

  std::atomic<const TextMapPropagator*> present_;  // a session's start writes, whoever propagates reads
};

struct Propagators {
  TraceContextPropagator trace_context;
  BaggagePropagator baggage;
  B3Propagator b3{B3Propagator::Form::single};
  B3Propagator b3_multi{B3Propagator::Form::multi};
  CompositePropagator usual{{&trace_context, &baggage}};
  GlobalPropagator global{usual};
};

// Never destroyed, so that static destructors may still propagate.
Propagators& propagators() {
  static auto* const kPropagators = new Propagators;
  return *kPropagators;
}

// Made while the library loads: no fork can find the guard above held.
[[maybe_unused]] const Propagators* const kMadeAtLoad = &propagators();

}  // namespace

void set_global_propagator(const TextMapPropagator& propagator) noexcept {
  propagators().global.become(propagator);
}

}  // namespace telemetry

const TextMapPropagator& global_propagator() noexcept { return telemetry::propagators().global; }

const TextMapPropagator* built_in_propagator(std::string_view name) noexcept {
  const telemetry::Propagators& all = telemetry::propagators();
  const std::array<std::pair<std::string_view, const TextMapPropagator*>, 4> named{
      {{"tracecontext", &all.trace_context},
       {"baggage", &all.baggage},
       {"b3", &all.b3},
       {"b3multi", &all.b3_multi}}};
  for (const auto& [its_name, propagator] : named) {
    if (its_name == name) return propagator;
  }
  return nullptr;
}

void inject(CarrierWriter& carrier, const Context& context) noexcept {
  base::guard("telemetry: could not inject", [&] { global_propagator().inject(context, carrier); });
}

Context extract(const CarrierReader& carrier, const Context& context) noexcept {
  Context extracted = context;
  base::guard("telemetry: could not extract",
              [&] { extracted = global_propagator().extract(context, carrier); });
  return extracted;
}

}  // namespace ergon::inline v0
