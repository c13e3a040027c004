#pragma once

#include <atomic>

#include <ergon/ergon.hpp>

struct Invoice {
  std::string customer, month;
  double amount;
};
ERGON_PAYLOAD(Invoice, customer, month, amount)

struct Subscription {
  std::string customer{};
  double price{0};
  ERGON_OPTIONS(Subscription, customer, price);
};

// Whom to bill, and for which month. A real one would read a database.
class Subscriptions : public ergon::Service {
 public:
  struct Options {
    std::string month{};
    std::vector<Subscription> subscriptions{};
    ERGON_OPTIONS(Options, month, subscriptions);
  };

  explicit Subscriptions(Options options) : options_(std::move(options)) {}

  const std::string& month() const { return options_.month; }
  // Each of them once, whichever thread asks; null: that was the last.
  virtual const Subscription* next() {
    const std::size_t index = next_.fetch_add(1, std::memory_order_relaxed);
    return index < options_.subscriptions.size() ? &options_.subscriptions[index] : nullptr;
  }

 private:
  Options options_;
  std::atomic<std::size_t> next_{0};
};

class InvoiceMaker : public ergon::Producer<Invoice> {  // one per loop thread
 public:
  explicit InvoiceMaker(ergon::TaskContext& context) : subscriptions_(context.service<Subscriptions>()) {}

  std::optional<ergon::Transaction<Invoice>> prepare() override {
    const Subscription* subscription = subscriptions_.next();
    if (subscription == nullptr) return std::nullopt;  // the loop ends
    const auto& [customer, price] = *subscription;
    if (price <= 0)
      throw ergon::BusinessError("no price for " + customer);  // the next one is made all the same
    const std::string& month = subscriptions_.month();
    // The same id in each run: whoever takes it twice can tell.
    return ergon::Transaction<Invoice>(month + "/" + customer, {customer, month, price});
  }

  void handle_dispatched(const ergon::Transaction<Invoice>& invoice) override {
    log_.info("invoice {} over {} is on its way", invoice.id(), invoice.payload().amount);
  }

 private:
  Subscriptions& subscriptions_;
  ergon::Logger log_ = ergon::get_logger("invoices");
};
