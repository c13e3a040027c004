#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <ergon/task/errors.hpp>

#include "unit/connectors/fifo.hpp"
#include "unit/connectors/jsonl_workers.hpp"

// A file that is written to while it is read, and pipes.
namespace ergon::test {
namespace {

class JsonlGrowing : public JsonlWorkers {};

TEST_F(JsonlGrowing, ReadsWhatIsAppendedMeanwhile) {
  append("1\n\n");
  const auto one = worker();
  EXPECT_EQ(payloads(one->connector.fetch(10)), Payloads{"1"});
  EXPECT_TRUE(one->connector.fetch(10).empty());
  EXPECT_EQ(one->connector.count(), 0U) << "an empty last line is none";
  append("3\n");
  EXPECT_EQ(one->connector.count(), 2U);
  EXPECT_EQ(payloads(one->connector.fetch(10)), (Payloads{"", "3"})) << "now it is not the last";
}

TEST_F(JsonlGrowing, TakesALastLineWithoutNewlineByItself) {
  append("1\n2");
  let_rest();
  const auto one = worker();
  EXPECT_EQ(one->connector.count(), 2U);
  EXPECT_EQ(payloads(one->connector.fetch(10)), Payloads{"1"});
  EXPECT_EQ(payloads(one->connector.fetch(10)), Payloads{"2"});
  append("\n3\n");
  EXPECT_EQ(one->connector.count(), 1U);
  const auto batch = one->connector.fetch(10);
  EXPECT_EQ(payloads(batch), Payloads{"3"}) << "and its newline, when it comes, is no empty line";
  EXPECT_EQ(batch[0].line, 3U);
}

TEST_F(JsonlGrowing, WaitsForTheEndOfALineThatIsBeingWritten) {
  append("{\"half\"");
  const auto one = worker();
  std::vector<RawTransaction> batch;
  {
    const std::jthread fetching([&] { batch = one->connector.fetch(10); });
    append(":1}\n");
  }
  EXPECT_EQ(payloads(batch), Payloads{"{\"half\":1}"});
}

TEST_F(JsonlGrowing, EndsItsWaitingWhenAskedToStop) {
  append("half");
  const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, {.tv_sec = 0, .tv_nsec = UTIME_NOW}};
  ::utimensat(AT_FDCWD, path("in").c_str(), times, 0);
  std::stop_source stop;
  stop.request_stop();
  TaskContext context({}, stop.get_token());
  JsonlConnector connector({.path = path("in")}, context);
  connector.init();
  static_cast<void>(connector.fetch(1));  // at once or, on a slow machine, with the line
}

TEST_F(JsonlGrowing, SharesNoPipe) {
  const Fifo fifo;
  TaskContext first({.worker_id = 0});
  TaskContext second({.worker_id = 1});
  EXPECT_NO_THROW(JsonlConnector({.path = fifo.path()}, first).init());
  try {
    JsonlConnector({.path = fifo.path()}, second).init();
    FAIL();
  } catch (const SystemError& error) {
    EXPECT_EQ(error.what(),
              "cannot share " + fifo.path() + ": it is no regular file, which one worker alone can read");
  }
  EXPECT_THROW(JsonlConnector({.path = fifo.path(), .offsets = path("o")}).init(), SystemError);
}

TEST_F(JsonlGrowing, HasLinesOfAPipeComeAgain) {
  const Fifo fifo;
  JsonlConnector connector({.path = fifo.path(), .format = JsonlFormat::envelope});
  connector.init();
  fifo.open_writer() << R"({"id":"a","payload":1})" << '\n';
  const auto batch = connector.fetch(10);
  connector.nack(batch.at(0), Requeue::yes);
  const auto again = connector.fetch(10);
  EXPECT_EQ(payloads(again), Payloads{"1"});
  EXPECT_EQ(again[0].id, "a");
  EXPECT_EQ(again[0].deliveries, 2);
  EXPECT_TRUE(connector.fetch(10).empty());
}

}  // namespace
}  // namespace ergon::test
