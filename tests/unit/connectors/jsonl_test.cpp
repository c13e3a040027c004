#include <ergon/connectors/jsonl.hpp>

#include <gtest/gtest.h>

#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <ergon/task/errors.hpp>

#include "unit/connectors/fifo.hpp"
#include "unit/connectors/temporary_file.hpp"

namespace ergon::test {
namespace {

std::vector<RawTransaction> read(const std::string& path, JsonlFormat format = JsonlFormat::plain) {
  JsonlConnector connector({.path = path, .format = format});
  connector.init();
  std::vector<RawTransaction> all;
  for (auto batch = connector.fetch(2); !batch.empty(); batch = connector.fetch(2)) {
    EXPECT_LE(batch.size(), 2U);
    all.insert(all.end(), batch.begin(), batch.end());
  }
  return all;
}

TEST(JsonlConnector, MakesATransactionOfEachLine) {
  const TemporaryFile file("{\"a\":1}\nnot json\n{\"a\":3}");
  const auto all = read(file.path());
  ASSERT_EQ(all.size(), 3U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].line, i + 1);
    EXPECT_EQ(all[i].id, file.path() + ":" + std::to_string(i + 1));
    EXPECT_EQ(all[i].defect, "");
    EXPECT_TRUE(all[i].metadata.empty());
  }
  EXPECT_EQ(all[1].payload, "not json");  // decoding says so
  EXPECT_EQ(all[2].payload, "{\"a\":3}");
}

TEST(JsonlConnector, FailsEmptyLinesButTheLast) {
  const TemporaryFile file("1\n\n3\n\n");
  const auto all = read(file.path());
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[1].defect, "the line is empty");
  EXPECT_EQ(all[1].line, 2U);
  const TemporaryFile blank("\n");
  EXPECT_TRUE(read(blank.path()).empty());
  const TemporaryFile empty("");
  EXPECT_TRUE(read(empty.path()).empty());
}

TEST(JsonlConnector, FailsLinesThatAreTooLong) {
  const TemporaryFile file("1\n" + std::string((16U << 20U) + 1, '1') + "\n3\n");
  const auto all = read(file.path());
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[1].defect, "the line is longer than 16 MiB");
  EXPECT_EQ(all[1].payload, "");
  EXPECT_EQ(all[2].payload, "3");
}

TEST(JsonlConnector, OpensEnvelopes) {
  const TemporaryFile file(
      R"({"id":"o-1","payload":{"a":[1,"é"]},"metadata":{"traceparent":"00-1"},"more":0})"
      "\n"
      R"({"payload":"text","id":"o-2"})");
  const auto all = read(file.path(), JsonlFormat::envelope);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, "o-1");
  EXPECT_EQ(all[0].payload, R"({"a":[1,"é"]})");
  EXPECT_EQ(all[0].metadata, (Metadata{{"traceparent", "00-1"}}));
  EXPECT_EQ(all[0].line, 1U);
  EXPECT_EQ(all[1].payload, "\"text\"");
  EXPECT_EQ(all[1].defect, "");
}

TEST(JsonlConnector, SaysWhatIsWrongWithAnEnvelope) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"[]", "envelope: expected an object, found array"},
      {R"({"payload":1})", "envelope: member 'id' is missing"},
      {R"({"id":"o-1"})", "envelope: member 'payload' is missing"},
      {R"({"id":1,"payload":1})", "envelope: member 'id': expected a string, found number"},
      {R"({"id":"o","payload":1,"metadata":[]})",
       "envelope: member 'metadata': expected an object, found array"},
      {R"({"id":"o","payload":1,"metadata":{"a":1}})",
       "envelope: member 'metadata.a': expected a string, found number"},
      {R"({"id":"o","payload":1,"metadata":{")" + std::string(999, 'k') + R"(":1}})",
       "envelope: member 'metadata." + std::string(188, 'k') + "…': expected a string, found number"},
      {std::string(100, '['), "JSON nested deeper than 64 levels"},
  };
  for (const auto& [line, defect] : cases) {
    const TemporaryFile file(line);
    const auto all = read(file.path(), JsonlFormat::envelope);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].defect, defect);
    EXPECT_EQ(all[0].id, file.path() + ":1");
  }
}

// The writer stays: what is there is answered, and a stop ends the waiting for more.
TEST(JsonlConnector, AnswersWithWhatIsInAPipe) {
  const Fifo fifo;
  std::stop_source stop;
  TaskContext context({}, stop.get_token());
  JsonlConnector connector({.path = fifo.path()}, context);
  connector.init();
  auto writer = fifo.open_writer();
  writer << "1\n2\n3\n" << std::flush;
  EXPECT_EQ(connector.fetch(100).size(), 3U);
  const std::jthread asking([&] { stop.request_stop(); });
  EXPECT_TRUE(connector.fetch(100).empty());
}

TEST(JsonlConnector, SaysWhichFileIsMissing) {
  JsonlConnector connector({.path = "no/such/file.jsonl"});
  EXPECT_THROW(connector.init(), SystemError);
}

TEST(JsonlConnector, GivesEachLineToOneThreadConcurrentSafe) {
  constexpr int kLines = 5'000;
  std::string text;
  for (int line = 1; line <= kLines; ++line) text += std::to_string(line) + "\n";
  const TemporaryFile file(text);
  JsonlConnector connector({.path = file.path()});
  connector.init();
  std::vector<std::vector<RawTransaction>> seen(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : seen) {
      threads.emplace_back([&] {
        for (auto batch = connector.fetch(7); !batch.empty(); batch = connector.fetch(7)) {
          for (auto& transaction : batch) mine.push_back(std::move(transaction));
        }
      });
    }
  }
  std::set<std::string> payloads;
  for (const auto& mine : seen) {
    for (const auto& transaction : mine) {
      EXPECT_EQ(transaction.payload, std::to_string(transaction.line));
      payloads.insert(transaction.payload);
    }
  }
  EXPECT_EQ(payloads.size(), static_cast<std::size_t>(kLines));
}

}  // namespace
}  // namespace ergon::test
