// expect: a service or connector overrides every pure virtual function of its bases
#include "pieces.hpp"

class Queue : public ergon::Connector {
 public:
  std::vector<ergon::RawTransaction> fetch(std::size_t) override { return {}; }
  void ack(const ergon::RawTransaction&) override {}
};

void use() { ergon::App("a").connector<Queue>("queue"); }
