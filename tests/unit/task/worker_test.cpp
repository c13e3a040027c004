#include <gtest/gtest.h>

#include <barrier>
#include <csignal>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "unit/task/wait_for_stop.hpp"
#include "unit/task/worker_fixture.hpp"

namespace ergon::test {
namespace {

using ergon::detail::StopSignals;

TEST_F(WorkerTest, OpensRunsAndClosesInOrder) {
  EXPECT_EQ(live(plan({.count = 2})), "");
  EXPECT_EQ(journal_.notes(), (Notes{"connector.init", "service of Items", "service.init", "task", "ack i-1",
                                     "ack i-2", "task.exit", "service.exit", "connector.exit"}));
  EXPECT_EQ(tally_.ok, 2U);
}

TEST_F(WorkerTest, ClosesOnlyWhatItOpened) {
  EXPECT_EQ(live(plan({.fails_at = "connector.init"})), "connector 'list': connector.init broke");
  EXPECT_EQ(journal_.notes(), Notes{"connector.init"});
}

TEST_F(WorkerTest, ClosesTheConnectorWhenAServiceFails) {
  EXPECT_EQ(live(plan({}, {.fails_at = "service.init"})), "service 'bank': service.init broke");
  EXPECT_EQ(journal_.notes(),
            (Notes{"connector.init", "service of Items", "service.init", "connector.exit"}));
}

TEST_F(WorkerTest, SaysWhyATaskCouldNotBeMade) {
  auto without_service = plan();
  without_service.services.clear();
  EXPECT_EQ(live(without_service), "task 'Items': there is no service 'bank'; there are none");
}

TEST_F(WorkerTest, FailsWhenClosingFailsButClosesTheRest) {
  EXPECT_EQ(live(plan({.count = 0}, {.fails_at = "service.exit"})), "exit: service.exit broke");
  EXPECT_EQ(journal_.notes().back(), "connector.exit");
}

template <char Name>
struct MortalService : Service {
  ~MortalService() override { g_journal->note(std::string("end of ") + Name); }
};

struct MortalTask : ScriptedTask {
  ~MortalTask() override { g_journal->note("end of task"); }
};

TEST_F(WorkerTest, DestroysInReverse) {
  const auto first = ergon::detail::part_type<Service, MortalService<'a'>>("a");
  const auto second = ergon::detail::part_type<Service, MortalService<'b'>>("b");
  auto plan = this->plan({.count = 0});
  plan.roles = ergon::detail::task_roles<MortalTask>();
  plan.services = {{"a", &first, {}}, {"b", &second, {}}};
  EXPECT_EQ(live(plan), "");
  EXPECT_EQ(journal_.notes(),
            (Notes{"connector.init", "connector.exit", "end of task", "end of b", "end of a"}));
}

TEST_F(WorkerTest, FailsWhenAFetchFails) {
  const auto failing = ergon::detail::part_type<Connector, FailingFetch>("failing");
  auto plan = this->plan();
  plan.connector.type = &failing;
  EXPECT_EQ(live(plan), "connector 'list': broker is away");
  EXPECT_EQ(journal_.count("task.exit"), 1U);
}

// Each of the threads must have a transaction in hand before any goes on.
TEST_F(WorkerTest, RunsItsLoopsAtTheSameTime) {
  constexpr int kThreads = 4;
  std::barrier barrier(kThreads);
  std::mutex mutex;
  std::set<std::thread::id> threads;
  ScriptedTask::script = [&](const Transaction<Item>& /*transaction*/) {
    {
      const std::lock_guard lock(mutex);
      threads.insert(std::this_thread::get_id());
    }
    barrier.arrive_and_wait();
  };
  auto plan = this->plan({.count = kThreads});
  plan.config.policies.consumer = {.loop = {.concurrency = kThreads}, .fetch = {.batch = {.size = 1}}};
  EXPECT_EQ(live(plan), "");
  EXPECT_EQ(threads.size(), 4U);
  EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
  EXPECT_EQ(journal_.count("task"), 4U);
  EXPECT_EQ(journal_.count("task.exit"), 4U);
  EXPECT_EQ(tally_.ok, 4U);
}

TEST_F(WorkerTest, ProcessesEveryTransactionOnceConcurrentSafe) {
  auto plan = this->plan({.count = 2'000});
  plan.config.policies.consumer = {.loop = {.concurrency = 8}, .fetch = {.batch = {.size = 3}}};
  EXPECT_EQ(live(plan), "");
  EXPECT_EQ(tally_.ok, 2'000U);
  const auto notes = journal_.notes();
  EXPECT_EQ(std::set<std::string>(notes.begin(), notes.end()).size(), 2'000U + 7U);
}

TEST_F(WorkerTest, FinishesWhatIsInFlightAfterASignal) {
  std::stop_token stop_of_worker;
  ScriptedTask::script = [&](const Transaction<Item>& transaction) {
    if (transaction.payload().number != 2) return;
    std::raise(SIGTERM);
    wait_for_stop(stop_of_worker);
  };
  const StopSignals signals;
  stop_of_worker = signals.stop().get_token();
  const auto plan = this->plan({.count = 100'000});
  WorkerStand worker(plan, signals.stop());
  EXPECT_EQ(worker.live(), "");
  EXPECT_EQ(StopSignals::received(), SIGTERM);
  EXPECT_EQ(journal_.count("ack i-2"), 1U);
  EXPECT_LT(worker.tally().ok, 100'000U);
  EXPECT_EQ(journal_.count("connector.exit"), 1U);
}

TEST_F(WorkerTest, FetchesNothingWhenASignalCameFirst) {
  const StopSignals signals;
  std::raise(SIGINT);
  wait_for_stop(signals.stop().get_token());
  const auto plan = this->plan({.count = 3});
  WorkerStand worker(plan, signals.stop());
  EXPECT_EQ(worker.live(), "");
  EXPECT_EQ(worker.tally().ok, 0U);
  EXPECT_EQ(journal_.count("connector.exit"), 1U);
}

struct PatientService : NotedService {
  PatientService(Options options, TaskContext& context)
      : NotedService(std::move(options), context), stop_(context.stop_token()) {}
  void init() override {
    std::raise(SIGTERM);
    wait_for_stop(stop_);
  }

 private:
  std::stop_token stop_;
};

TEST_F(WorkerTest, AsksWhatIsStartingToStop) {
  const auto patient = ergon::detail::part_type<Service, PatientService>("bank");
  auto plan = this->plan();
  plan.services[0].type = &patient;
  EXPECT_EQ(live(plan), "");
  EXPECT_EQ(tally_.ok, 0U);
  EXPECT_EQ(journal_.notes().back(), "connector.exit");
}

// A crash handler, or a program that the task starts, would be without them.
TEST_F(WorkerTest, BlocksNoSignalWhereTasksRun) {
  sigset_t blocked;
  ScriptedTask::script = [&](const Transaction<Item>& /*transaction*/) {
    ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  };
  EXPECT_EQ(live(plan({.count = 1})), "");
  for (const int number : {SIGTERM, SIGSEGV, SIGCHLD}) EXPECT_EQ(sigismember(&blocked, number), 0) << number;
}

}  // namespace
}  // namespace ergon::test
