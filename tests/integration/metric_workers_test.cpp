// Several processes of one run count for themselves, each under an identity of its own.

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <numeric>
#include <set>
#include <sstream>
#include <string>

#include "integration/arrived.hpp"
#include "support/child_process.hpp"
#include "support/otlp_receiver.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// As in programs/metric_workers.cpp.
constexpr std::size_t kWorkers = 4;
constexpr std::size_t kGenerations = 30;

using ByProcess = std::map<std::int64_t, std::int64_t>;  // transactions

ByProcess recorded_by(const std::string& output) {
  ByProcess all;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    const json said = json::parse(line);
    all[said.at("pid").get<std::int64_t>()] = said.at("transactions").get<std::int64_t>();
  }
  return all;
}

/// What came of one process: the last point of each series, by metric and attributes.
struct FromProcess {
  std::set<std::int64_t> pids;
  std::map<std::string, std::map<std::string, json>> last;

  void take(const std::string& name, const json& point) {
    json& kept = last[name][point.at("attributes").dump()];
    if (kept.is_null() || time_of(point, "time") > time_of(kept, "time")) kept = point;
  }
  [[nodiscard]] std::int64_t sum(const std::string& name, const char* member) const {
    std::int64_t total = 0;
    if (!last.contains(name)) return -1;
    for (const auto& [attributes, point] : last.at(name)) total += point.at(member).get<std::int64_t>();
    return total;
  }
};

std::map<std::string, FromProcess> by_instance(const std::vector<json>& metrics) {
  std::map<std::string, FromProcess> all;
  for (const json& metric : metrics) {
    const json& resource = metric.at("resource");
    FromProcess& from = all[text(resource, "service.instance.id")];
    from.pids.insert(resource.at("process.pid").get<std::int64_t>());
    for (const json& point : metric.at("points")) from.take(text(metric, "name"), point);
  }
  return all;
}

void expect_all_of(const FromProcess& from, std::int64_t transactions) {
  EXPECT_EQ(from.sum("transactions", "value"), transactions);
  EXPECT_EQ(from.sum("bound.transactions", "value"), transactions);
  EXPECT_EQ(from.sum("duration", "count"), transactions);
  EXPECT_EQ(from.sum("last.transaction", "value") >= 0, true);
  EXPECT_EQ(from.sum("observed.pid", "value"), *from.pids.begin()) << "by the process that asks";
  const json& duration = from.last.at("duration").begin()->second;
  const auto& buckets = duration.at("bucket_counts");
  EXPECT_EQ(std::accumulate(buckets.begin(), buckets.end(), std::int64_t{0},
                            [](std::int64_t sum, const json& one) { return sum + one.get<std::int64_t>(); }),
            transactions);
}

/// Runs the program and compares what arrived with what it says that it recorded.
void expect_sums_of(const char* kind, std::size_t processes) {
  OtlpReceiver receiver;
  ChildProcess program({.arguments = {ERGON_METRIC_WORKERS, kind, receiver.endpoint()}});
  ASSERT_EQ(program.wait(100s), ExitStatus{.code = 0}) << program.output() << program.error_output();
  const ByProcess recorded = recorded_by(program.output());
  ASSERT_EQ(recorded.size(), processes);
  const auto arrived = by_instance(receiver.metrics());
  EXPECT_EQ(arrived.size(), processes) << "an instance id each";
  std::set<std::int64_t> pids;
  std::int64_t total = 0;
  for (const auto& [instance, from] : arrived) {
    SCOPED_TRACE(instance);
    ASSERT_EQ(from.pids.size(), 1U) << "several processes share an instance id";
    ASSERT_TRUE(recorded.contains(*from.pids.begin()));
    pids.insert(*from.pids.begin());
    expect_all_of(from, recorded.at(*from.pids.begin()));
    total += from.sum("transactions", "value");
  }
  EXPECT_EQ(pids.size(), processes);
  EXPECT_EQ(total, std::accumulate(recorded.begin(), recorded.end(), std::int64_t{0},
                                   [](std::int64_t sum, const auto& one) { return sum + one.second; }));
}

TEST(MetricWorkers, OfOneRunAddUpToItsTransactions) { expect_sums_of("workers", kWorkers + 1); }

// Its end says whether memory stayed flat.
TEST(MetricWorkers, OfManyGenerationsLoseNothing) { expect_sums_of("generations", kGenerations); }

}  // namespace
}  // namespace ergon::test
