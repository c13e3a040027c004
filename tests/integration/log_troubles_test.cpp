// Logs that meet an unread pipe, a full disk, a fork at midnight; and all that a record may have, at a
// backend.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include "integration/arrived.hpp"
#include "support/child_process.hpp"
#include "support/otlp_receiver.hpp"
#include "support/temporary_folder.hpp"

namespace ergon::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Lines = std::vector<std::string>;

constexpr int kNotHere = 77;  // as in programs/log_troubles.cpp

Lines lines_of(std::istream&& stream) {
  Lines lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}
Lines lines_of(const fs::path& path) { return lines_of(std::ifstream(path)); }

class LogTroubles : public ::testing::Test {
 protected:
  // Answers the exit code.
  int run(const std::string& scenario, const std::string& argument = "") {
    ChildProcess program({.arguments = {ERGON_LOG_TROUBLES, scenario, folder_.path().string(), argument}});
    const auto status = program.wait(120s);
    EXPECT_TRUE(status && status->signal == 0) << program.error_output();
    output_ = program.output();
    complaints_ = lines_of(std::istringstream(program.error_output()));
    return status ? status->code : -1;
  }

  // Of one kind, and told once; of a machine so slow that it takes more than ten seconds, how often since.
  void expect_one_diagnostic(const std::string& of) const {
    ASSERT_FALSE(complaints_.empty());
    EXPECT_THAT(complaints_, Each(HasSubstr(of)));
    EXPECT_THAT(Lines(complaints_.begin() + 1, complaints_.end()),
                Each(HasSubstr("times more since the last report")));
  }

