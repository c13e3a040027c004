#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace ergon::receiver {

/// The three OTLP services, in the words that commands and answers use.
enum class Signal { traces, logs, metrics };

inline constexpr std::array<std::string_view, 3> kSignalNames{"traces", "logs", "metrics"};

constexpr std::string_view name(Signal signal) { return kSignalNames[static_cast<std::size_t>(signal)]; }

constexpr std::optional<Signal> signal_named(std::string_view text) {
  for (std::size_t i = 0; i < kSignalNames.size(); ++i) {
    if (kSignalNames[i] == text) return static_cast<Signal>(i);
  }
  return std::nullopt;
}

}  // namespace ergon::receiver
