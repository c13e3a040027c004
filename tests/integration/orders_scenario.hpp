#pragma once

#include <optional>

#include "integration/orders_checks.hpp"
#include "support/otlp_receiver.hpp"

namespace ergon::test {

/// Runs of the `orders` example against the in-tree OTLP receiver.
class OrdersScenario : public OrdersChecks {
 protected:
  void SetUp() override { start_receiver(); }

  /// A new one, to which nothing has come.
  void start_receiver() {
    receiver_.emplace();
    settings_.endpoint = receiver_->endpoint();
  }

  /// One run from start to end, as it is configured.
  void run() {
    OrdersRun run(settings_);
    pid_ = run.process().pid();
    finish(run);
  }

  void finish(OrdersRun& run) {
    take_outcome(run);
    arrived_ = take_all(*receiver_);
    expect_none(check_unique_keys(arrived_));
    expect_none(check_requests(receiver_->requests()));
  }

  std::optional<OtlpReceiver> receiver_;
  pid_t pid_ = 0;
};

}  // namespace ergon::test
