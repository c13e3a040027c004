#pragma once

#include <algorithm>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <ergon/task/connector.hpp>
#include <ergon/task/consumer.hpp>
#include <ergon/task/errors.hpp>
#include <ergon/task/payload.hpp>

namespace ergon::test {

struct Item {
  std::int64_t number;
};
ERGON_PAYLOAD(Item, number)

inline RawTransaction item(int number) {
  return {.id = "i-" + std::to_string(number), .payload = "{\"number\": " + std::to_string(number) + "}"};
}

inline std::vector<RawTransaction> items(int count) {
  std::vector<RawTransaction> all;
  for (int number = 1; number <= count; ++number) all.push_back(item(number));
  return all;
}

/// Notes what happens, in order, from any thread.
class Journal {
 public:
  void note(std::string what) {
    const std::lock_guard lock(mutex_);
    notes_.push_back(std::move(what));
  }
  [[nodiscard]] std::vector<std::string> notes() const {
    const std::lock_guard lock(mutex_);
    return notes_;
  }
  [[nodiscard]] std::size_t count(std::string_view what) const {
    const auto all = notes();
    return static_cast<std::size_t>(std::ranges::count(all, what));
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> notes_;
};

/// Delivers a list and notes how each transaction was settled: "ack i-1", "nack i-2", "requeue i-3".
class ListConnector : public Connector {
 public:
  ListConnector(std::vector<RawTransaction> list, Journal& journal)
      : list_(std::move(list)), journal_(&journal) {}

  std::vector<RawTransaction> fetch(std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<RawTransaction> batch;
    while (batch.size() < limit && next_ < list_.size()) batch.push_back(list_[next_++]);
    return batch;
  }
  void ack(const RawTransaction& transaction) override { journal_->note("ack " + transaction.id); }
  void nack(const RawTransaction& transaction, Requeue requeue) override {
    journal_->note((requeue == Requeue::yes ? "requeue " : "nack ") + transaction.id);
  }

 private:
  std::mutex mutex_;
  std::vector<RawTransaction> list_;
  std::size_t next_{0};  // under the mutex
  Journal* journal_;
};

/// A task for which a test says what it does.
class ScriptedTask : public Consumer<Item> {
 public:
  using Script = std::function<void(const Transaction<Item>&)>;
  static inline Script script{};

  void process(const Transaction<Item>& transaction) override {
    if (script) script(transaction);
  }
};

}  // namespace ergon::test
