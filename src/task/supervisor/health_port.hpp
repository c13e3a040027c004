#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ergon::inline v0::detail {

/// A port that answers whatever request over HTTP with the health of a run; a few connections at a time, none
/// for longer than two seconds. Never waits; its descriptors are polled by its owner.
class HealthPort {
 public:
  /// Throws SystemError, naming address and port, when it can't listen there.
  HealthPort(const std::string& address, std::uint16_t port);
  HealthPort(const HealthPort&) = delete;
  HealthPort& operator=(const HealthPort&) = delete;
  ~HealthPort();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::vector<int> descriptors() const;
  /// Takes what has come and answers it.
  void serve(bool is_healthy, const std::string& body);

 private:
  struct Connection;

  void accept_new();
  [[nodiscard]] static bool answer(Connection& connection, bool is_healthy, const std::string& body);

  int listener_{-1};
  std::uint16_t port_{0};
  std::vector<Connection> connections_;
};

}  // namespace ergon::inline v0::detail
