#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <utility>
#include <vector>

#include <ergon/connectors/jsonl.hpp>

#include "app/config_command.hpp"
#include "app/load_tasks.hpp"
#include "unit/connectors/temporary_file.hpp"
#include "unit/task/fakes.hpp"

namespace ergon::test {

using Messages = std::vector<std::string>;

/// Loads texts as a program of two tasks does.
class LoadTasks : public ::testing::Test {
 protected:
  detail::LoadedTasks load(const std::string& yaml, std::vector<std::string> settings = {}) {
    const TemporaryFile file(yaml);
    file_ = file.path();
    ::chmod(file_.c_str(), permissions_);
    auto loaded =
        detail::load_tasks(std::nullopt, program_, {.file = file_, .settings = std::move(settings)});
    errors_.clear();
    for (const auto& error : loaded.errors) errors_.push_back(without_file(error.message()));
    return loaded;
  }
  TaskConfig task(const std::string& yaml, std::vector<std::string> settings = {}) {
    auto loaded = load(yaml, std::move(settings));
    EXPECT_EQ(errors_, Messages{}) << yaml;
    return loaded.file.tasks["Items"];
  }
  std::string without_file(std::string text) const {
    const std::size_t at = text.find(file_);
    return at == std::string::npos ? text : text.erase(at, file_.size());
  }
  // The line of a key in what `config show` says.
  std::string shown(const detail::LoadedTasks& loaded, const std::string& key) const {
    const std::string text = detail::effective_text(loaded, program_);
    const std::size_t begin = text.find(key);
    if (begin == std::string::npos) return "no " + key + " in " + text;
    std::string line = without_file(text.substr(begin, text.find('\n', begin) - begin));
    while (line.find("  ") != std::string::npos) line.erase(line.find("  "), 1);
    return line;
  }

  // With a declarative file beside it.
  detail::LoadedTasks load_declared(const std::string& declarative, const std::string& yaml,
                                    std::vector<std::string> settings = {}) {
    const TemporaryFile otel(declarative);
    const TemporaryFile file(yaml);
    file_ = otel.path();
    auto loaded = detail::load_tasks(
        std::nullopt, program_,
        {.file = file.path(), .otel_config = otel.path(), .settings = std::move(settings)});
    errors_.clear();
    for (const auto& error : loaded.errors) errors_.push_back(without_file(error.message()));
    return loaded;
  }

  std::string file_;
  mode_t permissions_{0600};
  Messages errors_;
  std::vector<detail::TaskType> tasks_{
      {"Items", {.resource = {.attributes = {{"from", "code"}}}}, detail::task_roles<ScriptedTask>()},
      {"Others", {}, detail::task_roles<ScriptedTask>()}};
  std::vector<detail::ServiceType> services_{};
  std::vector<detail::ConnectorType> connectors_{detail::part_type<Connector, JsonlConnector>("jsonl")};
  detail::ProgramParts program_{tasks_, {services_, connectors_}};
};

}  // namespace ergon::test
