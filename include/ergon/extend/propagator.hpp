#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <ergon/telemetry/context.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// What a propagator writes to: headers of a request, metadata of a message, an environment.
class ERGON_API CarrierWriter {
 public:
  virtual ~CarrierWriter() = default;

  /// Sets the value of a key, in place of all that it has (specification: context/api-propagators.md#set).
  virtual void set(std::string_view key, std::string_view value) = 0;
  /// Takes a key away with all that it has. Of a carrier that is always new, nothing need be done.
  virtual void remove(std::string_view /*key*/) {}
};

/// What a propagator reads from. Views live as long as the reader and an unchanged carrier. Where keys are
/// not case-sensitive, as in HTTP, it is the reader that compares them so.
class ERGON_API CarrierReader {
 public:
  virtual ~CarrierReader() = default;

  /// The first value of a key, or nothing (specification: context/api-propagators.md#get).
  [[nodiscard]] virtual std::optional<std::string_view> get(std::string_view key) const = 0;
  /// All values of a key, in order. A carrier with one value a key need not override it.
  [[nodiscard]] virtual std::vector<std::string_view> get_all(std::string_view key) const {
    const auto value = get(key);
    return value ? std::vector{*value} : std::vector<std::string_view>{};
  }
  [[nodiscard]] virtual std::vector<std::string_view> keys() const = 0;
};

/// Carries a part of a context from process to process in text (specification: context/api-propagators.md).
/// One object serves all threads at once, so it has no state that changes. In the child of a fork a new one
/// is made at the first record there; until then the parent's serves. What it throws is reported on stderr
/// and goes no further. To have one of your own used: `telemetry::register_extension<T>("name")`, and
/// `propagator: {composite: [{name: {options}}]}`.
class ERGON_API TextMapPropagator {
 public:
  virtual ~TextMapPropagator() = default;

  /// Writes what the context has of this propagator's concern, and removes those of its keys that it does not
  /// write: what the carrier says afterwards is this context's, whatever was in it.
  virtual void inject(const Context& context, CarrierWriter& carrier) const = 0;
  /// The context with what the carrier has put in. What can't be read leaves it as it is.
  [[nodiscard]] virtual Context extract(const Context& context, const CarrierReader& carrier) const = 0;
  /// The keys that `inject` may set.
  [[nodiscard]] virtual std::vector<std::string_view> fields() const = 0;
};

}  // namespace ergon::inline v0
