// The fault table: whatever the backend does, every record is delivered or counted, and the program does not
// notice. README.md tells how a row is read and added.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "integration/delivery/fault_backends.hpp"
#include "integration/delivery/fault_row.hpp"
#include "support/child_process.hpp"

namespace ergon::test {

std::ostream& operator<<(std::ostream& out, const FaultRow& row) { return out << row.name; }

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto kPatience = 40s;

// The slowest of a thousand calls are the first of a burst, which finds its caches cold and wakes the worker,
// and those that a timer interrupt hit, whose time is the thread's, too: 20 to 40 us on a busy virtual
// machine. Where an idle one has less, it is chance which phase had ten of them in its 10,000 calls and which
// nine, so below this a ratio tells nothing.
constexpr auto kNoiseFloor = 15us;

// What curl, its TLS and the allocator keep beside what the limit is for.
constexpr std::uint64_t kMemoryBesideTheLimit = 4U << 20U;

class DeliveryFaults : public testing::TestWithParam<FaultRow> {
 protected:
  void SetUp() override {
    backend_ = GetParam().make_backend();
    order_ = GetParam().order;
    backend_->direct(order_);
    order_.healthy_endpoint =
        "http://127.0.0.1:" + std::to_string(order_.is_http ? healthy_http_.port() : healthy_grpc_.port());
  }

  /// Runs the driver; says why when this machine does not permit the row.
  std::optional<std::string> run() {
    if (!backend_->missing().empty()) return backend_->missing();
    ChildProcess driver({.arguments = {ERGON_FAULT_DRIVER, nlohmann::json(order_).dump()},
                         .unset_environment = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                               "ALL_PROXY", "no_proxy", "NO_PROXY"}});
    if (order_.waits_at_half) {
      EXPECT_TRUE(driver.wait_for_output("half\n", kPatience)) << driver.error_output();
      backend_->at_half();
      driver.write_input("go\n");
    }
    const auto status = driver.wait(kPatience);
    errors_ = driver.error_output();
    if (status == ExitStatus{.code = kNotPermitted}) return errors_;
    EXPECT_EQ(status, ExitStatus{.code = 0}) << errors_;
    if (status != ExitStatus{.code = 0}) return std::nullopt;
    const std::string output = driver.output();
    report_ = nlohmann::json::parse(output.substr(output.find('{'))).get<DriverReport>();
    return std::nullopt;
  }

  static std::uint64_t dropped(const Books& books) {
    std::uint64_t sum = 0;
    for (const auto& [reason, count] : books.dropped) sum += count;
    return sum;
  }

  void expect_fate(const Books& books, std::uint64_t created, std::uint64_t rejected) const {
    const FaultExpectation& expected = GetParam().expected;
    EXPECT_TRUE(books.closes);
    EXPECT_EQ(books.created, created);
    EXPECT_EQ(books.queued, 0U);
    EXPECT_EQ(books.rejected, rejected);
    EXPECT_EQ(books.created, books.delivered + books.rejected + books.queued + dropped(books));
    for (const auto& [reason, count] : books.dropped) EXPECT_EQ(reason, expected.reason) << count;
    EXPECT_EQ(books.delivered > 0, expected.fate != Fate::all_dropped);
    EXPECT_EQ(dropped(books) > 0, expected.fate != Fate::all_delivered);
  }

  void expect_arrivals() {
    const Arrivals arrived = backend_->arrived();
    EXPECT_EQ(arrived.spans, report_.faulty.spans.delivered);
    EXPECT_EQ(arrived.logs, report_.faulty.logs.delivered);
    EXPECT_TRUE(arrived.repeated == 0 || GetParam().expected.may_repeat) << arrived.repeated;
    EXPECT_EQ(backend_->complaint(), "");
    EXPECT_GE(backend_->connections(), GetParam().expected.least_connections);
    const Arrivals healthy = order_.is_http ? healthy_http_.arrived() : healthy_grpc_.arrived();
    EXPECT_EQ(healthy.spans, report_.healthy.spans.created);
    EXPECT_EQ(report_.healthy.spans.delivered, report_.healthy.spans.created);
  }

  void expect_unnoticed() const {
    const auto limit = std::max<std::chrono::nanoseconds>(3 * report_.healthy.slowest_call, kNoiseFloor);
    EXPECT_LE(report_.faulty.slowest_call, limit)
        << "healthy: " << report_.healthy.slowest_call.count() << " ns";
    EXPECT_LE(report_.faulty.cpu, 2 * report_.healthy.cpu + GetParam().expected.most_cpu)
        << "healthy: " << report_.healthy.cpu.count() << " ms; it waits, and does not ask again and again";
    EXPECT_LE(report_.faulty.memory_growth, kMemoryLimit + kMemoryBesideTheLimit);
    EXPECT_LE(report_.faulty.shutdown_took, order_.shutdown_timeout + 1s);
    EXPECT_GE(report_.faulty.until_flushed, GetParam().expected.least_wait);
    const bool is_left_to_shutdown = GetParam().expected.reason == "shutdown";
    EXPECT_EQ(report_.faulty.is_flushed, !is_left_to_shutdown);
  }

  // One line for each trouble of each signal, not one for each record or request.
  void expect_diagnostics() const {
    constexpr std::ptrdiff_t kMostLines = 8;
    const std::string& wanted = GetParam().expected.diagnostic;
    EXPECT_THAT(errors_, HasSubstr(wanted));
    EXPECT_EQ(errors_.empty(), wanted.empty()) << errors_;
    EXPECT_LE(std::ranges::count(errors_, '\n'), kMostLines) << errors_;
  }

  ScriptedHttp2Server healthy_grpc_{[](std::size_t) { return Http2Script{}; }};
  ScriptedHttp1Server healthy_http_;
  std::unique_ptr<FaultBackend> backend_;
  DriverOrder order_;
  DriverReport report_;
  std::string errors_;
};

TEST_P(DeliveryFaults, EveryRecordIsAccountedFor) {
  if (const auto why = run()) GTEST_SKIP() << *why;
  const auto created = static_cast<std::uint64_t>(order_.bursts) * kSpansPerBurst;
  expect_fate(report_.faulty.spans, created, GetParam().expected.rejected_spans);
  expect_fate(report_.faulty.logs, created / kSpansPerLog, GetParam().expected.rejected_logs);
  expect_arrivals();
  expect_unnoticed();
  expect_diagnostics();
  RecordProperty("report", nlohmann::json(report_.faulty).dump());
  if (std::getenv("ERGON_SHOW_FAULTS") != nullptr) {
    std::cout << GetParam().name << ' ' << nlohmann::json(report_).dump() << ' ' << backend_->connections()
              << " connections\n"
              << errors_;
  }
}

std::string name_of(const testing::TestParamInfo<FaultRow>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Connection, DeliveryFaults, testing::ValuesIn(connection_rows()), name_of);
INSTANTIATE_TEST_SUITE_P(Grpc, DeliveryFaults, testing::ValuesIn(grpc_rows()), name_of);
INSTANTIATE_TEST_SUITE_P(Http2, DeliveryFaults, testing::ValuesIn(http2_rows()), name_of);
INSTANTIATE_TEST_SUITE_P(Http, DeliveryFaults, testing::ValuesIn(http_rows()), name_of);
INSTANTIATE_TEST_SUITE_P(Barred, DeliveryFaults, testing::ValuesIn(barred_rows()), name_of);

}  // namespace
}  // namespace ergon::test
