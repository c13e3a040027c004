#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

namespace ergon::base {

/// One kind of trouble worth telling the operator of, on stderr, at most once in ten seconds however often it
/// happens; what was held back is counted in the next line. Any thread, no lock.
class Diagnostic {
 public:
  /// `what` must be a literal: "telemetry: spans refused by the backend".
  constexpr explicit Diagnostic(std::string_view what) noexcept : what_(what) {}

  void report(std::string_view detail) noexcept;

 private:
  std::string_view what_;
  std::atomic<std::uint64_t> last_{0};
  std::atomic<std::uint64_t> held_back_{0};
};

/// Writes one line to stderr, as much of it as can be written without waiting.
void write_to_stderr(std::string_view line) noexcept;

}  // namespace ergon::base
