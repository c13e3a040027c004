#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ergon/task/producer.hpp>
#include <ergon/testing/recording.hpp>

#include "task/producer_loop.hpp"
#include "unit/task/fakes.hpp"
#include "unit/task/loop_seat.hpp"
#include "unit/task/outbox.hpp"

namespace ergon::test {

using MadeItem = std::optional<Transaction<Item>>;

/// Makes what a test says.
struct Maker : Producer<Item> {
  using Script = std::function<MadeItem()>;
  static inline Script script{};

  MadeItem prepare() override { return script(); }
};

inline MadeItem made(std::int64_t number) {
  return Transaction<Item>("m-" + std::to_string(number), Item{number}, {{"key", "value"}});
}

/// So many, then none; the numbers in `failing` can't be prepared.
inline Maker::Script making(std::int64_t count, std::vector<std::int64_t> failing = {}) {
  return [count, failing = std::move(failing), next = std::int64_t{0}]() mutable -> MadeItem {
    if (next == count) return std::nullopt;
    ++next;
    if (std::ranges::find(failing, next) != failing.end()) throw SystemError("no database");
    return made(next);
  };
}

/// The same, with handlers that note what they get.
struct Noting : Maker {
  static inline std::vector<std::string> notes{};
  static inline std::int64_t fails_at{0};

  void handle_dispatched(const Transaction<Item>& transaction) override {
    notes.push_back("dispatched " + transaction.id());
    if (transaction.payload().number == fails_at) throw SystemError("can't mark it");
  }
  void handle_dispatch_failed(const Transaction<Item>& transaction, const TaskError& error) override {
    notes.push_back("failed " + transaction.id() + ": " + error.transaction_id + " " + error.message);
  }
  void exit() override { notes.emplace_back("exit"); }
};

inline Policies in_batches_of(std::int64_t size, std::int64_t dispatch_attempts = 1) {
  return {
      .producer = {
          .batch = {size},
          .empty_backoff = {.initial = std::chrono::milliseconds(0), .cap = std::chrono::milliseconds(0)},
          .dispatch = {
              {.max_attempts = dispatch_attempts, .backoff = std::chrono::milliseconds(0), .jitter = 0}}}};
}

/// A loop over a producer and a connector, with all that it needs.
class ProducerStand {
 public:
  ProducerStand(const ergon::detail::ProducerType& type, Connector& sink, Policies policies,
                std::optional<std::int64_t> limit = {}, const std::string& task = "Maker")
      : policies_(std::move(policies)),
        seat_(limit),
        context_({.task = task}),
        type_(type),
        task_(ergon::detail::TaskTelemetry::without_consumer({task, "out", "fake"})),
        loop_(telemetry_, type_, type_.make(context_), sink, policies_, seat_.thread()) {}

  ergon::detail::ProducerLoop* operator->() { return &loop_; }
  LoopSeat& seat() { return seat_; }
  [[nodiscard]] ergon::detail::Tally tally() const { return seat_.cell().tally(); }

 private:
  Policies policies_;
  LoopSeat seat_;
  TaskContext context_;
  ergon::detail::ProducerType type_;
  ergon::detail::TaskTelemetry task_;
  ergon::detail::ProducerTelemetry telemetry_{task_, "out", "fake", false};
  ergon::detail::ProducerLoop loop_;
};

/// Producers that note in `Noting::notes` what is called.
class ProducerTest : public ::testing::Test {
 protected:
  void SetUp() override { Noting::notes.clear(); }
  void TearDown() override {
    Maker::script = {};
    Noting::fails_at = 0;
  }

  testing::Recorder recorder_;
  Outbox outbox_;
  ergon::detail::ProducerType maker_ = ergon::detail::producer_type<Maker>();
  ergon::detail::ProducerType noting_ = ergon::detail::producer_type<Noting>();
};

}  // namespace ergon::test
