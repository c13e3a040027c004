#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <ergon/telemetry/instrument.hpp>

namespace ergon::inline v0::telemetry {

// What an instrument may be called, and what tells it from others (specification:
// metrics/api.md#instrument-name-syntax, metrics/sdk.md#duplicate-instrument-registration).

/// `[A-Za-z][A-Za-z0-9_./-]{0,254}`.
[[nodiscard]] bool is_instrument_name(std::string_view name) noexcept;
/// At most 63 ASCII characters.
[[nodiscard]] bool is_instrument_unit(std::string_view unit) noexcept;

/// Scope and name, without regard to case.
[[nodiscard]] std::string instrument_place(const detail::Scope& scope, std::string_view name);
/// All that tells instruments apart. Advice is no part of it.
[[nodiscard]] std::string instrument_identity(const detail::Scope& scope, const detail::InstrumentName& name,
                                              const InstrumentOptions& options);

/// Of a histogram: finite, in order, each once; or the default ones. Of others none.
[[nodiscard]] std::vector<double> clean_boundaries(const detail::InstrumentName& name,
                                                   const InstrumentOptions& options);
[[nodiscard]] std::vector<double> clean_boundaries(const std::vector<double>& boundaries);

/// The specification's.
[[nodiscard]] const std::vector<double>& default_boundaries();

}  // namespace ergon::inline v0::telemetry
