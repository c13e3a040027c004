// SIGINT and SIGTERM in the midst of a run: what is in flight is finished, the rest handed back, all of it
// sent.

#include <csignal>
#include <fstream>
#include <sstream>

#include "integration/orders_scenario.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;

constexpr int kCopies = 100;  // of the committed input: far more than is run before the signal comes

struct StopSignal {
  int number;
  int exit_code;
};

class OrdersSignals : public OrdersScenario, public testing::WithParamInterface<StopSignal> {
 protected:
  void SetUp() override {
    OrdersScenario::SetUp();
    settings_.input = folder_.path() / "many.jsonl";
    std::ostringstream lines;
    lines << std::ifstream(committed_orders()).rdbuf();
    std::ofstream many(settings_.input);
    for (int i = 0; i < kCopies; ++i) many << lines.str();
    settings_.batch_size = 1000;
    settings_.concurrency = 2;  // so that a receiver on the same two cores keeps up, and nothing is dropped
  }

  /// Checks a run that the signal ends; answers how many transactions were handed back.
  std::size_t stop_in_the_midst(const StopSignal& signal) {
    OrdersRun run(settings_);
    EXPECT_TRUE(receiver_->wait_for({.spans = 1, .logs = 1}, 30s)) << run.process().error_output();
    run.process().send_signal(signal.number);
    outcome_ = run.finish();
    arrived_ = take_all(*receiver_);

    EXPECT_EQ(outcome_.status, ExitStatus{.code = signal.exit_code});
    EXPECT_EQ(outcome_.errors, "");
    expect_none(check_all_delivered(outcome_.summary, arrived_));
    expect_none(check_resource(arrived_, run.process().pid()));
    expect_none(check_requests(receiver_->requests()));

    const TraceIndex index(arrived_.spans);
    const auto& transactions = outcome_.summary.at("transactions");
    const auto ran = transactions.at("ok").get<std::size_t>() + transactions.at("failed").get<std::size_t>();
    EXPECT_LT(ran, input_.orders.size() * kCopies) << "the signal came after the end of the input";
    EXPECT_EQ(index.named("OrderProcessor.transaction").size(), ran);
    EXPECT_EQ(arrived_.logs.size(), ran);
    expect_none(index.check_forms());
    expect_none(check_transactions(index, input_, Presence::some_lines));
    expect_none(check_batches(index, ran));
    expect_none(check_worker_life(index, signal.number));
    expect_none(check_logs(arrived_, index, input_));

    const auto by_status = last_counts(arrived_, "consumer.transactions.total", "status");
    EXPECT_EQ(by_status.at("success"), transactions.at("ok"));
    return count_handed_back(index);
  }

  TemporaryFolder folder_;
};

TEST_P(OrdersSignals, FinishWhatIsInFlightAndHandBackTheRest) {
  std::size_t handed_back = 0;  // none, should the signal come just when both loops have ended a batch
  for (int attempt = 0; attempt < 3 && handed_back == 0; ++attempt) {
    start_receiver();
    handed_back = stop_in_the_midst(GetParam());
  }
  EXPECT_GT(handed_back, 0u);
}

INSTANTIATE_TEST_SUITE_P(StopSignals, OrdersSignals,
                         testing::Values(StopSignal{SIGINT, 130}, StopSignal{SIGTERM, 143}),
                         [](const auto& one) { return one.param.number == SIGINT ? "SIGINT" : "SIGTERM"; });

}  // namespace
}  // namespace ergon::test
