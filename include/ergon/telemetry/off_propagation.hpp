#pragma once

// Propagation where telemetry is compiled out: see off.hpp. Nothing is written and nothing read.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/extend/propagator.hpp>
#include <ergon/telemetry/map_carrier.hpp>

namespace ergon::inline v0 {

namespace detail {

class NoPropagator final : public TextMapPropagator {
 public:
  void inject(const Context&, CarrierWriter&) const override {}
  [[nodiscard]] Context extract(const Context& context, const CarrierReader&) const override {
    return context;
  }
  [[nodiscard]] std::vector<std::string_view> fields() const override { return {}; }
};

}  // namespace detail

[[nodiscard]] inline const TextMapPropagator& global_propagator() noexcept {
  static const detail::NoPropagator kNone;
  return kNone;
}
[[nodiscard]] inline const TextMapPropagator* built_in_propagator(std::string_view) noexcept {
  return nullptr;
}

inline void inject(CarrierWriter&, const Context& = {}) noexcept {}
[[nodiscard]] inline Context extract(const CarrierReader&, const Context& context = {}) noexcept {
  return context;
}
template <detail::WritableCarrier Map>
void inject(Map&, const Context& = {}) noexcept {}
template <detail::ReadableCarrier Map>
[[nodiscard]] Context extract(const Map&, const Context& context = {}) noexcept {
  return context;
}

[[nodiscard]] inline std::string environment_name(std::string_view) { return {}; }

class EnvironmentReader final : public CarrierReader {
 public:
  EnvironmentReader() = default;
  explicit EnvironmentReader(const char* const*) {}
  [[nodiscard]] std::optional<std::string_view> get(std::string_view) const override { return std::nullopt; }
  [[nodiscard]] std::vector<std::string_view> keys() const override { return {}; }
};

class EnvironmentWriter final : public CarrierWriter {
 public:
  void set(std::string_view, std::string_view) override {}
  void remove(std::string_view) override {}
  [[nodiscard]] std::vector<std::string> variables() const { return {}; }
};

}  // namespace ergon::inline v0
