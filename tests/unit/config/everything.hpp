#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "config/read.hpp"
#include "source_folder.hpp"
#include "task/task_description.hpp"
#include "unit/config/files_program.hpp"

// The files of tests/integration/config, read as a program with these parts would.
namespace ergon::config {

inline std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

inline std::string messages_for(const std::filesystem::path& path, TaskFile& tasks) {
  std::string messages;
  for (const ConfigError& error : read_yaml(text_of(path), path.filename(), tasks, files_program())) {
    messages += error.message() + '\n';
  }
  return messages;
}

// That of the file which has everything.
inline TaskConfig task_of_everything() {
  TaskFile file;
  const std::filesystem::path path = std::filesystem::path(ERGON_SOURCE_DIR) / "tests" / "integration" /
                                     "config" / "good" / "everything.yaml";
  EXPECT_EQ(messages_for(path, file), "");
  return file.tasks.at("OrderProcessor");
}

}  // namespace ergon::config
