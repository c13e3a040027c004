#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include <ergon/testing/recording.hpp>

#include "unit/task/fakes.hpp"
#include "unit/task/worker_stand.hpp"

namespace ergon::test {

using Notes = std::vector<std::string>;

inline Journal* g_journal = nullptr;

inline void fail_where(const std::string& place, const std::string& wanted) {
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

/// Workers of a connector, a service and a task that note in `journal_` what is called.
class WorkerTest : public ::testing::Test {
 protected:
  void SetUp() override { g_journal = &journal_; }
  void TearDown() override {
    ScriptedTask::script = {};
    g_journal = nullptr;
  }

  ergon::detail::WorkerPlan plan(NotedConnector::Options connector = {}, NotedService::Options service = {}) {
    ergon::detail::WorkerPlan plan{.task = "Items", .roles = ergon::detail::task_roles<NotedTask>()};
    plan.connector = {"list", &connector_type_, std::move(connector)};
    plan.services.push_back({"bank", &service_type_, std::move(service)});
    return plan;
  }

  std::string live(const ergon::detail::WorkerPlan& plan) {
    const ergon::detail::StopSignals signals;
    WorkerStand worker(plan, signals.stop());
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

struct FailingFetch : NotedConnector {
  using NotedConnector::NotedConnector;
  std::vector<RawTransaction> fetch(std::size_t /*limit*/) override { throw SystemError("broker is away"); }
};

}  // namespace ergon::test
