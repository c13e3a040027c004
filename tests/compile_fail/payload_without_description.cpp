// expect: describe the payload: ERGON_PAYLOAD(Order, id, amount) after the struct
#include "pieces.hpp"

struct Refund {
  int amount;
};

class Refunds : public ergon::Consumer<Refund> {
 public:
  void process(const ergon::Transaction<Refund>&) override {}
};

void use() { ergon::App("a").task<Refunds>("Refunds"); }
