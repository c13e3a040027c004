#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <vector>

#include <ergon/telemetry/attributes.hpp>
#include <ergon/telemetry/scope.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon {

/// What may be said about an instrument beyond its name (specification: metrics/api.md#instrument). Names
/// are `[A-Za-z][A-Za-z0-9_./-]{0,254}` and not case-sensitive; units at most 63 ASCII characters.
struct InstrumentOptions {
  std::string_view unit{};
  std::string_view description{};
  /// Upper bounds of a histogram's buckets, increasing. Empty: 0, 5, 10, 25, 50, 75, 100, 250, 500, 750,
  /// 1000, 2500, 5000, 7500, 10000 (advisory parameter ExplicitBucketBoundaries). A histogram that exists
  /// keeps its own.
  std::vector<double> boundaries{};
};

namespace detail {

struct Instrument;

enum class InstrumentKind : std::uint8_t { counter, histogram };

template <class T>
concept MetricNumber = std::same_as<T, std::int64_t> || std::same_as<T, double>;

struct InstrumentName {
  std::string_view name;
  InstrumentKind kind;
  bool is_floating;
};

ERGON_API const Instrument& intern_instrument(const Scope& scope, const InstrumentName& name,
                                              const InstrumentOptions& options);
ERGON_API void add(const Instrument& instrument, std::int64_t value, Attributes attributes) noexcept;
ERGON_API void add(const Instrument& instrument, double value, Attributes attributes) noexcept;
ERGON_API void record(const Instrument& instrument, double value, Attributes attributes) noexcept;

}  // namespace detail
}  // namespace ergon
