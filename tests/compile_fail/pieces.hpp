#pragma once

#include <ergon/ergon.hpp>

struct Order {
  std::string id;
};
ERGON_PAYLOAD(Order, id)

class EmptyConnector : public ergon::Connector {
 public:
  std::vector<ergon::RawTransaction> fetch(std::size_t) override { return {}; }
  void ack(const ergon::RawTransaction&) override {}
  void nack(const ergon::RawTransaction&, ergon::Requeue) override {}
};
