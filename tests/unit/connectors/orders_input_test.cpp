#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "source_folder.hpp"

// The committed input of the example is what its script makes.
namespace ergon::test {
namespace {

const std::string kFolder = ERGON_SOURCE_DIR "/examples/order_processor/";

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
  std::string text;
  char buffer[4096];
  for (std::size_t got = 0; pipe && (got = std::fread(buffer, 1, sizeof buffer, pipe.get())) > 0;) {
    text.append(buffer, got);
  }
  return text;
}

TEST(OrdersInput, IsWhatTheScriptMakes) {
  std::ostringstream committed;
  committed << std::ifstream(kFolder + "orders.jsonl", std::ios::binary).rdbuf();
  ASSERT_GT(committed.str().size(), 100'000U);
  EXPECT_TRUE(output_of("python3 '" + kFolder + "make_orders.py' -") == committed.str());
}

}  // namespace
}  // namespace ergon::test
