#include "integration/delivery/loopback.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>
#include <utility>

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

}  // namespace

LoopbackListener::LoopbackListener() : socket_(new_socket()) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket_.get(), generic, size) != 0 || ::listen(socket_.get(), 64) != 0 ||
      ::getsockname(socket_.get(), generic, &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "listening");
  }
  port_ = ntohs(address.sin_port);
}

OwnedDescriptor LoopbackListener::accept() const {
  return OwnedDescriptor(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
}

OwnedDescriptor connect_to_loopback(std::uint16_t port) {
  OwnedDescriptor made = new_socket();
  sockaddr_in address = loopback(port);
  if (::connect(made.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) made.reset();
  return made;
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void reset_at_close(int socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

ConnectionServer::ConnectionServer(Serve serve) : serve_(std::move(serve)), thread_([this] { run(); }) {}

ConnectionServer::~ConnectionServer() {
  ::shutdown(listener_.descriptor(), SHUT_RDWR);
  thread_.join();
  {
    const std::lock_guard guard(mutex_);
    for (const Connection& one : served_) {
      if (one.socket) ::shutdown(one.socket.get(), SHUT_RDWR);
    }
  }
  for (Connection& one : served_) one.thread.join();
}

void ConnectionServer::run() {
  while (OwnedDescriptor socket = listener_.accept()) {
    const std::size_t number = connections_++;
    const std::lock_guard guard(mutex_);
    Connection& added = served_.emplace_back(Connection{std::move(socket), {}});
    added.thread = std::thread([this, &added, number] { serve(added, number); });
  }
}

void ConnectionServer::serve(Connection& connection, std::size_t number) {
  serve_(connection.socket.get(), number);
  const std::lock_guard guard(mutex_);
  connection.socket.reset();
}

}  // namespace ergon::test
