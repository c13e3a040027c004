// A program that goes on recording while the OpenTelemetry Collector is restarted twice loses nothing: all of
// it is in the Collector's files, and the program's books say so.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "integration/collector.hpp"

namespace ergon::test {
namespace {

using nlohmann::json;

constexpr int kRate = 5'000;  // spans a second, and as many logs
constexpr int kDefaultSeconds = 60;
constexpr std::chrono::seconds kPatience{90};

// How long the load lasts: ERGON_LOAD_SECONDS where a quick look will do.
int load_seconds() {
  const char* const text = std::getenv("ERGON_LOAD_SECONDS");
  return text != nullptr ? std::atoi(text) : kDefaultSeconds;
}

// Which of the numbers 0, 1, 2, … arrived.
class Numbers {
 public:
  void take(const json& item) {
    for (const json& attribute : item.at("attributes")) {
      if (attribute.at("key") != "i") continue;
      const auto number = std::stoull(attribute.at("value").at("intValue").get<std::string>());
      if (number >= seen_.size()) seen_.resize(number + 1);
      if (seen_[number]) ++twice_;
      seen_[number] = true;
    }
  }
  [[nodiscard]] std::uint64_t different() const {
    return static_cast<std::uint64_t>(std::count(seen_.begin(), seen_.end(), true));
  }
  [[nodiscard]] std::uint64_t twice() const { return twice_; }

 private:
  std::vector<bool> seen_;
  std::uint64_t twice_ = 0;
};

struct Nesting {
  const char* resources;
  const char* scopes;
  const char* items;
};

// Line by line: a minute's files are too large to be held as JSON.
template <class Take>
void for_each_item(const std::filesystem::path& file, const Nesting& nesting, Take take) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const json request = json::parse(line);
    for (const json& resource : request.at(nesting.resources)) {
      for (const json& scope : resource.at(nesting.scopes)) {
        for (const json& item : scope.at(nesting.items)) take(item);
      }
    }
  }
}

Numbers numbers_in(const std::filesystem::path& file, const Nesting& nesting) {
  Numbers numbers;
  for_each_item(file, nesting, [&](const json& item) { numbers.take(item); });
  return numbers;
}

std::uint64_t points_in(const std::filesystem::path& file) {
  std::uint64_t points = 0;
  for_each_item(file, {"resourceMetrics", "scopeMetrics", "metrics"}, [&](const json& metric) {
    for (const char* kind : {"sum", "gauge", "histogram"}) {
      if (metric.contains(kind)) points += metric[kind].at("dataPoints").size();
    }
  });
  return points;
}

void expect_nothing_lost(const json& books, std::uint64_t created) {
  EXPECT_EQ(books.at("created"), created);
  EXPECT_EQ(books.at("delivered"), created);
  EXPECT_EQ(books.at("dropped"), json::object());
}

void expect_all(const char* signal, const Numbers& numbers, const json& books, std::uint64_t recorded) {
  std::printf("%s: %llu arrived, %llu of them twice; books: %s\n", signal,
              static_cast<unsigned long long>(numbers.different()),
              static_cast<unsigned long long>(numbers.twice()), books.at(signal).dump().c_str());
  EXPECT_EQ(numbers.different(), recorded) << signal;
  expect_nothing_lost(books.at(signal), recorded);
}

TEST(CollectorRestarts, LoseNothing) {
  const auto program = Collector::find();
  if (!program) GTEST_SKIP() << "the Collector is not built here; tools/collector/build_collector.sh does it";
  const int seconds = load_seconds();
  const auto patience = std::chrono::seconds(seconds) + kPatience;
  Collector collector(*program);
  ChildProcess load({.arguments = {ERGON_STEADY_LOAD, collector.endpoint(), std::to_string(seconds),
                                   std::to_string(kRate)}});
  for (const char* moment : {"a third", "two thirds"}) {
    ASSERT_EQ(load.next_output_line(patience), moment) << load.error_output();
    collector.restart();
  }
  const auto line = load.next_output_line(patience);
  ASSERT_TRUE(line) << load.error_output();
  EXPECT_EQ(load.wait(kPatience), ExitStatus{.code = 0});
  collector.end();

  const json books = json::parse(*line);
  const std::uint64_t recorded = static_cast<std::uint64_t>(seconds) * kRate;
  EXPECT_EQ(books.at("is_done"), true) << load.error_output();
  expect_all("traces", numbers_in(collector.file("traces"), {"resourceSpans", "scopeSpans", "spans"}), books,
             recorded);
  expect_all("logs", numbers_in(collector.file("logs"), {"resourceLogs", "scopeLogs", "logRecords"}), books,
             recorded);
  const json& points = books.at("metrics");
  expect_nothing_lost(points, points.at("created"));
  EXPECT_GE(points_in(collector.file("metrics")), points.at("created"));
}

}  // namespace
}  // namespace ergon::test
