#include "base/host.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <memory>

namespace ergon::inline v0::base {

namespace {

struct Address {
  std::string text;
  int rank;  // IPv4, IPv6, link-local, loopback: lower is preferred
};

constexpr int kLinkLocal = 2;
constexpr int kLoopback = 3;

Address describe(const ifaddrs& interface) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_loopback = (interface.ifa_flags & IFF_LOOPBACK) != 0;
  if (interface.ifa_addr->sa_family == AF_INET) {
    const auto* address = reinterpret_cast<const sockaddr_in*>(interface.ifa_addr);
    inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size());
    return {text.data(), is_loopback ? kLoopback : 0};
  }
  const auto* address = reinterpret_cast<const sockaddr_in6*>(interface.ifa_addr);
  inet_ntop(AF_INET6, &address->sin6_addr, text.data(), text.size());
  if (is_loopback) return {text.data(), kLoopback};
  return {text.data(), IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr) ? kLinkLocal : 1};
}

bool is_usable(const ifaddrs& interface) {
  if (interface.ifa_addr == nullptr || (interface.ifa_flags & IFF_UP) == 0) return false;
  return interface.ifa_addr->sa_family == AF_INET || interface.ifa_addr->sa_family == AF_INET6;
}

}  // namespace

std::string host_name() {
  utsname names{};
  return uname(&names) == 0 ? names.nodename : "";
}

std::vector<std::string> host_ips() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, &freeifaddrs);
  std::vector<Address> found;
  for (const ifaddrs* at = list; at != nullptr; at = at->ifa_next) {
    if (is_usable(*at)) found.push_back(describe(*at));
  }
  std::ranges::stable_sort(found, {}, &Address::rank);
  std::vector<std::string> ips;
  for (const Address& address : found) {
    if (address.rank >= kLinkLocal && !ips.empty()) break;
    ips.push_back(address.text);
  }
  return ips;
}

}  // namespace ergon::inline v0::base
