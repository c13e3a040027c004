// A task, configured in code: `shop run Shop` charges the orders of orders.jsonl. A service and a payload of
// this program reach the library by their descriptions, the connector's options are the library's own type.
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include <ergon/ergon.hpp>

struct Order {
  std::string id;
  double amount;
};
ERGON_PAYLOAD(Order, id, amount)

class Payments : public ergon::Service {
 public:
  struct Options {
    double limit{0};
    ERGON_OPTIONS(Options, limit);
  };
  explicit Payments(Options options) : options_(options) {}

  void charge(const Order& order) const {
    if (order.amount > options_.limit) throw ergon::BusinessError("amount is above the limit");
    std::printf("charged %s\n", order.id.c_str());
  }

 private:
  Options options_;
};

class Shop : public ergon::Consumer<Order> {
 public:
  explicit Shop(ergon::TaskContext& context) : payments_(context.service<Payments>("payments")) {}

  void process(const ergon::Transaction<Order>& order) override { payments_.charge(order.payload()); }
  void handle_exception(const ergon::Transaction<Order>& order, const ergon::TaskError& error) override {
    std::printf("refused %s: %s\n", order.payload().id.c_str(), error.type.c_str());
  }
  void exit() override { std::fflush(stdout); }

 private:
  const Payments& payments_;
};

int main(int argc, char** argv) {
  return ergon::App("shop")
      .task<Shop>("Shop", {.connectors = {{"orders", ergon::JsonlConnector::Options{.path = "orders.jsonl"}}},
                           .services = {{"payments", Payments::Options{.limit = 100}}},
                           .logging = ergon::LoggingConfig{.level = ergon::Level::off}})
      .service<Payments>("payments")
      .main(argc, argv);
}
