#pragma once

#include <ergon/ergon.hpp>

struct Order {
  std::string id, currency;
  double amount;
};
ERGON_PAYLOAD(Order, id, currency, amount)  // JSON <-> Order

class PaymentService : public ergon::Service {  // one per worker process, shared by its threads
 public:
  struct Options {  // read and checked like all configuration
    std::chrono::milliseconds timeout{500};
    std::vector<std::string> currencies{"EUR", "USD", "GBP"};
    ERGON_OPTIONS(Options, timeout, currencies);
  };

  explicit PaymentService(Options options) : options_(std::move(options)) {}

  virtual void charge(const Order& order) {
    // Child of the transaction; an exception through it makes it an error.
    auto span = tracer_.scoped_span("payment.charge", {{"order.id", order.id}});
    if (order.amount <= 0) throw ergon::BusinessError("amount must be positive");
    if (std::ranges::find(options_.currencies, order.currency) == options_.currencies.end()) {
      throw ergon::BusinessError("unknown currency " + order.currency);
    }
    charged_.add(1, {{"currency", order.currency}});
  }

 private:
  Options options_;
  ergon::Tracer tracer_ = ergon::get_tracer("payments");
  ergon::Counter<std::int64_t> charged_ =
      ergon::get_meter("payments").counter("orders.charged", {.unit = "{order}"});
};

class OrderProcessor : public ergon::Consumer<Order> {  // one per loop thread: its members need no lock
 public:
  explicit OrderProcessor(ergon::TaskContext& context)
      : payments_(context.service<PaymentService>("payments")) {}

  void process(const ergon::Transaction<Order>& order) override {
    payments_.charge(order.payload());
    log_.info("charged {} {}", order.payload().amount,
              order.payload().currency);  // carries trace_id and span_id
  }

 private:
  PaymentService& payments_;
  ergon::Logger log_ = ergon::get_logger("orders");
};
