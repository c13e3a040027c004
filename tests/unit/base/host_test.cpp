#include "base/host.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

namespace ergon::base {
namespace {

int family_of(const std::string& address) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) return AF_INET;
  return inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1 ? AF_INET6 : 0;
}

bool is_loopback(const std::string& address) { return address.starts_with("127.") || address == "::1"; }

TEST(Host, HasTheNameThatTheSystemGives) {
  std::array<char, 256> name{};
  ASSERT_EQ(gethostname(name.data(), name.size()), 0);
  EXPECT_EQ(host_name(), name.data());
}

TEST(Host, HasAddressesInTheirUsualForm) {
  const std::vector<std::string> ips = host_ips();
  ASSERT_FALSE(ips.empty());
  for (const std::string& ip : ips) EXPECT_NE(family_of(ip), 0) << ip;
  EXPECT_EQ(std::set<std::string>(ips.begin(), ips.end()).size(), ips.size());
}

TEST(Host, PutsIpv4First) {
  const std::vector<std::string> ips = host_ips();
  EXPECT_TRUE(
      std::ranges::is_sorted(ips, {}, [](const std::string& ip) { return family_of(ip) == AF_INET6; }));
}

TEST(Host, NamesLoopbackOnlyWhereThereIsNothingElse) {
  const std::vector<std::string> ips = host_ips();
  const auto loopbacks = std::ranges::count_if(ips, is_loopback);
  EXPECT_TRUE(loopbacks == 0 || ips.size() == static_cast<std::size_t>(loopbacks));
}

}  // namespace
}  // namespace ergon::base
