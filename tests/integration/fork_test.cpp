// Forks with live spans, bound instruments and an open TLS connection, while other threads record.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "integration/arrived.hpp"
#include "support/child_process.hpp"
#include "support/otlp_receiver.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_certificate.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// As in programs/forking_recorder.cpp.
constexpr std::size_t kForks = 50;
constexpr std::size_t kThreads = 3;
constexpr std::size_t kRecordsPerRound = 100;
constexpr std::size_t kRecordsPerChild = 5;
constexpr std::size_t kChildren =
    kForks - kForks / 5 + kForks / 10;  // that record; the last are grandchildren
constexpr std::size_t kParentRecords = kForks * kThreads * kRecordsPerRound;

using Names = std::multiset<std::string>;

/// What arrived from one process, by its instance id.
struct FromProcess {
  std::set<std::int64_t> pids;
  Names spans;                              // with their numbers
  Names logs;                               // the same, and the process
  std::map<std::string, json> last_points;  // of the counter, by kind
  std::size_t points = 0;
  std::uint64_t first_end = UINT64_MAX;  // of its spans
};

/// "NAME NUMBER", as the body of the log beside it begins; of a span that was live at the fork, the name.
std::string numbered(const json& span) {
  std::string name = text(span, "name");
  const json& attributes = span.at("attributes");
  if (attributes.contains("number")) name.append(" ").append(attributes["number"].dump());
  return name;
}

Names records(const std::string& name, std::size_t first, std::size_t count) {
  Names all;
  for (std::size_t i = first; i < first + count; ++i) all.insert(name + " " + std::to_string(i));
  return all;
}

/// Every name of `wanted` once, and no other.
Complaints check_exactly(const Names& arrived, const Names& wanted) {
  Complaints complaints;
  for (const std::string& name : wanted) {
    const std::size_t times = arrived.count(name);
    complaints.expect(times == 1, name, "came " + std::to_string(times) + " times");
  }
  for (const std::string& name : arrived)
    complaints.expect(wanted.contains(name), name, "was not recorded there");
  return complaints;
}

class Forks : public testing::Test {
 protected:
  void SetUp() override {
    const TestCertificate certificate = make_test_certificate(folder_.path());
    OtlpReceiver receiver({.tls = certificate});
    ChildProcess program({.arguments = {ERGON_FORKING_RECORDER, receiver.endpoint(), certificate.ca_file}});
    const auto status = program.wait(60s);
    ASSERT_EQ(status, ExitStatus{.code = 0}) << program.output() << program.error_output();
    errors_ = program.error_output();
    report_ = json::parse(program.output());
    arrived_ = take_all(receiver);
    requests_ = receiver.requests();
    sort_by_process();
  }

  void sort_by_process() {
    for (const json& span : arrived_.spans) {
      FromProcess& from = process_of(span);
      from.spans.insert(numbered(span));
      from.first_end = std::min(from.first_end, time_of(span, "end"));
      if (span.at("attributes").contains("pid"))
        from.pids.insert(span["attributes"]["pid"].get<std::int64_t>());
    }
    for (const json& log : arrived_.logs) process_of(log).logs.insert(text(log, "body"));
    for (const json& metric : arrived_.metrics) {
      FromProcess& from = process_of(metric);
      for (const json& point : metric.at("points")) {
        ++from.points;
        if (text(metric, "name") != "records") continue;  // the SDK's own
        json& last = from.last_points[text(point.at("attributes"), "kind")];
        if (last.is_null() || time_of(point, "time") > time_of(last, "time")) last = point;
      }
    }
  }

  FromProcess& process_of(const json& item) {
    const json& resource = item.at("resource");
    FromProcess& from = processes_[text(resource, "service.instance.id")];
    from.pids.insert(resource.at("process.pid").get<std::int64_t>());
    return from;
  }

  [[nodiscard]] const FromProcess& parent() const {
    for (const auto& [id, from] : processes_) {
      if (from.pids.contains(report_.at("pid").get<std::int64_t>())) return from;
    }
    throw std::runtime_error("nothing came from the parent");
  }

  void expect_one_identity_each() const {
    EXPECT_EQ(processes_.size(), 1 + kChildren);
    std::set<std::int64_t> pids;
    for (const auto& [instance, from] : processes_) {
      EXPECT_EQ(from.pids.size(), 1u) << "records and resource of " << instance << " name several processes";
      pids.insert(from.pids.begin(), from.pids.end());
    }
    EXPECT_EQ(pids.size(), processes_.size());
  }

  static void expect_records(const FromProcess& from, const Names& recorded) {
    Names logs;
    for (const std::string& name : recorded) logs.insert(name + " in " + std::to_string(*from.pids.begin()));
    const Complaints of_logs = check_exactly(from.logs, logs);
    EXPECT_TRUE(of_logs.empty()) << "logs: " << of_logs;
    const Complaints of_spans = check_exactly(from.spans, recorded);
    EXPECT_TRUE(of_spans.empty()) << "spans: " << of_spans;
  }

  void expect_parents_records() const {
    FromProcess from = parent();
    for (const char* live : {"live.scoped", "live.detached", "live.shared"}) {
      EXPECT_EQ(from.spans.erase(live), 1u) << live;
    }
    Names recorded = records("parent.work", 0, kParentRecords);
    recorded.insert("parent.first 0");
    expect_records(from, recorded);
    EXPECT_EQ(from.last_points.at("parent.work").at("value"), kParentRecords);
    expect_counts("spans", recorded.size() + 3);
    expect_counts("logs", recorded.size());
    expect_counts("points", from.points);
  }

