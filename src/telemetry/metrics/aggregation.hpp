#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/wildcard.hpp"

namespace ergon::inline v0::telemetry {

inline constexpr std::uint32_t kCardinalityLimit = 2'000;
inline constexpr std::uint32_t kMostExponentialBuckets = 160;
inline constexpr std::int32_t kMostScale = 20;
inline constexpr std::int32_t kLeastScale = -11;  // at which two buckets hold all doubles of a sign

/// How measurements become points (specification: metrics/sdk.md#aggregation), all of it decided: `default`
/// is none of these.
struct Aggregation {
  enum class Kind : std::uint8_t { drop, sum, last_value, explicit_buckets, exponential_buckets };

  Kind kind{Kind::drop};
  std::vector<double> boundaries{};                 // of explicit buckets
  std::uint32_t max_size{kMostExponentialBuckets};  // of exponential ones, for either sign
  std::int32_t max_scale{kMostScale};               // the same
  bool has_min_max{true};                           // of both

  bool operator==(const Aggregation&) const = default;
  [[nodiscard]] bool is_histogram() const { return kind >= Kind::explicit_buckets; }
};

/// Which attributes a stream keeps. Keys may have wildcards.
struct AttributeFilter {
  bool has_included{false};
  std::vector<std::string> included{};
  std::vector<std::string> excluded{};

  bool operator==(const AttributeFilter&) const = default;
  [[nodiscard]] bool keeps_all() const { return !has_included && excluded.empty(); }
  [[nodiscard]] bool keeps(std::string_view key) const {
    const auto names_it = [key](const std::string& one) { return base::matches_wildcard(one, key); };
    return (!has_included || std::ranges::any_of(included, names_it)) &&
           std::ranges::none_of(excluded, names_it);
  }
};

}  // namespace ergon::inline v0::telemetry
