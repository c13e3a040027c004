#include "telemetry/worker/component.hpp"

#include <charconv>
#include <vector>

#include "telemetry/metrics/canonical_attributes.hpp"
#include "telemetry/metrics/encode_given.hpp"

namespace ergon::inline v0::telemetry {

ServerAddress server_of(std::string_view endpoint) {
  const std::size_t scheme_end = endpoint.find("://");
  if (scheme_end == std::string_view::npos) return {};
  std::string_view authority = endpoint.substr(scheme_end + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  authority = authority.substr(authority.rfind('@') + 1);  // a name and a password are nobody's business
  const bool is_https = scheme_end == 5;                   // of http and https, whatever the case
  ServerAddress server{.port = static_cast<std::uint16_t>(is_https ? 443 : 80)};
  const bool is_bracketed = authority.starts_with('[');
  const std::size_t host_end = authority.find(is_bracketed ? ']' : ':');
  server.host = authority.substr(0, host_end).substr(is_bracketed ? 1 : 0);
  const std::size_t colon = authority.find(':', host_end);
  if (host_end == std::string_view::npos || colon == std::string_view::npos) return server;
  const std::string_view port = authority.substr(colon + 1);
  std::from_chars(port.data(), port.data() + port.size(), server.port);
  return server;
}

std::string Component::attributes(std::string_view error) const {
  std::vector<Attribute> all{{"otel.component.type", type}, {"otel.component.name", name}};
  if (!server.host.empty()) {
    all.push_back({"server.address", server.host});
    all.push_back({"server.port", server.port});
  }
  if (!error.empty()) all.push_back({"error.type", error});
  return canonical_form(all);
}

std::string canonical_form(std::span<const Attribute> attributes) {
  return canonical_attributes(EncodedSet(attributes).bytes());
}

}  // namespace ergon::inline v0::telemetry
