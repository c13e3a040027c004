#pragma once

#include <string>
#include <utility>

#include <ergon/config/any_options.hpp>

namespace ergon::inline v0 {

/// Something of the program's own in place of what is built in: the name it was registered under
/// (`telemetry::register_extension<T>("my")`) and its options, `Custom{"my", T::Options{…}}`. It is described
/// here and not built, so that each process builds its own. In YAML: `my: {options}`.
struct Custom {
  Custom() = default;
  /// With the options that it has by default, if it has any.
  explicit Custom(std::string name) { options.set_type(std::move(name)); }
  template <config::Described T>
  Custom(std::string name, T its_options) : options(std::move(its_options), std::move(name)) {}

  [[nodiscard]] const std::string& name() const noexcept { return options.type(); }

  AnyOptions options{};
};

}  // namespace ergon::inline v0
