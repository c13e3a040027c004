#include <ergon/connectors/memory.hpp>

#include <algorithm>
#include <atomic>
#include <limits>
#include <utility>

#include <ergon/task/errors.hpp>

#include "connectors/memory/memory_queue.hpp"

namespace ergon::inline v0 {

struct MemoryConnector::Queues {
  explicit Queues(std::size_t most) : capacity(most), waiting(most), dead(most) {}

  std::size_t capacity;
  detail::MemoryQueue waiting;
  detail::MemoryQueue dead;
  std::atomic<std::uint64_t> acknowledged{0};
};

MemoryConnector::MemoryConnector(Options options)
    : queues_(
          std::make_shared<Queues>(static_cast<std::size_t>(std::max<std::int64_t>(options.capacity, 1)))) {
  std::vector<RawTransaction> transactions;
  for (std::string& payload : options.payloads) {
    transactions.push_back({.id = std::to_string(transactions.size() + 1), .payload = std::move(payload)});
  }
  MemoryConnector::dispatch(transactions);
}

MemoryConnector::MemoryConnector(Options options, TaskContext& /*context*/)
    : MemoryConnector(std::move(options)) {}

MemoryConnector::~MemoryConnector() = default;

void MemoryConnector::init() { replayed_until_ = queues_->dead.last_number(); }

std::vector<RawTransaction> MemoryConnector::fetch(std::size_t limit) {
  return is_of_dead_letters_ ? queues_->dead.take(limit, replayed_until_)
                             : queues_->waiting.take(limit, std::numeric_limits<std::uint64_t>::max());
}

void MemoryConnector::ack(const RawTransaction& /*transaction*/) {
  queues_->acknowledged.fetch_add(1, std::memory_order_relaxed);  // a number alone
}

void MemoryConnector::nack(const RawTransaction& transaction, Requeue requeue) {
  if (requeue == Requeue::no) return;
  (is_of_dead_letters_ ? queues_->dead : queues_->waiting).put_back(transaction);
}

void MemoryConnector::dispatch(const std::vector<RawTransaction>& transactions) {
  if (queues_->waiting.try_append(transactions)) return;
  throw SystemError("the queue in memory is full: its capacity is " + std::to_string(queues_->capacity));
}

std::optional<RawTransaction> MemoryConnector::fetch_by_id(std::string_view id) {
  return (is_of_dead_letters_ ? queues_->dead : queues_->waiting).take_by_id(id);
}

bool MemoryConnector::dead_letter(const RawTransaction& transaction) {
  queues_->dead.append_dropping_oldest(transaction);
  return true;
}

std::unique_ptr<Connector> MemoryConnector::dead_letters() {
  auto letters = std::make_unique<MemoryConnector>(Options{});
  letters->queues_ = queues_;
  letters->is_of_dead_letters_ = true;
  return letters;
}

std::optional<std::uint64_t> MemoryConnector::count() {
  return is_of_dead_letters_ ? queues_->dead.size() : queues_->waiting.size();
}

std::uint64_t MemoryConnector::acknowledged() const {
  return queues_->acknowledged.load(std::memory_order_relaxed);
}

}  // namespace ergon::inline v0
