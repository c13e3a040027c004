#pragma once

#include <string>
#include <vector>

namespace ergon::inline v0::base {

/// The name of this host as the kernel has it.
[[nodiscard]] std::string host_name();

/// The addresses of this host's interfaces that are up, IPv4 first, as text (IPv6 in RFC 5952's form),
/// without loopback and link-local ones unless there is nothing else.
[[nodiscard]] std::vector<std::string> host_ips();

}  // namespace ergon::inline v0::base