  // Of a file on a disk that was full for a while: lines 0 to 99, some of the next 3,000, and the last 100.
  void expect_no_torn_line() const {
    const Lines lines = lines_of(std::istringstream(output_));
    ASSERT_GT(lines.size(), 200U);
    EXPECT_LT(lines.size(), 1'200U);
    int last = -1;
    for (const std::string& line : lines) {
      ASSERT_TRUE(std::regex_match(line, std::regex("[0-9]{6} x{43}"))) << line;
      const int number = std::stoi(line);
      EXPECT_GT(number, last);
      last = number;
    }
    EXPECT_THAT(lines[99], StartsWith("000099 "));
    EXPECT_THAT(lines[lines.size() - 100], StartsWith("003100 "));
    EXPECT_EQ(last, 3'199);
  }

  [[nodiscard]] fs::path in_folder(const std::string& name) const { return folder_.path() / name; }

  const TemporaryFolder folder_;
  std::string output_;
  Lines complaints_;
};

TEST_F(LogTroubles, AnUnreadPipeStopsNeitherFileNorBackendAndHeals) {
  constexpr std::uint64_t kLines = 20'000;
  OtlpReceiver receiver({.is_sink = true});
  EXPECT_EQ(run("unread_pipe", receiver.endpoint()), 0);
  expect_one_diagnostic("takes records more slowly than they come, and some are lost: console");
  EXPECT_EQ(receiver.count().logs, kLines + 1);
  const Lines all = lines_of(in_folder("all.log"));
  ASSERT_EQ(all.size(), kLines + 1);
  for (std::uint64_t i = 0; i <= kLines; ++i) ASSERT_THAT(all[i], StartsWith(std::to_string(i) + " "));
  const Lines shown = lines_of(in_folder("shown.txt"));
  ASSERT_GT(shown.size(), 100U);
  EXPECT_LT(shown.size(), kLines);
  EXPECT_EQ(shown.back(), all.back());
  EXPECT_TRUE(std::ranges::includes(
      all, shown, {}, [](const std::string& line) { return std::stoi(line); },
      [](const std::string& line) { return std::stoi(line); }));
  for (const std::string& line : shown) ASSERT_EQ(line, all[std::stoul(line)]) << "a torn line";
}

TEST_F(LogTroubles, AFileAtTheLimitOfItsSizeLosesCountedLinesAndHeals) {
  EXPECT_EQ(run("limit_of_files"), 0);
  expect_one_diagnostic("a log file could not be written");
  EXPECT_THAT(complaints_[0], HasSubstr("a.log: File too large"));
  expect_no_torn_line();
}

TEST_F(LogTroubles, AFileOnAFullDiskLosesCountedLinesAndHeals) {
  const int code = run("small_disk");
  if (code == kNotHere) GTEST_SKIP() << complaints_.at(0);
  EXPECT_EQ(code, 0);
  expect_one_diagnostic("a log file could not be written");
  EXPECT_THAT(complaints_[0], HasSubstr("a.log: No space left on device"));
  expect_no_torn_line();
}

// Each process has files of its own, one for each side of midnight; nothing is lost, nothing comes twice.
TEST_F(LogTroubles, AForkBeforeMidnightLosesNothingAndHasNothingTwice) {
  int code = kNotHere;
  for (const char* seconds : {"2", "10", "40"}) {  // until midnight: a slow machine needs more
    if (code != kNotHere) break;
    for (const auto& entry : fs::directory_iterator(folder_.path())) fs::remove(entry.path());
    code = run("midnight", seconds);
  }
  ASSERT_EQ(code, 0) << ::testing::PrintToString(complaints_);
  expect_one_diagnostic("the child of a fork writes to a file of its own, as the name lacks {pid}");
  std::map<std::string, int> seen;
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder_.path())) {
    ++files;
    const std::string name = entry.path().filename().string();
    const bool is_of_yesterday = std::regex_search(name, std::regex(R"(\.\d{4}-\d\d-\d\d$)"));
    const bool is_childs = std::regex_search(name, std::regex(R"(^a\.log\.\d+(\.\d{4}-\d\d-\d\d)?$)"));
    for (const std::string& line : lines_of(entry.path())) {
      ++seen[line];
      EXPECT_THAT(line, StartsWith(is_childs ? "child " : "parent ")) << name;
      const int number = std::stoi(line.substr(line.find(' ')));
      EXPECT_EQ(is_of_yesterday, number < (is_childs ? 500 : 1'500)) << name << ": " << line;
    }
  }
  EXPECT_EQ(files, 4);
  EXPECT_EQ(seen.size(), 3'000U);
  for (const auto& [line, times] : seen) EXPECT_EQ(times, 1) << line;
}

TEST_F(LogTroubles, JsonGoesToStandardOutputAnObjectALine) {
  ASSERT_EQ(run("json_output"), 0);
  EXPECT_THAT(complaints_, ::testing::IsEmpty());
  const Lines lines = lines_of(std::istringstream(output_));
  ASSERT_EQ(lines.size(), 2U);
  const json first = json::parse(lines[0]);
  EXPECT_EQ(first.at("message"), "one\ntwo\x1b[31m");
  EXPECT_EQ(first.at("attributes"), (json{{"key", "a\nb"}}));
  EXPECT_TRUE(is_id(text(first, "trace_id"), 32) && is_id(text(first, "span_id"), 16)) << lines[0];
  EXPECT_EQ(first.at("resource").at("service.name"), "troubles");
  const json second = json::parse(lines[1]);
  EXPECT_EQ(second.at("message"), "three");
  EXPECT_EQ(second.at("level"), "ERROR");
  EXPECT_FALSE(second.contains("trace_id"));
}

TEST_F(LogTroubles, ABackendHasAllThatARecordHas) {
  OtlpReceiver receiver;
  ASSERT_EQ(run("all_fields", receiver.endpoint()), 0);
  EXPECT_THAT(complaints_, ::testing::IsEmpty());
  const Arrived arrived = take_all(receiver);
  EXPECT_TRUE(check_unique_keys(arrived).empty());
  ASSERT_EQ(arrived.spans.size(), 1U);
  ASSERT_EQ(arrived.logs.size(), 2U);
  const json& span = arrived.spans[0];
  const bool is_first = text(arrived.logs[0], "body") == "charged 12.5 EUR";
  const json& log = arrived.logs[is_first ? 0 : 1];
  EXPECT_EQ(log.at("body"), "charged 12.5 EUR");
  EXPECT_EQ(log.at("severity_number"), 13);
  EXPECT_EQ(log.at("severity_text"), "WARNING");
  EXPECT_EQ(log.at("event_name"), "order.charged");
  EXPECT_EQ(log.at("attributes"), (json{{"order.id", "o-1"},
                                        {"amount", 12.5},
                                        {"retries", 2},
                                        {"vip", true},
                                        {"tags", json::array({"a", "b"})},
                                        {"address", {{"city", "Köln"}, {"zip", 50'667}}}}));
  EXPECT_EQ(log.at("dropped_attributes"), 0);
  EXPECT_EQ(log.at("trace_id"), span.at("trace_id"));
  EXPECT_EQ(log.at("span_id"), span.at("span_id"));
  EXPECT_EQ(log.at("flags"), 3) << "sampled and random";
  EXPECT_GE(time_of(log, "time") + kClockError, time_of(span, "start"));
  EXPECT_LE(time_of(log, "time"), time_of(span, "end") + kClockError);
  EXPECT_GE(time_of(log, "observed_time"), time_of(log, "time"));
  EXPECT_EQ(log.at("scope").at("name"), "payments");
  EXPECT_EQ(log.at("scope").at("version"), "3");
  EXPECT_EQ(log.at("resource").at("service.name"), "troubles");
  const json& outside = arrived.logs[is_first ? 1 : 0];
  EXPECT_EQ(outside.at("severity_number"), 21);
  EXPECT_EQ(outside.at("severity_text"), "CRITICAL");
  EXPECT_EQ(text(outside, "trace_id") + text(outside, "span_id") + text(outside, "event_name"), "");
  EXPECT_EQ(outside.at("flags"), 0);
}

}  // namespace
}  // namespace ergon::test
