#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "source_folder.hpp"

namespace ergon {
namespace {

constexpr const char* kUse = R"(
struct Options {
  std::chrono::milliseconds timeout{500};
  ERGON_OPTIONS(Options, timeout);
};
int main() {
  const ergon::TaskConfig task{.services = {{"payments", Options{}}}, .tracing = ergon::TracingConfig{}};
  const auto copy = task;
  return copy.services.at("payments").get_if<Options>() == nullptr;
}
)";

// With all of the folder's headers in one program, which is compiled but not linked.
TEST(ConfigHeaders, CompileCleanlyWithoutExceptionsAndRtti) {
  if (std::system("c++ --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no c++ in PATH";
  const std::filesystem::path include = std::filesystem::path(ERGON_SOURCE_DIR) / "include";
  const std::string source = testing::TempDir() + "/ergon_config_headers.cpp";
  std::ofstream program(source);
  for (const auto& header : std::filesystem::directory_iterator(include / "ergon" / "config")) {
    program << "#include <ergon/config/" << header.path().filename().string() << ">\n";
  }
  program << kUse << std::flush;
  const std::string command =
      "c++ -std=c++20 -fno-exceptions -fno-rtti -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I '" +
      include.string() + "' '" + source + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

}  // namespace
}  // namespace ergon
