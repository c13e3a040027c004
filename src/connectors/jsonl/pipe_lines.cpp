#include "connectors/jsonl/pipe_lines.hpp"

#include <chrono>
#include <utility>

#include "connectors/jsonl/transaction_lines.hpp"

namespace ergon::inline v0::detail {
namespace {

constexpr std::chrono::milliseconds kBeat{50};

}  // namespace

PipeLines::PipeLines(std::unique_ptr<LineReader> reader, std::string path, JsonlFormat format,
                     std::function<void()> beat)
    : path_(std::move(path)), format_(format), beat_(std::move(beat)), reader_(std::move(reader)) {}

std::vector<RawTransaction> PipeLines::fetch(std::size_t limit) {
  std::vector<RawTransaction> batch = take_again(limit);
  if (!batch.empty()) return batch;
  {
    std::unique_lock lock(reader_mutex_, std::defer_lock);
    while (!lock.try_lock_for(kBeat)) beat_();  // whoever has it ends when the worker is to stop
    while (batch.size() < limit) {
      const auto line = reader_->next(batch.empty() ? LineReader::Wait::yes : LineReader::Wait::no);
      if (!line) break;
      batch.push_back(read_line(*line, path_));
    }
  }
  open_envelopes(batch, format_);
  return batch.empty() ? take_again(limit) : batch;
}

void PipeLines::give_back(const RawTransaction& transaction) {
  const std::lock_guard lock(again_mutex_);
  again_.push_back(transaction);
  ++again_.back().deliveries;
}

std::vector<RawTransaction> PipeLines::take_again(std::size_t limit) {
  std::vector<RawTransaction> batch;
  const std::lock_guard lock(again_mutex_);
  for (; !again_.empty() && batch.size() < limit; again_.pop_front()) {
    batch.push_back(std::move(again_.front()));
  }
  return batch;
}

}  // namespace ergon::inline v0::detail
