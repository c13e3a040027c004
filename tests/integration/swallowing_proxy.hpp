#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "support/owned_descriptor.hpp"

namespace ergon::test {

/// A TCP proxy on 127.0.0.1 whose first connections stall for ever: they are accepted, what comes on them is
/// read and thrown away, and nothing is ever answered. Later ones lead to the backend.
class SwallowingProxy {
 public:
  SwallowingProxy(std::uint16_t backend_port, std::size_t swallowed);
  SwallowingProxy(const SwallowingProxy&) = delete;
  SwallowingProxy& operator=(const SwallowingProxy&) = delete;
  ~SwallowingProxy();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Accepted so far, of either kind.
  [[nodiscard]] std::size_t connections() const { return connections_; }

 private:
  struct Link {
    OwnedDescriptor client;
    OwnedDescriptor backend;  // none: swallowed
  };

  void run();
  void accept_one();
  static bool forward(Link& link, bool to_backend);

  std::uint16_t backend_port_;
  std::size_t swallowed_;
  OwnedDescriptor listener_;
  OwnedDescriptor stop_event_;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> connections_{0};  // the thread writes
  std::vector<Link> links_;                  // the thread's
  std::thread thread_;
};

}  // namespace ergon::test
