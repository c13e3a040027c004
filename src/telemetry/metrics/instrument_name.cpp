#include "telemetry/metrics/instrument_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>

namespace ergon::inline v0::telemetry {

namespace {

constexpr std::size_t kLongestName = 255;
constexpr std::size_t kLongestUnit = 63;

bool is_letter(char c) noexcept { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool is_name_character(char c) noexcept {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '/' || c == '-';
}

}  // namespace

bool is_instrument_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= kLongestName && is_letter(name.front()) &&
         std::ranges::all_of(name, is_name_character);
}

bool is_instrument_unit(std::string_view unit) noexcept {
  return unit.size() <= kLongestUnit &&
         std::ranges::all_of(unit, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string instrument_place(const detail::Scope& scope, std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return fmt::format("{}/{}", fmt::ptr(&scope), lower);
}

// Texts with their lengths, so that no two instruments give one.
std::string instrument_identity(const detail::Scope& scope, const detail::InstrumentName& name,
                                const InstrumentOptions& options) {
  const std::string place = instrument_place(scope, name.name);
  return fmt::format("{}/{}/{}:{}/{}:{}/{}:{}", static_cast<int>(name.kind), name.is_floating, place.size(),
                     place, options.unit.size(), options.unit, options.description.size(),
                     options.description);
}

std::vector<double> clean_boundaries(const std::vector<double>& boundaries) {
  std::vector<double> bounds;
  std::ranges::copy_if(boundaries, std::back_inserter(bounds),
                       [](double bound) { return std::isfinite(bound); });
  std::ranges::sort(bounds);
  bounds.erase(std::ranges::unique(bounds).begin(), bounds.end());
  return bounds;
}

std::vector<double> clean_boundaries(const detail::InstrumentName& name, const InstrumentOptions& options) {
  if (name.kind != detail::InstrumentKind::histogram) return {};
  return options.boundaries.empty() ? default_boundaries() : clean_boundaries(options.boundaries);
}

const std::vector<double>& default_boundaries() {
  static const auto* const kBoundaries =
      new std::vector<double>{0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000};
  return *kBoundaries;
}

}  // namespace ergon::inline v0::telemetry
