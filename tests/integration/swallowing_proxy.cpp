#include "integration/swallowing_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace ergon::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

OwnedDescriptor new_socket() { return OwnedDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

bool send_all(int socket, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(socket, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

SwallowingProxy::SwallowingProxy(std::uint16_t backend_port, std::size_t swallowed)
    : backend_port_(backend_port),
      swallowed_(swallowed),
      listener_(new_socket()),
      stop_event_(::eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_.get(), generic, size) != 0 || ::listen(listener_.get(), 64) != 0 ||
      ::getsockname(listener_.get(), generic, &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "listening");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

SwallowingProxy::~SwallowingProxy() {
  ::eventfd_write(stop_event_.get(), 1);
  thread_.join();
}

void SwallowingProxy::run() {
  for (;;) {
    std::vector<pollfd> watched{{stop_event_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    for (const Link& link : links_) {
      watched.push_back({link.client.get(), POLLIN, 0});
      watched.push_back({link.backend.get(), POLLIN, 0});  // -1 is ignored
    }
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return;
    if (watched[0].revents != 0) return;
    for (std::size_t i = 0; i < links_.size(); ++i) {
      Link& link = links_[i];
      const bool from_client = watched[2 + 2 * i].revents != 0;
      const bool from_backend = watched[3 + 2 * i].revents != 0;
      if ((from_client && !forward(link, true)) || (from_backend && !forward(link, false))) link = {};
    }
    std::erase_if(links_, [](const Link& link) { return !link.client; });
    if (watched[1].revents != 0) accept_one();
  }
}

void SwallowingProxy::accept_one() {
  Link link{OwnedDescriptor(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)), {}};
  if (!link.client) return;
  if (connections_++ >= swallowed_) {
    link.backend = new_socket();
    sockaddr_in address = loopback(backend_port_);
    if (::connect(link.backend.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) return;
  }
  links_.push_back(std::move(link));
}

// One chunk; false when the connection has ended.
bool SwallowingProxy::forward(Link& link, bool to_backend) {
  std::array<char, 65'536> chunk;
  const int from = to_backend ? link.client.get() : link.backend.get();
  if (from < 0) return false;
  const ssize_t size = ::recv(from, chunk.data(), chunk.size(), 0);
  if (size <= 0) return false;
  if (!link.backend) return true;
  return send_all(to_backend ? link.backend.get() : link.client.get(), chunk.data(),
                  static_cast<std::size_t>(size));
}

}  // namespace ergon::test
