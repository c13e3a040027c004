#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <vector>

#include <ergon/telemetry/attributes.hpp>
#include <ergon/telemetry/scope.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// What may be said about an instrument beyond its name (specification: metrics/api.md#instrument). Names
/// are `[A-Za-z][A-Za-z0-9_./-]{0,254}` and not case-sensitive; units at most 63 ASCII characters. One whose
/// name is none of these works all the same and is exported as it is; a diagnostic tells of it. The same name
/// with another kind, unit or description is another instrument, of which a diagnostic tells, too.
struct InstrumentOptions {
  std::string_view unit{};
  std::string_view description{};
  /// Upper bounds of a histogram's buckets, increasing. Empty: 0, 5, 10, 25, 50, 75, 100, 250, 500, 750,
  /// 1000, 2500, 5000, 7500, 10000 (advisory parameter ExplicitBucketBoundaries). A histogram that exists
  /// keeps its own; a view's come first.
  std::vector<double> boundaries{};
  /// The keys of attributes that are kept where no view says otherwise; empty: all (advisory parameter
  /// Attributes). An instrument that exists keeps its own.
  std::vector<std::string_view> attribute_keys{};
};

namespace detail {

struct Instrument;

enum class InstrumentKind : std::uint8_t {
  counter,
  up_down_counter,
  histogram,
  gauge,
  observable_counter,
  observable_up_down_counter,
  observable_gauge
};

template <class T>
concept MetricNumber = std::same_as<T, std::int64_t> || std::same_as<T, double>;

struct InstrumentName {
  std::string_view name;
  InstrumentKind kind;
  bool is_floating;
};

/// An instrument with a set of attributes, as a place in each thread's table.
enum class Binding : std::uint32_t {};
/// Where nothing is kept, for want of memory.
inline constexpr Binding kNoBinding{UINT32_MAX};

ERGON_API const Instrument& intern_instrument(const Scope& scope, const InstrumentName& name,
                                              const InstrumentOptions& options);
ERGON_API Binding bind(const Instrument& instrument, Attributes attributes) noexcept;
ERGON_API bool is_enabled(const Instrument& instrument) noexcept;

// A measurement of any instrument that is not observable: what becomes of it, its aggregation says. NaN and
// infinities are ignored.
ERGON_API void measure(const Instrument& instrument, std::int64_t value, Attributes attributes) noexcept;
ERGON_API void measure(const Instrument& instrument, double value, Attributes attributes) noexcept;
ERGON_API void measure(Binding binding, std::int64_t value) noexcept;
ERGON_API void measure(Binding binding, double value) noexcept;

}  // namespace detail
}  // namespace ergon::inline v0
