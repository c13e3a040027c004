#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/record/thread_block.hpp"
#include "unit/support_engine/memory_session.hpp"

namespace ergon::test {
namespace {

const std::string kLatin1 = "caf\xE9";

std::uint64_t repaired_so_far() {
  std::uint64_t total = 0;
  for (auto* block = telemetry::g_threads.first(); block != nullptr; block = block->next) {
    total += block->repaired_strings.get();
  }
  return total;
}

template <class Record>
std::uint64_t repaired_by(Record record) {
  MemorySession session;
  const std::uint64_t before = repaired_so_far();
  record();
  session.flush();
  return repaired_so_far() - before;
}

TEST(RepairedText, IsCountedWhereverItStands) {
  const Tracer tracer = get_tracer("repaired");
  EXPECT_EQ(repaired_by([&] { const auto span = tracer.scoped_span(kLatin1); }), 1U);
  EXPECT_EQ(repaired_by([&] { const auto span = tracer.scoped_span("s", {{"key", kLatin1}}); }), 1U);
  EXPECT_EQ(repaired_by([&] { const auto span = tracer.scoped_span("s", {{kLatin1, 1}}); }), 1U);
  EXPECT_EQ(repaired_by([&] { const auto span = tracer.scoped_span("s", {{kLatin1, kLatin1}}); }), 2U);
  EXPECT_EQ(repaired_by([&] {
              auto span = tracer.scoped_span("s");
              span.add_event(kLatin1, {{"key", kLatin1}});
              span.set_status(StatusCode::error, kLatin1);
              span.set_attribute("list", std::vector<std::string>{kLatin1, "good", kLatin1});
              span.set_attribute("map", std::map<std::string, std::string>{{kLatin1, kLatin1}});
            }),
            7U);
  EXPECT_EQ(repaired_by([&] { get_logger("repaired").with({{"key", kLatin1}}).info("good"); }), 1U);
}

TEST(RepairedText, IsNotCountedWhereNothingIsWrong) {
  EXPECT_EQ(repaired_by([] {
              auto span = get_tracer("good").scoped_span("é€𝄞", {{"ключ", "значение"}});
              span.set_attribute("map", std::map<std::string, std::string>{{"ключ", "日本"}});
              get_logger("good").with({{"a", "ü"}}).info("{}", "ß");
            }),
            0U);
}

}  // namespace
}  // namespace ergon::test
