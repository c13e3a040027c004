#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <ergon/config/extension.hpp>
#include <ergon/connectors/jsonl.hpp>
#include <ergon/connectors/memory.hpp>

#include "config/declarative_file.hpp"
#include "config/read.hpp"
#include "config/yaml_document.hpp"
#include "source_folder.hpp"
#include "task/task_description.hpp"
#include "unit/config/files_program.hpp"
#include "unit/config/reference_page.hpp"
#include "unit/connectors/guide_connector.hpp"

// The guide says what the program does: its reference is made from the descriptions, its examples are read.
namespace ergon::config {
namespace {

namespace fs = std::filesystem;

const fs::path kGuide = fs::path(ERGON_SOURCE_DIR) / "docs" / "guide";
constexpr std::string_view kBegin = "<!-- made from the descriptions: guide_test -->\n";

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// With ERGON_WRITE_GUIDE=1 it writes the reference instead.
TEST(Guide, HasTheReferenceThatTheDescriptionsMake) {
  const fs::path file = kGuide / "configuration.md";
  const std::string page = text_of(file);
  const std::size_t begin = page.find(kBegin);
  ASSERT_NE(begin, std::string::npos);
  TaskConfig task;
  const std::string reference = ReferencePage().of(type_of<TaskConfig>(), &task);
  if (std::getenv("ERGON_WRITE_GUIDE") != nullptr)
    std::ofstream(file) << page.substr(0, begin) << kBegin << "\n" << reference;
  EXPECT_EQ(text_of(file).substr(begin + kBegin.size()), "\n" + reference)
      << "ERGON_WRITE_GUIDE=1 " << "unit_config --gtest_filter=Guide.* writes it";
}

struct Example {
  int line;
  std::string text;
};

std::vector<Example> examples_of(const fs::path& file) {
  std::vector<Example> examples;
  std::istringstream lines(text_of(file));
  bool is_inside = false;
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line == "```yaml") {
      examples.push_back({number + 1, {}});
      is_inside = true;
    } else if (line == "```") {
      is_inside = false;
    } else if (is_inside) {
      examples.back().text += line + "\n";
    }
  }
  return examples;
}

struct AuditOptions {
  std::string folder{};
  ERGON_OPTIONS(AuditOptions, folder);
};

// What the guide's programs register.
ReadContext guide_program() {
  ReadContext program = files_program();
  program.registries["connectors"] = {{"jsonl", JsonlConnector::Options{}},
                                      {"memory", MemoryConnector::Options{}},
                                      {"folder", FolderConnector::Options{}}};
  program.registries[std::string(ergon::detail::kSpanProcessors)] = {{"tenant", {}}};
  program.registries[std::string(ergon::detail::kExporters)] = {{"audit", AuditOptions{}}};
  return program;
}

// A secret that is not on this machine.
std::string with_secret(std::string text) {
  constexpr std::string_view kSecret = "/run/secrets/api_key";
  const std::size_t place = text.find(kSecret);
  return place == std::string::npos ? text : text.replace(place, kSecret.size(), "/dev/null");
}

// One of OpenTelemetry's form.
ConfigErrors read_declarative_example(const std::string& text) {
  ConfigErrors errors;
  Origins texts;
  texts.add({"example", load_yaml(text, "example", errors)});
  const DeclarativeFile file = read_declarative(texts, guide_program());
  std::ranges::copy(file.errors, std::back_inserter(errors));
  return errors;
}

// An example is a whole file, or what is below a task.
ConfigErrors read_example(const std::string& text) {
  if (text.starts_with("file_format:")) return read_declarative_example(text);
  const bool is_whole = text.starts_with("tasks:") || text.find("\ntasks:") != std::string::npos;
  std::string whole = text;
  if (!is_whole) {
    whole = "tasks:\n  NAME:\n";
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) whole += "    " + line + "\n";
  }
  TaskFile file;
  return read_yaml(with_secret(whole), "example", file, guide_program());
}

TEST(Guide, HasExamplesThatReadWithoutErrors) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(kGuide)) {
    if (entry.path().extension() != ".md") continue;
    for (const Example& example : examples_of(entry.path())) {
      ++count;
      for (const ConfigError& error : read_example(example.text))
        ADD_FAILURE() << entry.path().filename() << ":" << example.line << ": " << error.message() << "\n"
                      << example.text;
    }
  }
  EXPECT_GE(count, 10);
}

}  // namespace
}  // namespace ergon::config
