#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string_view>
#include <thread>

#include "support/owned_descriptor.hpp"

namespace ergon::test {

/// A TCP socket that listens on a free port of 127.0.0.1. Throws std::system_error.
class LoopbackListener {
 public:
  LoopbackListener();

  [[nodiscard]] int descriptor() const { return socket_.get(); }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// The next connection; none once the socket was shut down.
  [[nodiscard]] OwnedDescriptor accept() const;

 private:
  OwnedDescriptor socket_;
  std::uint16_t port_ = 0;
};

/// No descriptor when nobody listens there.
OwnedDescriptor connect_to_loopback(std::uint16_t port);
/// False when the peer is gone.
bool send_all(int socket, std::string_view bytes);
/// Closing the socket sends RST and no FIN.
void reset_at_close(int socket);

/// Serves every connection on a thread of its own, for servers whose scripts are straight code. A connection
/// ends when `serve` returns; the destructor ends them all, so `serve` has to return at the end of its input.
class ConnectionServer {
 public:
  using Serve = std::function<void(int socket, std::size_t number)>;  // numbers from 0, in their order

  explicit ConnectionServer(Serve serve);
  ConnectionServer(const ConnectionServer&) = delete;
  ConnectionServer& operator=(const ConnectionServer&) = delete;
  ~ConnectionServer();

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
  /// Accepted so far.
  [[nodiscard]] std::size_t connections() const { return connections_; }

 private:
  struct Connection {
    OwnedDescriptor socket;  // under mutex_ where it is reset
    std::thread thread;
  };

  void run();
  void serve(Connection& connection, std::size_t number);

  const Serve serve_;
  LoopbackListener listener_;
  std::atomic<std::size_t> connections_{0};  // the accepting thread writes
  std::mutex mutex_;
  std::list<Connection> served_;  // under mutex_
  std::thread thread_;
};

}  // namespace ergon::test
