#include "config/json_schema.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "source_folder.hpp"
#include "task/task_description.hpp"
#include "unit/config/files_program.hpp"

// The schema beside the files of tests/integration/config, by Python's jsonschema.
namespace ergon::config {
namespace {

namespace fs = std::filesystem;

// Bad files that only the reader knows to be bad, as a schema can't say why.
const std::set<std::string, std::less<>> kForTheReaderAlone{
    "duplicate_key",
    "duplicate_task",     // a parser has lost the first by then
    "key_is_a_number",    // JSON's keys are strings
    "formatter_unknown",  // a reference
    "interval_zero",
    "timeout_too_fine",  // what a text with a unit amounts to
    "keep_and_simple",   // a key that depends on another's value
    "tasks_missing",     // an included file may have them
    "composite_list_unknown",
    "headers_list_malformed",
    "resource_attributes_list_malformed",  // a text's form
};

const fs::path kFolder = fs::path(ERGON_SOURCE_DIR) / "tests" / "integration" / "config";

struct Verdicts {
  int status{0};
  std::vector<std::string> lines{};
};

Verdicts check(const fs::path& folder) {
  const std::string schema = testing::TempDir() + "ergon-schema-" + std::to_string(::getpid()) + ".json";
  std::ofstream(schema) << json_schema(type_of<TaskFile>(), files_program());
  std::string command = "python3 " + (kFolder / "schema_check.py").string() + " " + schema;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".yaml") command += " " + entry.path().string();
  Verdicts verdicts;
  FILE* output = ::popen(command.c_str(), "r");
  std::string text;
  for (int c = std::fgetc(output); c != EOF; c = std::fgetc(output)) {
    if (c != '\n') text += static_cast<char>(c);
    else verdicts.lines.push_back(std::exchange(text, {}));
  }
  verdicts.status = WEXITSTATUS(::pclose(output));
  fs::remove(schema);
  return verdicts;
}

TEST(JsonSchema, AcceptsTheGoodFiles) {
  const Verdicts verdicts = check(kFolder / "good");
  if (verdicts.status == 77) GTEST_SKIP() << verdicts.lines.at(0);
  ASSERT_EQ(verdicts.status, 0);
  EXPECT_GE(verdicts.lines.size(), 3U);
  for (const std::string& line : verdicts.lines) EXPECT_TRUE(line.starts_with("accepted ")) << line;
}

TEST(JsonSchema, RejectsTheBadFilesButForWhatNoSchemaCanSay) {
  const Verdicts verdicts = check(kFolder / "bad");
  if (verdicts.status == 77) GTEST_SKIP() << verdicts.lines.at(0);
  ASSERT_EQ(verdicts.status, 0);
  std::set<std::string, std::less<>> accepted;
  for (const std::string& line : verdicts.lines) {
    constexpr std::string_view kAccepted = "accepted ";
    if (line.starts_with(kAccepted)) accepted.insert(fs::path(line.substr(kAccepted.size())).stem());
  }
  EXPECT_EQ(accepted, kForTheReaderAlone);
}

TEST(JsonSchema, SaysWhatEachKeyIsFor) {
  const auto schema = nlohmann::json::parse(json_schema(type_of<TaskFile>(), files_program()));
  EXPECT_EQ(schema.at("$schema"), "https://json-schema.org/draft/2020-12/schema");
  const auto& task = schema.at("$defs").at("defaults");
  EXPECT_EQ(task.at("properties").at("workers").at("description"), "Worker processes.");
  EXPECT_TRUE(task.at("properties").at("connectors").dump().find("jsonl") != std::string::npos);
}

}  // namespace
}  // namespace ergon::config
