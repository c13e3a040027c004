#include "task/supervisor/health_port.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include <ergon/task/errors.hpp>

namespace ergon::inline v0::detail {
namespace {

constexpr std::size_t kMostConnections = 16;
constexpr std::size_t kLongestRequest = 8'192;
constexpr std::chrono::seconds kPatience{2};

sockaddr_in to_address(const std::string& text, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, text.c_str(), &address.sin_addr) != 1)
    throw SystemError("health: '" + text + "' is no IPv4 address");
  return address;
}

}  // namespace

struct HealthPort::Connection {
  int descriptor;
  std::chrono::steady_clock::time_point end;
  std::string request{};
};

HealthPort::HealthPort(const std::string& address, std::uint16_t port) {
  const sockaddr_in wanted = to_address(address, port);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const auto* bound = reinterpret_cast<const sockaddr*>(&wanted);
  if (listener_ < 0 || ::bind(listener_, bound, sizeof wanted) != 0 || ::listen(listener_, 16) != 0) {
    const int error = errno;
    if (listener_ >= 0) ::close(listener_);
    throw SystemError(fmt::format("health: cannot listen on {}:{}: {}", address, port,
                                  std::generic_category().message(error)));
  }
  sockaddr_in got{};
  socklen_t size = sizeof got;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&got), &size);
  port_ = ntohs(got.sin_port);
}

HealthPort::~HealthPort() {
  for (const Connection& connection : connections_) ::close(connection.descriptor);
  ::close(listener_);
}

std::vector<int> HealthPort::descriptors() const {
  std::vector<int> all{listener_};
  for (const Connection& connection : connections_) all.push_back(connection.descriptor);
  return all;
}

void HealthPort::serve(bool is_healthy, const std::string& body) {
  accept_new();
  std::vector<Connection> kept;
  for (Connection& connection : connections_) {
    const bool is_over =
        answer(connection, is_healthy, body) || std::chrono::steady_clock::now() > connection.end;
    is_over ? static_cast<void>(::close(connection.descriptor)) : kept.push_back(std::move(connection));
  }
  connections_ = std::move(kept);
}

void HealthPort::accept_new() {
  for (;;) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return;
    if (connections_.size() >= kMostConnections) {
      ::close(descriptor);
      continue;
    }
    connections_.push_back({descriptor, std::chrono::steady_clock::now() + kPatience});
  }
}

// Whether nothing more is to be done about it.
bool HealthPort::answer(Connection& connection, bool is_healthy, const std::string& body) {
  std::array<char, 2'048> buffer{};
  const ssize_t got = ::recv(connection.descriptor, buffer.data(), buffer.size(), 0);
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return true;
  if (got > 0) connection.request.append(buffer.data(), static_cast<std::size_t>(got));
  if (connection.request.size() > kLongestRequest) return true;
  if (connection.request.find("\r\n\r\n") == std::string::npos) return false;
  const std::string response = fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
      is_healthy ? "200 OK" : "503 Service Unavailable", body.size(), body);
  [[maybe_unused]] const ssize_t sent =
      ::send(connection.descriptor, response.data(), response.size(), MSG_NOSIGNAL);
  return true;
}

}  // namespace ergon::inline v0::detail
