#pragma once

#include <netinet/in.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>

#include "support/owned_descriptor.hpp"

namespace ergon::test {

/// What a name server says to every question.
enum class NameServerAnswer : std::uint8_t {
  nothing,       // and the asker waits
  no_such_name,  // NXDOMAIN
};

/// A name server on port 53 of an address of its own in 127.0.0.0/8. That port is not everybody's:
/// `is_permitted` is false where it could not be had.
class NameServer {
 public:
  explicit NameServer(NameServerAnswer answer);
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;
  ~NameServer();

  [[nodiscard]] bool is_permitted() const { return static_cast<bool>(socket_); }
  /// In the form of `resolv.conf`.
  [[nodiscard]] std::string resolver_configuration() const;
  [[nodiscard]] std::size_t questions() const { return questions_; }

 private:
  void run();

  const NameServerAnswer answer_;
  in_addr address_{};
  OwnedDescriptor socket_;
  OwnedDescriptor stop_event_;
  std::atomic<std::size_t> questions_{0};  // the thread writes
  std::thread thread_;
};

}  // namespace ergon::test
