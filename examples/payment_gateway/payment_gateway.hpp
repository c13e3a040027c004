#pragma once

#include <deque>
#include <mutex>

#include <ergon/ergon.hpp>

struct Payment {
  std::string id, account;
  double amount;
};
ERGON_PAYLOAD(Payment, id, account, amount)

struct Receipt {
  std::string payment_id;
  double amount;
};
ERGON_PAYLOAD(Receipt, payment_id, amount)

// Takes payments, and tells later which of them it has settled. A real one is a client of the bank's; this
// one settles everything but what comes from a blocked account. Consuming and producing loops share it.
class Bank : public ergon::Service {
 public:
  struct Options {
    std::vector<std::string> blocked{};
    ERGON_OPTIONS(Options, blocked);
  };

  explicit Bank(Options options) : options_(std::move(options)) {}

  virtual void charge(const Payment& payment) {
    if (std::ranges::find(options_.blocked, payment.account) != options_.blocked.end()) {
      throw ergon::BusinessError("account " + payment.account + " is blocked");
    }
    put_back({payment.id, payment.amount});
  }
  // The receipt of a payment that is settled, to one caller alone.
  virtual std::optional<Receipt> take_settled() {
    const std::lock_guard lock(mutex_);
    if (settled_.empty()) return std::nullopt;
    Receipt receipt = std::move(settled_.front());
    settled_.pop_front();
    return receipt;
  }
  virtual void put_back(const Receipt& receipt) {
    const std::lock_guard lock(mutex_);
    settled_.push_back(receipt);
  }

 private:
  Options options_;
  std::mutex mutex_;
  std::deque<Receipt> settled_;
};

// Takes payments from one connector while it sends receipts to another. Each loop, of either kind, has an
// object of its own.
class PaymentGateway : public ergon::Consumer<Payment>, public ergon::Producer<Receipt> {
 public:
  explicit PaymentGateway(ergon::TaskContext& context) : bank_(context.service<Bank>()) {}

  void process(const ergon::Transaction<Payment>& payment) override {
    bank_.charge(payment.payload());
    log_.info("charged {} to {}", payment.payload().amount, payment.payload().account);
  }

  std::optional<ergon::Transaction<Receipt>> prepare() override {
    const auto receipt = bank_.take_settled();
    if (!receipt) return std::nullopt;  // a streaming loop asks again later
    return ergon::Transaction<Receipt>("receipt-" + receipt->payment_id, *receipt);
  }
  void handle_dispatch_failed(const ergon::Transaction<Receipt>& receipt,
                              const ergon::TaskError& /*error*/) override {
    bank_.put_back(receipt.payload());
  }

 private:
  Bank& bank_;
  ergon::Logger log_ = ergon::get_logger("gateway");
};
