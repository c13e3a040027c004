#include <ergon/testing/connector_trial.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <ergon/connectors/jsonl.hpp>
#include <ergon/connectors/memory.hpp>

#include "support/temporary_folder.hpp"
#include "unit/connectors/guide_connector.hpp"

// Every connector of ours does what a connector is asked for, and one that doesn't is found out.
namespace ergon::test {
namespace {

using testing::connector_faults;
using testing::ConnectorTrial;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Transactions = std::vector<RawTransaction>;

class ConnectorConformance : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path() / name; }
  void empty_folder() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      std::filesystem::remove_all(entry.path());
  }

  TemporaryFolder folder_;
};

TEST_F(ConnectorConformance, OfPlainLines) {
  const ConnectorTrial trial{
      .fill =
          [&](const Transactions& all) {
            empty_folder();
            std::ofstream file(path("in.jsonl"));
            for (const RawTransaction& one : all) file << one.payload << '\n';
          },
      .make =
          [&](TaskContext& context) {
            return std::make_unique<JsonlConnector>(
                JsonlConnector::Options{.path = path("in.jsonl"), .offsets = path("in.offsets")}, context);
          },
      .keeps_ids = false,
      .has_dead_letters = false,
  };
  EXPECT_THAT(connector_faults(trial), ElementsAre());
}

TEST_F(ConnectorConformance, OfEnvelopes) {
  const auto sender = [&](TaskContext& context) {
    return std::make_unique<JsonlConnector>(
        JsonlConnector::Options{.path = path("in.jsonl"), .mode = JsonlMode::append}, context);
  };
  const ConnectorTrial trial{
      .fill =
          [&](const Transactions& all) {
            empty_folder();
            TaskContext context({});
            const auto connector = sender(context);
            connector->init();
            connector->dispatch(all);
          },
      .make =
          [&](TaskContext& context) {
            return std::make_unique<JsonlConnector>(
                JsonlConnector::Options{.path = path("in.jsonl"),
                                        .format = JsonlFormat::envelope,
                                        .offsets = path("in.offsets"),
                                        .dead_letters = path("dead.jsonl")},
                context);
          },
      .make_sender = sender,
  };
  EXPECT_THAT(connector_faults(trial), ElementsAre());
}

ConnectorTrial memory_trial(std::vector<std::string>& payloads) {
  return {
      .fill =
          [&](const Transactions& all) {
            payloads.clear();
            for (const RawTransaction& one : all) payloads.push_back(one.payload);
          },
      .make =
          [&](TaskContext& context) {
            return std::make_unique<MemoryConnector>(MemoryConnector::Options{.payloads = payloads}, context);
          },
      .keeps_ids = false,
      .is_durable = false,
      .dispatches = true,
  };
}

TEST_F(ConnectorConformance, OfMemory) {
  std::vector<std::string> payloads;
  EXPECT_THAT(connector_faults(memory_trial(payloads)), ElementsAre());
}

TEST_F(ConnectorConformance, OfTheGuidesExample) {
  const ConnectorTrial trial{
      .fill =
          [&](const Transactions& all) {
            empty_folder();
            for (std::size_t i = 0; i < all.size(); ++i)
              std::ofstream(path(std::to_string(10'000 + i) + ".json")) << to_envelope(all[i]);
          },
      .make =
          [&](TaskContext&) {
            return std::make_unique<FolderConnector>(
                FolderConnector::Options{.path = folder_.path().string()});
          },
      .fetches_by_id = false,
  };
  EXPECT_THAT(connector_faults(trial), ElementsAre());
}

// The faults of a memory connector that is broken in one way.
template <class Broken>
std::vector<std::string> faults_of() {
  std::vector<std::string> payloads;
  ConnectorTrial trial = memory_trial(payloads);
  trial.make = [&](TaskContext&) {
    return std::make_unique<Broken>(MemoryConnector::Options{.payloads = payloads});
  };
  return connector_faults(trial);
}

struct ForgetfulConnector : MemoryConnector {
  using MemoryConnector::MemoryConnector;
  void nack(const RawTransaction& /*transaction*/, Requeue /*requeue*/) override {}
};

TEST_F(ConnectorConformance, FindsOutWhatForgetsNacked) {
  const auto faults = faults_of<ForgetfulConnector>();
  EXPECT_THAT(faults, Contains("nack to come again: {\"n\":1} was not delivered"));
  EXPECT_THAT(faults, Contains("fetch by id: '1' was not found by its id"));
}

struct GreedyConnector : MemoryConnector {
  using MemoryConnector::MemoryConnector;
  std::vector<RawTransaction> fetch(std::size_t limit) override { return MemoryConnector::fetch(limit + 1); }
};

TEST_F(ConnectorConformance, FindsOutWhatPassesItsLimit) {
  const auto faults = faults_of<GreedyConnector>();
  EXPECT_THAT(faults, Contains("delivery: fetch returned more than its limit"));
  EXPECT_THAT(faults, Contains("init and exit: fetch(0) returned something"));
}

struct RepeatingConnector : MemoryConnector {
  using MemoryConnector::MemoryConnector;
  void ack(const RawTransaction& transaction) override {
    if (transaction.id == "3" && transaction.deliveries == 1) nack(transaction, Requeue::yes);
  }
};

TEST_F(ConnectorConformance, FindsOutWhatDeliversTwice) {
  const auto faults = faults_of<RepeatingConnector>();
  EXPECT_THAT(faults, Contains("delivery: {\"n\":3} was delivered 2 times"));
  EXPECT_THAT(faults, Contains("delivery: the id '3' is not unique"));
  EXPECT_THAT(faults, Contains(HasSubstr("four threads: ")));
}

struct ThrowingConnector : MemoryConnector {
  using MemoryConnector::MemoryConnector;
  void init() override { throw SystemError("no such place"); }
};

TEST_F(ConnectorConformance, SaysWhatWasThrown) {
  const auto faults = faults_of<ThrowingConnector>();
  EXPECT_EQ(faults.size(), 9U);
  EXPECT_THAT(faults, Contains("delivery: threw no such place"));
}

}  // namespace
}  // namespace ergon::test
