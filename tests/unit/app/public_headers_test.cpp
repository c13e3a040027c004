#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "source_folder.hpp"
#include "unit/connectors/temporary_file.hpp"

// What a user's compiler sees.
namespace ergon::test {
namespace {

constexpr const char* kUse = R"(
#include <ergon/telemetry.hpp>
int main() {
  auto telemetry = ergon::telemetry::start({.service_name = "billing"});
  auto span = ergon::get_tracer("billing").scoped_span("nightly.run", {{"accounts", 42}});
  ergon::get_logger("billing").info("started with {} accounts", 42);
  ergon::get_meter("billing").counter("runs").add(1);
}
)";

class PublicHeaders : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("c++ --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no c++ in PATH";
  }

  static int compile(const std::string& options, const std::string& source) {
    const std::string include = std::filesystem::path(ERGON_SOURCE_DIR) / "include";
    return std::system(
        ("c++ -std=c++20 " + options + " -I '" + include + "' -x c++ '" + source + "'").c_str());
  }

  // All files that a program with this one header includes.
  static std::string included_by(const std::string& header) {
    const TemporaryFile source("#include <" + header + ">\n");
    const TemporaryFile list("");
    EXPECT_EQ(compile("-M -MF '" + list.path() + "'", source.path()), 0);
    std::ostringstream text;
    text << std::ifstream(list.path()).rdbuf();
    return text.str();
  }
};

TEST_F(PublicHeaders, OfTelemetryCompileCleanlyWithoutExceptionsAndRtti) {
  const TemporaryFile source(kUse);
  EXPECT_EQ(
      compile("-fno-exceptions -fno-rtti -Wall -Wextra -Wpedantic -Werror -fsyntax-only", source.path()), 0);
}

TEST_F(PublicHeaders, KeepSlowLibrariesFromTheUser) {
  for (const char* header : {"ergon/telemetry.hpp", "ergon/ergon.hpp"}) {
    const std::string files = included_by(header);
    EXPECT_NE(files.find(header), std::string::npos) << files;
    for (const char* slow : {"nlohmann", "yaml-cpp", "curl/", "fmt/format.h", "CLI11", "protozero"}) {
      EXPECT_EQ(files.find(slow), std::string::npos) << header << " includes " << slow;
    }
  }
}

}  // namespace
}  // namespace ergon::test
