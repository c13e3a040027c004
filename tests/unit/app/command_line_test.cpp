#include "app/command_line.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ergon::detail {
namespace {

Command parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "orders");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data(), {"orders", "1.2"},
                            {"Orders", "Refunds"});
}

int exit_code(const std::vector<const char*>& arguments) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const Command command = parse(arguments);
  ::testing::internal::GetCapturedStdout();
  ::testing::internal::GetCapturedStderr();
  const auto* exit = std::get_if<ExitCommand>(&command);
  return exit != nullptr ? exit->exit_code : -1;
}

std::string output(const std::vector<const char*>& arguments) {
  ::testing::internal::CaptureStdout();
  parse(arguments);
  return ::testing::internal::GetCapturedStdout();
}

TEST(CommandLine, RunsATask) {
  const auto run = std::get<RunCommand>(parse({"run", "Refunds"}));
  EXPECT_EQ(run.task, "Refunds");
  EXPECT_EQ(run.sources.file, std::nullopt);
  EXPECT_EQ(run.summary, SummaryFormat::text);
}

TEST(CommandLine, TakesOptionsAnywhere) {
  const auto run = std::get<RunCommand>(parse({"run", "--config", "a.yaml", "Orders", "--summary=json"}));
  EXPECT_EQ(run.task, "Orders");
  EXPECT_EQ(run.sources.file, "a.yaml");
  EXPECT_EQ(run.summary, SummaryFormat::json);
}

TEST(CommandLine, Lists) { EXPECT_TRUE(std::holds_alternative<ListCommand>(parse({"list"}))); }

TEST(CommandLine, ExplainsItself) {
  EXPECT_EQ(exit_code({"--help"}), 0);
  EXPECT_EQ(exit_code({"run", "--help"}), 0);
  EXPECT_EQ(exit_code({"--version"}), 0);
  EXPECT_TRUE(output({"--version"}).starts_with("orders 1.2 (ergon "));
  EXPECT_NE(output({"--help"}).find("list"), std::string::npos);
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(exit_code({}), 2);
  EXPECT_EQ(exit_code({"run"}), 2);
  EXPECT_EQ(exit_code({"run", "Nothing"}), 2);
  EXPECT_EQ(exit_code({"run", "Orders", "--summary", "xml"}), 2);
  EXPECT_EQ(exit_code({"run", "Orders", "--config"}), 2);
  EXPECT_EQ(exit_code({"dance"}), 2);
}

}  // namespace
}  // namespace ergon::detail
