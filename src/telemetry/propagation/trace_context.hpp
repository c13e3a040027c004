#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ergon/extend/propagator.hpp>

namespace ergon::inline v0::telemetry {

/// The span context of a `traceparent` header, marked as remote; nothing where it breaks the grammar or an id
/// is all zero (W3C trace-context level 2). Unknown flags are dropped.
[[nodiscard]] std::optional<SpanContext> parse_traceparent(std::string_view header) noexcept;

/// The header of a valid context, version 00.
[[nodiscard]] std::string traceparent_of(const SpanContext& context);

/// W3C trace context: `traceparent` and `tracestate`.
class TraceContextPropagator final : public TextMapPropagator {
 public:
  void inject(const Context& context, CarrierWriter& carrier) const override;
  [[nodiscard]] Context extract(const Context& context, const CarrierReader& carrier) const override;
  [[nodiscard]] std::vector<std::string_view> fields() const override {
    return {"traceparent", "tracestate"};
  }
};

}  // namespace ergon::inline v0::telemetry
