#pragma once

#include <cstdint>

#include "support/owned_descriptor.hpp"

namespace ergon::test {

/// A TCP port on 127.0.0.1 that stays ours while no server listens on it: a bound socket that never listens.
/// Linux lets a server with SO_REUSEADDR (gRPC sets it) listen beside it, refuses connections while none
/// does, and gives the port to nobody else, not even to a client of that very port as its own end.
class ReservedPort {
 public:
  ReservedPort();

  std::uint16_t number() const { return number_; }

 private:
  OwnedDescriptor socket_;
  std::uint16_t number_ = 0;
};

}  // namespace ergon::test
