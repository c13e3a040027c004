// expect: an ergon::Task is neither a consumer nor a producer
#include "pieces.hpp"

class Orders : public ergon::Consumer<Order>, public ergon::Task {
 public:
  void process(const ergon::Transaction<Order>&) override {}
  void execute(ergon::TaskContext&) override {}
};

void use() { ergon::App("a").task<Orders>("Orders"); }
