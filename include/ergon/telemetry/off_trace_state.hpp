#pragma once

// TraceState where telemetry is compiled out: see off.hpp. On its own, as SpanContext has one.

#include <cstddef>
#include <string_view>

namespace ergon::inline v0 {

class TraceState {
 public:
  static constexpr std::size_t kMostMembers = 32;
  static constexpr std::size_t kMostCharacters = 1'024;

  [[nodiscard]] static constexpr TraceState parse(std::string_view) noexcept { return {}; }
  [[nodiscard]] static constexpr TraceState immortal(std::string_view) noexcept { return {}; }
  [[nodiscard]] constexpr bool is_empty() const noexcept { return true; }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return 0; }
  [[nodiscard]] constexpr std::string_view get(std::string_view) const noexcept { return {}; }
  [[nodiscard]] constexpr TraceState set(std::string_view, std::string_view) const noexcept { return {}; }
  [[nodiscard]] constexpr TraceState erase(std::string_view) const noexcept { return {}; }
  [[nodiscard]] constexpr std::string_view to_header() const noexcept { return {}; }
  friend constexpr bool operator==(const TraceState&, const TraceState&) = default;
};

}  // namespace ergon::inline v0
