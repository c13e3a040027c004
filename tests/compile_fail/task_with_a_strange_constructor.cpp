// expect: a task has the constructor T(ergon::TaskContext&) or T()
#include "pieces.hpp"

class Orders : public ergon::Consumer<Order> {
 public:
  explicit Orders(int) {}
  void process(const ergon::Transaction<Order>&) override {}
};

void use() { ergon::App("a").task<Orders>("Orders"); }
