#include "task/worker.hpp"

#include <gtest/gtest.h>

#include <barrier>
#include <csignal>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <ergon/testing/recording.hpp>

#include "unit/task/fakes.hpp"
#include "unit/task/wait_for_stop.hpp"

namespace ergon::test {
namespace {

using ergon::detail::StopSignals;
using ergon::detail::Worker;
using ergon::detail::WorkerPlan;
using Notes = std::vector<std::string>;

Journal* g_journal = nullptr;

void fail_where(const std::string& place, const std::string& wanted) {
  g_journal->note(place);
  if (place == wanted) throw SystemError(place + " broke");
}

struct NotedConnector : ListConnector {
  struct Options {
    std::int64_t count{3};
    std::string fails_at{};
    ERGON_OPTIONS(Options, count, fails_at);
  };
  explicit NotedConnector(const Options& options)
      : ListConnector(items(static_cast<int>(options.count)), *g_journal), fails_at_(options.fails_at) {}
  void init() override { fail_where("connector.init", fails_at_); }
  void exit() override { fail_where("connector.exit", fails_at_); }

 private:
  std::string fails_at_;
};

struct NotedService : Service {
  struct Options {
    std::string fails_at{};
    ERGON_OPTIONS(Options, fails_at);
  };
  NotedService(Options options, TaskContext& context) : fails_at_(std::move(options.fails_at)) {
    g_journal->note("service of " + context.task_name());
  }
  void init() override { fail_where("service.init", fails_at_); }
  void exit() override { fail_where("service.exit", fails_at_); }

 private:
  std::string fails_at_;
};

class NotedTask : public ScriptedTask {
 public:
  explicit NotedTask(TaskContext& context) {
    static_cast<void>(context.service<NotedService>("bank"));
    g_journal->note("task");
  }
  void exit() override { g_journal->note("task.exit"); }
};

class WorkerTest : public ::testing::Test {
 protected:
  WorkerTest() { g_journal = &journal_; }
  ~WorkerTest() override {
    ScriptedTask::script = {};
    g_journal = nullptr;
  }

  WorkerPlan plan(NotedConnector::Options connector = {}, NotedService::Options service = {}) {
    WorkerPlan plan{.task = "Items", .consumer = ergon::detail::consumer_type<NotedTask>()};
    plan.connector = {"list", &connector_type_, std::move(connector)};
    plan.services.push_back({"bank", &service_type_, std::move(service)});
    return plan;
  }

  std::string live(const WorkerPlan& plan) {
    const StopSignals signals;
    Worker worker(plan, {.task = "Items", .execution_id = "e-1"}, signals);
    std::string failure = worker.live();
    tally_ = worker.tally();
    return failure;
  }

  testing::Recorder recorder_;
  Journal journal_;
  ergon::detail::Tally tally_;
  ergon::detail::ConnectorType connector_type_ = ergon::detail::part_type<Connector, NotedConnector>("list");
  ergon::detail::ServiceType service_type_ = ergon::detail::part_type<Service, NotedService>("bank");
};

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

struct FailingFetch : NotedConnector {
  using NotedConnector::NotedConnector;
  std::vector<RawTransaction> fetch(std::size_t /*limit*/) override { throw SystemError("broker is away"); }
};

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
  Worker worker(plan, {.task = "Items"}, signals);
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
  Worker worker(plan, {.task = "Items"}, signals);
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

#if !defined(ERGON_TELEMETRY_OFF)

TEST_F(WorkerTest, TracesItsLife) {
  EXPECT_EQ(live(plan({.count = 0})), "");
  EXPECT_EQ(recorder_.stop().spans().tree(),
            "Items.run\n  connectors.init\n  services.init\n  execute\n  exit\nItems.batch\n  list.fetch\n");
}

TEST_F(WorkerTest, TracesTheStepThatFailed) {
  EXPECT_NE(live(plan({.fails_at = "connector.init"})), "");
  const auto recording = recorder_.stop();
  EXPECT_EQ(recording.spans().tree(), "Items.run\n  connectors.init\n  exit\n");
  EXPECT_EQ(recording.spans().find("connectors.init")->status, StatusCode::error);
  EXPECT_EQ(recording.spans().find("Items.run")->status, StatusCode::error);
  ASSERT_EQ(recording.logs().size(), 1U);
  EXPECT_EQ(recording.logs()[0].message, "connectors.init failed: ergon::SystemError: connector.init broke");
}

void expect_failed(const testing::Recording& recording, std::string_view name, std::size_t events,
                   std::string_view type = "ergon::SystemError") {
  const auto* span = recording.spans().find(name);
  ASSERT_NE(span, nullptr) << name;
  EXPECT_EQ(span->status, StatusCode::error) << name;
  EXPECT_EQ(testing::find(span->attributes, "error.type"), type) << name;
  EXPECT_EQ(span->events.size(), events) << name;
}

// The event is on the span that caught it, the outcome on all above.
TEST_F(WorkerTest, MarksItsLifeAsFailed) {
  const auto failing = ergon::detail::part_type<Connector, FailingFetch>("failing");
  auto plan = this->plan({}, {.fails_at = "service.exit"});
  plan.connector.type = &failing;
  EXPECT_EQ(live(plan), "connector 'list': broker is away");  // the first failure
  const auto recording = recorder_.stop();
  expect_failed(recording, "list.fetch", 1);
  expect_failed(recording, "Items.batch", 0);
  expect_failed(recording, "execute", 0);
  expect_failed(recording, "exit", 1);
  expect_failed(recording, "Items.run", 0);
  EXPECT_EQ(recording.spans().find("Items.run")->status_message, "connector 'list': broker is away");
}

struct NumberThrowingFetch : NotedConnector {
  using NotedConnector::NotedConnector;
  std::vector<RawTransaction> fetch(std::size_t /*limit*/) override { throw 17; }
};

TEST_F(WorkerTest, NamesTheTypeOfWhatIsNoException) {
  const auto failing = ergon::detail::part_type<Connector, NumberThrowingFetch>("failing");
  auto plan = this->plan();
  plan.connector.type = &failing;
  EXPECT_EQ(live(plan), "connector 'list': int");
  expect_failed(recorder_.stop(), "Items.run", 0, "int");
}

TEST_F(WorkerTest, KeepsTheSpansOfItsThreadsApart) {
  auto plan = this->plan({.count = 400});
  plan.config.policies.consumer = {.loop = {.concurrency = 4}, .fetch = {.batch = {.size = 10}}};
  EXPECT_EQ(live(plan), "");
  std::map<std::string, int> roots;
  const auto recording = recorder_.stop();
  for (const auto& span : recording.spans()) {
    if (!span.parent_span_id.is_valid()) ++roots[span.name];
  }
  EXPECT_EQ(roots["Items.transaction"], 400);
  EXPECT_EQ(roots["Items.batch"], 40 + 4);
  EXPECT_EQ(roots["Items.run"], 1);
  EXPECT_EQ(roots.size(), 3U);
}

#endif

}  // namespace
}  // namespace ergon::test
