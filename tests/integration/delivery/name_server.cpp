#include "integration/delivery/name_server.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace ergon::test {
namespace {

constexpr std::uint16_t kDnsPort = 53;

// Of this process alone, and none that is in use for something else.
in_addr own_address() {
  constexpr std::uint32_t kFirst = 0x7f40'0000;  // 127.64.0.0
  return {.s_addr = htonl(kFirst + static_cast<std::uint32_t>(::getpid()) % 0x0020'0000U * 2 + 1)};
}

}  // namespace

NameServer::NameServer(NameServerAnswer answer)
    : answer_(answer),
      address_(own_address()),
      socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)),
      stop_event_(::eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kDnsPort);
  address.sin_addr = address_;
  if (::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) socket_.reset();
  if (socket_) thread_ = std::thread([this] { run(); });
}

NameServer::~NameServer() {
  ::eventfd_write(stop_event_.get(), 1);
  if (thread_.joinable()) thread_.join();
}

// A question without an answer is asked again only after longer than any test waits.
std::string NameServer::resolver_configuration() const {
  std::array<char, INET_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET, &address_, text.data(), text.size());
  return std::string("nameserver ") + text.data() + "\noptions timeout:30 attempts:2\n";
}

void NameServer::run() {
  constexpr std::size_t kHead = 12;
  for (;;) {
    std::array<pollfd, 2> watched{{{stop_event_.get(), POLLIN, 0}, {socket_.get(), POLLIN, 0}}};
    ::poll(watched.data(), watched.size(), -1);
    if (watched[0].revents != 0) return;
    std::array<char, 512> message;
    sockaddr_in asker{};
    socklen_t size = sizeof(asker);
    auto* const from = reinterpret_cast<sockaddr*>(&asker);
    const ssize_t length = ::recvfrom(socket_.get(), message.data(), message.size(), 0, from, &size);
    if (length < static_cast<ssize_t>(kHead)) continue;
    ++questions_;
    if (answer_ == NameServerAnswer::nothing) continue;
    message[2] |= static_cast<char>(0x80);  // RFC 1035: it is a response
    message[3] = static_cast<char>(0x83);   // recursion is available, there is no such name
    ::sendto(socket_.get(), message.data(), static_cast<std::size_t>(length), 0, from, size);
  }
}

}  // namespace ergon::test