  // In the parent's books.
  void expect_counts(const char* signal, std::size_t arrived) const {
    EXPECT_EQ(report_.at(signal).at("created"), arrived) << signal;
    EXPECT_EQ(report_.at(signal).at("delivered"), arrived) << signal;
  }

  void expect_childrens_records() const {
    const FromProcess& from_parent = parent();
    const std::uint64_t parent_start = time_of(from_parent.last_points.at("parent.first"), "start");
    std::set<std::size_t> children;
    for (const auto& [instance, from] : processes_) {
      if (&from == &from_parent) continue;
      SCOPED_TRACE(instance);
      const std::size_t child = child_of(from);
      EXPECT_TRUE(children.insert(child).second) << child;
      expect_records(from, records("child.work", child * kRecordsPerChild, kRecordsPerChild));
      expect_own_counter(from, parent_start);
    }
    EXPECT_EQ(children, recording_children());
  }

  // The number of the child that a record of it tells; a grandchild's is that of the child and kForks.
  static std::size_t child_of(const FromProcess& from) {
    if (from.spans.empty()) return SIZE_MAX;
    const std::string& name = *from.spans.begin();
    return std::stoul(name.substr(name.rfind(' ') + 1)) / kRecordsPerChild;
  }

  static std::set<std::size_t> recording_children() {
    std::set<std::size_t> children;
    for (std::size_t child = 0; child < kForks; ++child) {
      if (child % 5 != 4) children.insert(child);
      if (child % 10 == 0) children.insert(kForks + child);
    }
    return children;
  }

  // A child's spans go on below the span that was current at the fork, unless their thread is new.
  void expect_ids_and_parents() const {
    const auto live =
        std::ranges::find_if(arrived_.spans, [](const json& one) { return one["name"] == "live.scoped"; });
    ASSERT_NE(live, arrived_.spans.end());
    std::set<std::string> span_ids;
    std::set<std::string> trace_ids_of_roots;
    std::size_t below_live = 0;
    for (const json& span : arrived_.spans) {
      EXPECT_TRUE(span_ids.insert(text(span, "span_id")).second) << span;
      EXPECT_FALSE(span.at("attributes").contains("touched.in")) << span;
      if (text(span, "parent_span_id").empty()) {
        EXPECT_TRUE(trace_ids_of_roots.insert(text(span, "trace_id")).second) << span;
      } else {
        EXPECT_EQ(text(span, "trace_id"), text(*live, "trace_id")) << span;
        EXPECT_EQ(text(span, "parent_span_id"), text(*live, "span_id")) << span;
        below_live += text(span, "name") == "child.work" ? 1 : 0;
      }
    }
    constexpr std::size_t kGrandchildren = kForks / 10;  // forked after the span was ended there
    EXPECT_EQ(below_live, (kChildren - kGrandchildren) * (kRecordsPerChild - 1));
  }

  static void expect_own_counter(const FromProcess& child, std::uint64_t parent_start) {
    ASSERT_EQ(child.last_points.size(), 1u) << "series of the parent's came, too";
    const json& point = child.last_points.at("child.work");
    EXPECT_EQ(point.at("value"), kRecordsPerChild);
    EXPECT_GT(time_of(point, "start") + kClockError,
              parent_start);  // threads of the parent begin beside the first fork
    // Its first count was made within its first span.
    EXPECT_LE(time_of(point, "start"), child.first_end + kClockError);
  }

  TemporaryFolder folder_;
  std::string errors_;
  json report_;
  Arrived arrived_;
  std::vector<json> requests_;
  std::map<std::string, FromProcess> processes_;
};

TEST_F(Forks, EachProcessDeliversItsOwnOnceUnderItsOwnName) {
  EXPECT_EQ(report_.at("failures"), 0);
  EXPECT_EQ(report_.at("is_settled"), true);
  EXPECT_EQ(errors_, "");  // a connection that a child has broken shows as a request tried again
  for (const json& request : requests_) EXPECT_EQ(request.at("status"), "OK") << request;
  const Complaints keys = check_unique_keys(arrived_);
  EXPECT_TRUE(keys.empty()) << keys;
  expect_one_identity_each();
  expect_parents_records();
  expect_childrens_records();
  expect_ids_and_parents();
}

class ForkStorm : public testing::TestWithParam<const char*> {};

TEST_P(ForkStorm, LeavesEveryChildWhole) {
#if defined(ERGON_SANITIZED_ADDRESS)
  if (GetParam() == std::string_view("threads"))
    GTEST_SKIP()
        << "a thread that ends while another forks leaves AddressSanitizer's own lock shut in the child";
#endif
  ChildProcess program({.arguments = {ERGON_FORK_STORM, GetParam()}});
  ASSERT_EQ(program.wait(100s), ExitStatus{.code = 0}) << program.error_output();
  EXPECT_EQ(program.output(), "0\n") << program.error_output();
}

INSTANTIATE_TEST_SUITE_P(Of, ForkStorm, testing::Values("spans", "series", "rings", "threads"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace ergon::test
