#include <ergon/connectors/jsonl.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <ergon/task/errors.hpp>

#include "support/temporary_folder.hpp"

namespace ergon::test {
namespace {

class JsonlDeadLetters : public ::testing::Test {
 protected:
  JsonlDeadLetters() { std::ofstream(path("in")) << "{\"n\":1}\nnot json\n\n4\n"; }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path() / name; }
  [[nodiscard]] std::string text_of(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::unique_ptr<JsonlConnector> open() {
    auto connector = std::make_unique<JsonlConnector>(
        JsonlConnector::Options{.path = path("in"), .dead_letters = path("dead")}, first_run_);
    connector->init();
    return connector;
  }
  // What fetches them in a run of that context.
  [[nodiscard]] std::unique_ptr<Connector> replay(TaskContext& context) {
    JsonlConnector connector({.path = path("in"), .dead_letters = path("dead")}, context);
    auto letters = connector.dead_letters();
    letters->init();
    return letters;
  }

  TemporaryFolder folder_;
  TaskContext first_run_{{.run_id = "1"}};
  TaskContext second_run_{{.run_id = "2"}};
};

TEST_F(JsonlDeadLetters, KeepWhateverIsGivenUp) {
  const auto connector = open();
  for (RawTransaction& one : connector->fetch(3)) {
    one.metadata["why"] = "it is bad";
    EXPECT_TRUE(connector->dead_letter(one));
  }
  const std::string id = "{\"id\":\"" + path("in") + ":";
  const std::string end = ",\"metadata\":{\"why\":\"it is bad\"}}\n";
  EXPECT_EQ(text_of("dead"), id + "1\",\"payload\":{\"n\":1}" + end + id + "2\",\"payload\":\"not json\"" +
                                 end + id + "3\",\"payload\":null" + end);
}

TEST_F(JsonlDeadLetters, LeaveOutWhatIsTooLong) {
  const auto connector = open();
  const std::string longest = '"' + std::string((16U << 20U) - 2, 'x') + '"';
  EXPECT_TRUE(connector->dead_letter({.id = "a", .payload = longest}));
  EXPECT_EQ(text_of("dead"),
            "{\"id\":\"a\",\"payload\":null,\"metadata\":{\"ergon.dead_letter.omitted\":"
            "\"the payload: the line would be longer than 16 MiB\"}}\n");
}

TEST_F(JsonlDeadLetters, HaveNoPlaceUnlessOneIsNamed) {
  JsonlConnector connector({.path = path("in")});
  connector.init();
  EXPECT_FALSE(connector.dead_letter({.id = "a", .payload = "1"}));
  EXPECT_EQ(connector.dead_letters(), nullptr);
  EXPECT_THROW(JsonlConnector({.path = path("in"), .dead_letters = "/no/such/folder"}).init(), SystemError);
}

TEST_F(JsonlDeadLetters, AreFetchedOnce) {
  const auto connector = open();
  for (const char* id : {"a", "b", "c"})
    EXPECT_TRUE(connector->dead_letter({.id = id, .payload = "1", .metadata = {{"k", id}}}));
  {
    const auto letters = replay(first_run_);
    const auto batch = letters->fetch(10);
    ASSERT_EQ(batch.size(), 3U);
    EXPECT_EQ(batch[2].id, "c");
    EXPECT_EQ(batch[2].metadata, (Metadata{{"k", "c"}}));
    letters->ack(batch[0]);
    EXPECT_TRUE(letters->dead_letter(batch[1]));
    letters->nack(batch[1], Requeue::no);
    EXPECT_TRUE(letters->fetch(10).empty()) << "what is given up again waits for the next replay";
    EXPECT_EQ(letters->count(), 0U);
    const auto colleague = replay(first_run_);
    EXPECT_TRUE(colleague->fetch(10).empty()) << "for every worker of this one";
  }
  EXPECT_TRUE(connector->dead_letter({.id = "d", .payload = "1"}));
  const auto letters = replay(second_run_);
  std::vector<std::string> ids;
  for (auto batch = letters->fetch(10); !batch.empty(); batch = letters->fetch(10)) {
    for (const RawTransaction& one : batch) ids.push_back(one.id);
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"c", "b", "d"}));
}

TEST_F(JsonlDeadLetters, MayBeNone) {
  const auto letters = replay(first_run_);
  EXPECT_TRUE(letters->fetch(10).empty());
  EXPECT_TRUE(letters->dead_letter({.id = "a", .payload = "1"}));
  EXPECT_TRUE(letters->fetch(10).empty());
}

}  // namespace
}  // namespace ergon::test
