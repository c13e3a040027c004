#include <ergon/connectors/memory.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <ergon/task/errors.hpp>

namespace ergon::test {
namespace {

std::vector<std::string> ids(const std::vector<RawTransaction>& batch) {
  std::vector<std::string> result;
  for (const RawTransaction& one : batch) result.push_back(one.id);
  return result;
}
using Ids = std::vector<std::string>;

TEST(MemoryConnector, BeginsWithItsPayloads) {
  MemoryConnector connector({.payloads = {"1", "{}"}});
  connector.init();
  EXPECT_EQ(connector.count(), 2U);
  const auto batch = connector.fetch(5);
  EXPECT_EQ(ids(batch), (Ids{"1", "2"}));
  EXPECT_EQ(batch[1].payload, "{}");
  EXPECT_EQ(connector.count(), 0U);
  connector.ack(batch[0]);
  EXPECT_EQ(connector.acknowledged(), 1U);
}

TEST(MemoryConnector, TakesAllOrNone) {
  MemoryConnector connector({.payloads = {"1"}, .capacity = 2});
  const RawTransaction one{.id = "a", .payload = "1", .metadata = {{"k", "v"}}};
  EXPECT_THROW(connector.dispatch({one, one}), SystemError);
  EXPECT_EQ(connector.count(), 1U);
  connector.dispatch({one});
  const auto batch = connector.fetch(5);
  EXPECT_EQ(ids(batch), (Ids{"1", "a"}));
  EXPECT_EQ(batch[1].metadata, (Metadata{{"k", "v"}}));
  connector.dispatch({one, one});
  connector.nack(batch[0], Requeue::yes);  // beyond the capacity: it must not be lost
  EXPECT_EQ(ids(connector.fetch(5)), (Ids{"a", "a", "1"}));
}

TEST(MemoryConnector, RefusesMoreThanItsCapacityToBeginWith) {
  EXPECT_THROW(MemoryConnector({.payloads = {"1", "2"}, .capacity = 1}), SystemError);
}

TEST(MemoryConnector, KeepsTheLatestDeadLetters) {
  MemoryConnector connector({.capacity = 2});
  for (const char* id : {"a", "b", "c"}) connector.dead_letter({.id = id});
  const auto letters = connector.dead_letters();
  letters->init();
  EXPECT_EQ(ids(letters->fetch(5)), (Ids{"b", "c"}));
}

TEST(MemoryConnector, ReplaysEachDeadLetterOnce) {
  MemoryConnector connector({});
  connector.dead_letter({.id = "a"});
  connector.dead_letter({.id = "b"});
  const auto letters = connector.dead_letters();
  letters->init();
  const auto batch = letters->fetch(5);
  letters->dead_letter(batch[0]);
  letters->nack(batch[1], Requeue::yes);
  EXPECT_EQ(ids(letters->fetch(5)), Ids{"b"});
  EXPECT_TRUE(letters->fetch(5).empty());
  const auto next = connector.dead_letters();
  next->init();
  EXPECT_EQ(ids(next->fetch(5)), Ids{"a"});
}

}  // namespace
}  // namespace ergon::test
