#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off_propagation.hpp>
#else

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/extend/propagator.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// The variable that carries a key: in upper case, what is neither letter nor digit a `_`, one more before a
/// digit: `traceparent` is TRACEPARENT (specification: context/env-carriers.md).
[[nodiscard]] ERGON_API std::string environment_name(std::string_view key);

/// Reads what the process that started this one wrote. Copies the variables when it is made, so what changes
/// later does not matter; as with getenv, no other thread may change them meanwhile.
class ERGON_API EnvironmentReader final : public CarrierReader {
 public:
  /// Of this process.
  EnvironmentReader();
  /// Of `NAME=value` strings, up to a null.
  explicit EnvironmentReader(const char* const* variables);

  [[nodiscard]] std::optional<std::string_view> get(std::string_view key) const override;
  /// Names whose form a propagator may have written: `[A-Z_][A-Z0-9_]*`.
  [[nodiscard]] std::vector<std::string_view> keys() const override;

 private:
  std::vector<std::string> variables_;
};

/// Collects variables for a process to be started. This process's own environment is not touched.
class ERGON_API EnvironmentWriter final : public CarrierWriter {
 public:
  void set(std::string_view key, std::string_view value) override;
  void remove(std::string_view key) override;

  /// `NAME=value`, to be added to what the new process gets.
  [[nodiscard]] const std::vector<std::string>& variables() const noexcept { return variables_; }

 private:
  std::vector<std::string> variables_;
};

}  // namespace ergon::inline v0
#endif
