#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <ergon/telemetry/attributes.hpp>

namespace ergon::inline v0::telemetry {

/// Host and port of an endpoint; an empty host: there is no server.
struct ServerAddress {
  std::string host{};
  std::uint16_t port{0};

  bool operator==(const ServerAddress&) const = default;
};

/// Of `http://HOST:PORT/…`: an IPv6 address loses its brackets, and the scheme's own port stands in for one
/// that is not there.
[[nodiscard]] ServerAddress server_of(std::string_view endpoint);

/// The value of `error.type` where a backend took a batch, but not this record.
inline constexpr std::string_view kRejected = "rejected";

/// A part of the SDK that metrics of its own are about (semantic conventions: `otel.component.type` and
/// `otel.component.name`, which is the type and a number among those of its type).
struct Component {
  std::string type{};
  std::string name{};
  ServerAddress server{};

  /// Its attributes in canonical form (canonical_attributes.hpp), with an `error.type` unless that is empty.
  [[nodiscard]] std::string attributes(std::string_view error = {}) const;
};

/// Of attributes that no call gave.
[[nodiscard]] std::string canonical_form(std::span<const Attribute> attributes);

}  // namespace ergon::inline v0::telemetry
