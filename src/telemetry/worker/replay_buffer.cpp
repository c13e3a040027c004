#include "telemetry/worker/replay_buffer.hpp"

#include <iterator>
#include <utility>

#include "base/diagnostic.hpp"
#include "telemetry/record/local_root.hpp"

namespace ergon::inline v0::telemetry {

namespace {

// What a record takes beside its bytes: its place in a list, and the heap's own.
constexpr std::size_t kRecordBytes = 96;
// What a local root takes beside its records: the entries in list and table.
constexpr std::size_t kWaitingBytes = 256;

// What ended_ remembers of a local root that has ended, or failed before.
constexpr std::uint64_t kEndedWell = 1;
constexpr std::uint64_t kFailed = 2;

std::size_t cost_of(const std::vector<std::byte>& record) { return record.size() + kRecordBytes; }

std::uint64_t key_of(const LogRecord& record) {
  return local_root_key(record.context.trace_id, record.local_root);
}

void report_shortage() {
  static constinit base::Diagnostic limited{"telemetry: logs to be replayed or not take too much memory"};
  limited.report("those of the transaction that has waited longest are dropped");
}

}  // namespace

ReplayBuffer::ReplayBuffer(MemoryBudget& budget, std::size_t keep)
    : budget_(budget),
      keep_(keep),
      decision_bytes_(budget.limit() / 256),
      limit_(budget.limit() / 32 - decision_bytes_),
      taken_bytes_(decision_bytes_ + limit_),
      ended_(decision_bytes_) {
  // Where there is no room for that, which metric cells of an earlier session may hold, it is beyond the
  // budget.
  if (!budget_.try_take(Signal::logs, taken_bytes_)) taken_bytes_ = 0;
}

ReplayBuffer::~ReplayBuffer() { budget_.give_back(Signal::logs, taken_bytes_); }

bool ReplayBuffer::hold(const LogRecord& record) {
  const std::uint64_t key = key_of(record);
  const std::uint64_t ended = ended_.find(key);
  if (ended == kFailed) {
    ended_.put(key, kFailed);  // not to be forgotten before those that are heard of less
    return false;
  }
  if (ended == kEndedWell) {
    ++left_out_;
    return true;
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(&record);
  std::vector<std::byte> copy(bytes, bytes + record.header.size);
  const std::size_t cost = cost_of(copy);
  if (!make_room(cost + kWaitingBytes)) {
    ++evicted_;
    return true;
  }
  Records& records = find_or_add(key)->records;  // it may have been the one that made room
  records.push_back(std::move(copy));
  held_bytes_ += cost;
  ++held_;
  if (records.size() > keep_) {
    forget_first(records);
    ++left_out_;
  }
  return true;
}

void ReplayBuffer::note_error(const LogRecord& record) {
  if (record.local_root != 0) settle(key_of(record), kFailed);
}

void ReplayBuffer::end(const LocalRootEnd& root) {
  const std::uint64_t key = local_root_key(root.trace_id, root.local_root);
  const bool has_failed = root.has_failed || ended_.find(key) == kFailed;
  settle(key, has_failed ? kFailed : kEndedWell);
}

// What comes later of this local root goes the way of what has waited.
void ReplayBuffer::settle(std::uint64_t key, std::uint64_t outcome) {
  ended_.put(key, outcome);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  Records& records = found->second->records;
  outcome == kFailed ? replay(records) : forget(records, left_out_);
  remove(found->second);
}

void ReplayBuffer::replay_all() noexcept {
  while (!waiting_.empty()) {
    replay(waiting_.front().records);
    remove(waiting_.begin());
  }
}

void ReplayBuffer::leave_out_all() noexcept {
  while (!waiting_.empty()) {
    forget(waiting_.front().records, left_out_);
    remove(waiting_.begin());
  }
}

const LogRecord* ReplayBuffer::next() const {
  return ready_.empty() ? nullptr : reinterpret_cast<const LogRecord*>(ready_.front().data());
}

void ReplayBuffer::pop() { forget_first(ready_); }

ReplayBuffer::Queue::iterator ReplayBuffer::find_or_add(std::uint64_t key) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) return found->second;
  Queue added;
  added.push_back({.key = key});
  by_key_.emplace(key, added.begin());
  waiting_.splice(waiting_.end(), added);
  held_bytes_ += kWaitingBytes;
  return std::prev(waiting_.end());
}

bool ReplayBuffer::make_room(std::size_t bytes) {
  while (held_bytes_ + bytes > limit_ && !waiting_.empty()) {
    report_shortage();
    forget(waiting_.front().records, evicted_);
    remove(waiting_.begin());
  }
  return held_bytes_ + bytes <= limit_;
}

void ReplayBuffer::remove(Queue::iterator waiting) noexcept {
  by_key_.erase(waiting->key);
  waiting_.erase(waiting);
  held_bytes_ -= kWaitingBytes;
}

void ReplayBuffer::forget(Records& records, std::uint64_t& counter) noexcept {
  counter += records.size();
  while (!records.empty()) forget_first(records);
}

void ReplayBuffer::forget_first(Records& records) noexcept {
  held_bytes_ -= cost_of(records.front());
  --held_;
  records.pop_front();
}

}  // namespace ergon::inline v0::telemetry
