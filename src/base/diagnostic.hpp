#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <optional>
#include <string_view>

namespace ergon::inline v0::base {

/// One kind of trouble worth telling the operator of, on stderr, at most once in ten seconds however often it
/// happens; what was held back is counted in the next line. With OTEL_LOG_LEVEL `error`, `fatal`, `off` or
/// `none` none are told (specification: configuration/sdk-environment-variables.md). Any thread, no lock.
class Diagnostic {
 public:
  /// `what` must be a literal: "telemetry: spans refused by the backend".
  constexpr explicit Diagnostic(std::string_view what) noexcept : what_(what) {}

  /// The detail may come from anywhere, a server too: control characters in it are shown, not obeyed.
  void report(std::string_view detail) noexcept;

 private:
  std::string_view what_;
  std::atomic<std::uint64_t> last_{0};
  std::atomic<std::uint64_t> held_back_{0};
};

/// Whether diagnostics are told, in place of what OTEL_LOG_LEVEL says; null: as that says.
void tell_diagnostics(std::optional<bool> are_told) noexcept;

// At most one line in ten seconds for all failures together.
void report_failure(std::string_view what, std::string_view why) noexcept;

/// Calls, and reports what it throws: no exception leaves a thread of the SDK's own. `what` must be a
/// literal.
template <class Call>
void guard(const char* what, Call call) noexcept try {
  call();
} catch (const std::exception& error) {
  report_failure(what, error.what());
} catch (...) {
  report_failure(what, "an unknown exception");
}

/// Writes one line to stderr, as much of it as can be written without waiting.
void write_to_stderr(std::string_view line) noexcept;

}  // namespace ergon::inline v0::base
