#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <ergon/task/errors.hpp>

#include "unit/connectors/jsonl_workers.hpp"

// What each worker gets of a file, and what is kept of it.
namespace ergon::test {
namespace {

class JsonlSharing : public JsonlWorkers {};

TEST_F(JsonlSharing, GivesEachLineToOneWorker) {
  append("1\n2\n3\n4\n");
  const auto one = worker();
  const auto other = worker();
  EXPECT_EQ(payloads(one->connector.fetch(1)), Payloads{"1"});
  const auto batch = other->connector.fetch(2);
  EXPECT_EQ(payloads(batch), (Payloads{"2", "3"}));
  EXPECT_EQ(batch[1].id, path("in") + ":3");
  EXPECT_EQ(batch[1].line, 3U);
  EXPECT_EQ(payloads(one->connector.fetch(2)), Payloads{"4"});
  EXPECT_TRUE(other->connector.fetch(2).empty());
}

TEST_F(JsonlSharing, HasLinesOfAWorkerThatIsGoneComeFirst) {
  append("1\n\n3\n4\n");
  auto one = worker();
  const auto other = worker();
  one->connector.ack(one->connector.fetch(3).at(0));
  one.reset();
  const auto batch = other->connector.fetch(10);
  ASSERT_EQ(batch.size(), 1U) << "each may have killed it, and is the last of its batch";
  EXPECT_EQ(batch[0].defect, "the line is empty");
  EXPECT_EQ(batch[0].line, 2U);
  EXPECT_EQ(batch[0].deliveries, 2);
  EXPECT_EQ(payloads(other->connector.fetch(10)), Payloads{"3"});
  EXPECT_EQ(other->connector.fetch(10).at(0).deliveries, 1);
}

TEST_F(JsonlSharing, BeginsAnewWithEachRun) {
  append("1\n");
  JsonlConnector alone({.path = path("in")});
  alone.init();
  JsonlConnector another({.path = path("in")});
  another.init();
  EXPECT_EQ(alone.fetch(1).size(), 1U);
  EXPECT_EQ(another.fetch(1).size(), 1U) << "they are in no folder of a run";
}

TEST_F(JsonlSharing, GoesOnWhereTheLastRunEnded) {
  append("1\n2\n3\n");
  {
    JsonlConnector first = kept();
    first.init();
    const auto batch = first.fetch(2);
    first.ack(batch[1]);
    first.exit();
  }
  append("4\n");
  JsonlConnector second = kept();
  second.init();
  EXPECT_EQ(second.count(), 3U);
  Payloads all;
  for (auto batch = second.fetch(10); !batch.empty(); batch = second.fetch(10)) {
    for (const RawTransaction& one : batch) {
      all.push_back(one.payload);
      second.nack(one, Requeue::no);
    }
  }
  EXPECT_EQ(all, (Payloads{"1", "3", "4"}));
  EXPECT_EQ(second.count(), 0U);
  second.exit();
  JsonlConnector third = kept();
  third.init();
  EXPECT_TRUE(third.fetch(10).empty());
}

TEST_F(JsonlSharing, SaysWhenTheFileIsAnother) {
  append("1\n2\n");
  {
    JsonlConnector first = kept();
    first.init();
    EXPECT_EQ(first.fetch(10).size(), 2U);
  }
  std::filesystem::resize_file(path("in"), 2);
  EXPECT_THROW(kept().init(), SystemError);
  std::filesystem::remove(path("offsets"));
  EXPECT_NO_THROW(kept().init());
}

TEST_F(JsonlSharing, CountsWhatComesAgain) {
  append("1\n2\n3\n");
  const auto one = worker();
  const auto other = worker();
  const auto batch = one->connector.fetch(2);
  EXPECT_EQ(other->connector.count(), 1U);
  one->connector.nack(batch[0], Requeue::yes);
  EXPECT_EQ(other->connector.count(), 2U);
  EXPECT_EQ(payloads(other->connector.fetch(1)), Payloads{"1"});
  EXPECT_EQ(one->connector.count(), 1U);
}

TEST_F(JsonlSharing, SaysWhichLinesAreGone) {
  append("1\n22\n" + std::string(1U << 20U, 'x') + "\n");
  const auto one = worker();
  for (const auto& transaction : one->connector.fetch(3)) one->connector.nack(transaction, Requeue::yes);
  std::filesystem::resize_file(path("in"), 2);
  const auto batch = one->connector.fetch(3);
  ASSERT_EQ(batch.size(), 3U);
  EXPECT_EQ(batch[0].payload, "1");
  EXPECT_EQ(batch[2].defect, "the line is gone: the file was cut short");
  EXPECT_EQ(batch[2].id, path("in") + ":3");
}

TEST_F(JsonlSharing, ReadsMoreThanAClaimHolds) {
  std::string text;
  for (int line = 1; line <= 1'000; ++line) text += std::to_string(line) + '\n';
  append(text);
  auto one = worker();
  const auto first = one->connector.fetch(150);
  EXPECT_EQ(first.size(), 150U);
  for (const RawTransaction& transaction : first) one->connector.nack(transaction, Requeue::yes);
  one.reset();
  const auto other = worker();
  const auto batch = other->connector.fetch(500);
  ASSERT_EQ(batch.size(), 500U);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    EXPECT_EQ(batch[i].payload, std::to_string(i + 1));
    EXPECT_EQ(batch[i].line, i + 1);
    EXPECT_EQ(batch[i].deliveries, i < 150 ? 2 : 1);
  }
}

TEST_F(JsonlSharing, FindsLinesById) {
  append("1\n2\n");
  const auto plain = worker();
  const auto found = plain->connector.fetch_by_id(path("in") + ":2");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->payload, "2");
  EXPECT_EQ(found->delivery_tag, 0U);
  plain->connector.ack(*found);
  EXPECT_EQ(plain->connector.fetch(10).size(), 2U) << "it is not claimed";
  for (const char* id : {":3", ":0", ":2x", ":", "2"})
    EXPECT_FALSE(plain->connector.fetch_by_id(path("in") + id)) << id;
  append("{\"id\":\"a\",\"payload\":3}\n");
  const auto envelopes = worker({.format = JsonlFormat::envelope});
  EXPECT_EQ(envelopes->connector.fetch_by_id("a")->payload, "3");
  EXPECT_NE(envelopes->connector.fetch_by_id(path("in") + ":1")->defect, "");
  EXPECT_FALSE(envelopes->connector.fetch_by_id("b"));
}

TEST_F(JsonlSharing, IsHealthyWhileTheFileIsThere) {
  append("1\n");
  const auto one = worker();
  EXPECT_TRUE(one->connector.health().is_healthy);
  std::filesystem::remove(path("in"));
  EXPECT_EQ(one->connector.health().reason, "cannot read " + path("in") + ": No such file or directory");
}

TEST_F(JsonlSharing, GivesEachLineToOneThreadOfOneWorkerConcurrentSafe) {
  constexpr std::size_t kLines = 50'000;
  std::string text;
  for (std::size_t line = 1; line <= kLines; ++line)
    text += R"({"order":")" + std::to_string(line) +
            R"(","amount":12.5,"currency":"EUR","customer":"c-1"})"
            "\n";
  append(text);
  const std::vector<std::unique_ptr<Worker>> workers = [&] {
    std::vector<std::unique_ptr<Worker>> all;
    for (int i = 0; i < 3; ++i) all.push_back(worker());
    return all;
  }();
  std::vector<std::atomic<int>> times(kLines);
  const auto start = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 12; ++i) {
      threads.emplace_back([&, i] {
        JsonlConnector& connector = workers[static_cast<std::size_t>(i % 3)]->connector;
        for (auto batch = connector.fetch(100); !batch.empty(); batch = connector.fetch(100)) {
          for (const RawTransaction& one : batch) {
            ++times[one.line - 1];
            connector.ack(one);
          }
        }
      });
    }
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  RecordProperty("seconds", std::to_string(taken.count()));
  for (const auto& one : times) ASSERT_EQ(one, 1);
}

}  // namespace
}  // namespace ergon::test
