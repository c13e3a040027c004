// expect: nothing
// What the other cases are cut from: were this refused, their refusals would prove nothing.
#include "pieces.hpp"

class Bank : public ergon::Service {
 public:
  struct Options {
    int limit{1};
    ERGON_OPTIONS(Options, limit);
  };
  Bank(Options, ergon::TaskContext&) {}
};

class Queue : public EmptyConnector {
 public:
  explicit Queue(ergon::TaskContext&) {}
};

class Orders : public ergon::Consumer<Order, int> {
 public:
  int process(const ergon::Transaction<Order>&) override { return 1; }

 private:
  void handle_success(const ergon::Transaction<Order>&, const int&) override {}
};

class Receipts : public ergon::Consumer<Order>, public ergon::Producer<Order> {
 public:
  void process(const ergon::Transaction<Order>&) override {}
  void exit() override {}

 private:
  std::optional<ergon::Transaction<Order>> prepare() override { return std::nullopt; }
  void handle_dispatched(const ergon::Transaction<Order>&) override {}
};

class Nightly : public ergon::Task {
 private:
  void execute(ergon::TaskContext&) override {}
};

void use() {
  ergon::App("a").task<Orders>("Orders").task<Receipts>("Receipts").task<Nightly>("Nightly");
  ergon::App("b").service<Bank>("bank").connector<Queue>("queue");
}
