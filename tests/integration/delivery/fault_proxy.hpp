#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>
#include <thread>
#include <vector>

#include "integration/delivery/loopback.hpp"
#include "support/owned_descriptor.hpp"

namespace ergon::test {

/// What becomes of a connection through the proxy.
enum class LinkFault : std::uint8_t {
  none,
  closes,    // both ends, with FIN
  resets,    // the client's end, with RST
  stalls,    // nothing is read any more, and the connection stays
  swallows,  // what the client sends is read and thrown away, and never answered
  vanishes,  // half-open: the kernel drops what the client sends, so not even an ACK comes back
};

/// A fault, and when it strikes: once so many bytes have passed in one of the directions.
struct LinkPlan {
  static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

  LinkFault fault = LinkFault::none;
  std::size_t after_requests = kNever;  // bytes of the client
  std::size_t after_answers = kNever;   // bytes of the backend
  bool answers_byte_by_byte = false;    // each in a segment of its own
};

/// A TCP proxy on 127.0.0.1 that treats each connection as its plan says.
class FaultProxy {
 public:
  using Plans = std::function<LinkPlan(std::size_t connection)>;  // by numbers from 0

  FaultProxy(std::uint16_t backend_port, Plans plans);
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;
  ~FaultProxy();

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
  /// Accepted so far.
  [[nodiscard]] std::size_t connections() const { return connections_; }

 private:
  struct Link {
    OwnedDescriptor client;
    OwnedDescriptor backend;
    LinkPlan plan;
    std::size_t requests = 0;  // bytes that were passed on
    std::size_t answers = 0;
    bool is_struck = false;

    [[nodiscard]] bool is_read() const { return !is_struck || plan.fault == LinkFault::swallows; }
    bool pass(bool from_client, bool from_backend);
    bool pass_request();  // these: false when the link has ended
    bool pass_answer();
    bool strike();
    [[nodiscard]] bool send_answer(std::string_view bytes) const;
  };

  void run();
  void accept_one();

  const std::uint16_t backend_port_;
  const Plans plans_;
  LoopbackListener listener_;
  OwnedDescriptor stop_event_;
  std::atomic<std::size_t> connections_{0};  // the thread writes
  std::vector<Link> links_;                  // the thread's
  std::thread thread_;
};

/// That plan for the first so many connections, and none for later ones.
FaultProxy::Plans first_links(std::size_t count, const LinkPlan& plan);

}  // namespace ergon::test
