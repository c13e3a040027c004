#include "connectors/jsonl/shared_lines.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <chrono>
#include <limits>
#include <thread>
#include <utility>

#include "connectors/jsonl/file_error.hpp"
#include "connectors/jsonl/transaction_lines.hpp"

namespace ergon::inline v0::detail {
namespace {

using namespace std::chrono_literals;

// How long a last line without a newline must not have changed to count as a whole one.
constexpr auto kRest = 100ms;
constexpr auto kStep = 10ms;

}  // namespace

SharedLines::SharedLines(std::unique_ptr<LineReader> reader, Setup setup)
    : setup_(std::move(setup)),
      reader_(std::move(reader)),
      claims_(setup_.claims_path, setup_.path, status_of(reader_->descriptor(), setup_.path)),
      line_count_(reader_->descriptor(), setup_.path, Claims::Turn(claims_).next()),
      end_(end_of_run()) {}

std::uint64_t SharedLines::end_of_run() {
  if (!setup_.ends_with_run) return std::numeric_limits<std::uint64_t>::max();
  return Claims::Turn(claims_).end_of_run(setup_.run_id, status_of(reader_->descriptor(), setup_.path).size);
}

std::vector<RawTransaction> SharedLines::fetch(std::size_t limit) {
  Taking taking{.limit = limit};
  do {
    taking.is_last_growing = false;
    take(taking);
  } while (taking.batch.empty() && taking.is_last_growing && wait_a_step());
  open_envelopes(taking.batch, setup_.format);
  return std::move(taking.batch);
}

void SharedLines::take(Taking& taking) {
  Claims::Turn turn(claims_);
  try {
    while (taking.batch.size() < taking.limit && !taking.has_suspect &&
           (take_again(turn, taking) || take_new(turn, taking))) {
    }
  } catch (...) {
    for (const RawTransaction& transaction : taking.batch) give_back(transaction);
    throw;
  }
}

// The transactions are there before the lines are read: should that fail, they are given back.
bool SharedLines::take_again(Claims::Turn& turn, Taking& taking) {
  auto& batch = taking.batch;
  const std::size_t first = batch.size();
  batch.reserve(first + std::min(taking.limit - first, kLinesOfAClaim));
  const auto claimed = turn.take_again(taking.limit - first);
  if (!claimed) return false;
  taking.has_suspect = claimed->is_suspect;  // what comes behind it would die with it
  for (std::uint64_t lines = claimed->lines; lines != 0; lines &= lines - 1) {
    batch.push_back({.deliveries = static_cast<std::int64_t>(claimed->deliveries),
                     .delivery_tag = claimed->first_tag + static_cast<unsigned>(std::countr_zero(lines))});
  }
  reader_->seek(claimed->begin.offset, claimed->begin.lines);
  std::uint64_t number = claimed->begin.lines;
  auto transaction = batch.begin() + static_cast<std::ptrdiff_t>(first);
  for (std::uint64_t lines = claimed->lines; lines != 0; lines >>= 1U) {
    const auto line = reader_->next(LineReader::Wait::no);
    ++number;
    if ((lines & 1U) == 0) continue;
    RawTransaction read = line ? read_line(*line, setup_.path)
                               : RawTransaction{.id = line_id(setup_.path, number),
                                                .line = number,
                                                .defect = "the line is gone: the file was cut short"};
    read.deliveries = transaction->deliveries;
    read.delivery_tag = transaction->delivery_tag;
    *transaction++ = std::move(read);
  }
  return true;
}

bool SharedLines::take_new(Claims::Turn& turn, Taking& taking) {
  go_to_new(turn);
  auto& batch = taking.batch;
  const std::size_t first = batch.size();
  const std::size_t most = std::min(taking.limit - first, kLinesOfAClaim);
  LinePosition end;
  while (batch.size() - first < most) {
    const auto line = reader_->next(LineReader::Wait::no);
    if (!line || reader_->offset() > end_ || !may_take(*line, taking)) break;
    batch.push_back(read_line(*line, setup_.path));
    end = {reader_->offset(), line->number};
  }
  if (batch.size() == first) return false;
  std::uint64_t tag = turn.take_until(end).first_tag;
  std::for_each(batch.begin() + static_cast<std::ptrdiff_t>(first), batch.end(),
                [&](RawTransaction& transaction) { transaction.delivery_tag = tag++; });
  return true;
}

// A last line that was taken without its newline may have got it since: that is no empty line.
void SharedLines::go_to_new(Claims::Turn& turn) {
  const LinePosition start = turn.next();
  reader_->seek(start.offset, start.lines);
  if (start.offset == 0) return;
  char before = '\n';
  if (::pread(reader_->descriptor(), &before, 1, static_cast<off_t>(start.offset - 1)) != 1 || before == '\n')
    return;
  const auto rest = reader_->next(LineReader::Wait::no);
  if (rest && rest->is_ended && rest->text.empty() && !rest->is_too_long)
    turn.pass_over_until({reader_->offset(), start.lines});
  const LinePosition after = turn.next();
  reader_->seek(after.offset, after.lines);
}

// A last line without a newline is taken by itself, once nobody is writing to it any more.
bool SharedLines::may_take(const LineReader::Line& line, Taking& taking) const {
  if (line.is_ended) return true;
  if (!taking.batch.empty()) return false;
  taking.is_last_growing = !has_come_to_rest();
  return !taking.is_last_growing;
}

bool SharedLines::has_come_to_rest() const {
  struct stat status{};
  if (::fstat(reader_->descriptor(), &status) != 0) throw_file_error("read", setup_.path, errno);
  const auto changed =
      std::chrono::seconds(status.st_mtim.tv_sec) + std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  const auto since = std::chrono::system_clock::now().time_since_epoch() - changed;
  return since >= kRest || since < 0ns;  // by another clock than ours
}

bool SharedLines::wait_a_step() const {
  if (setup_.stop.stop_requested()) return false;
  if (setup_.at_each_step) setup_.at_each_step();
  std::this_thread::sleep_for(kStep);
  return true;
}

// What can't be known now, may be at the next call.
std::optional<std::uint64_t> SharedLines::count() {
  LinePosition next;
  std::uint64_t again = 0;
  {
    Claims::Turn turn(claims_);
    next = turn.next();
    again = turn.count_again();
  }
  const std::uint64_t size = status_of(reader_->descriptor(), setup_.path).size;
  const auto lines = line_count_.lines_until(std::min(end_, size));
  if (!lines) return std::nullopt;
  return again + *lines - std::min(*lines, next.lines);
}

}  // namespace ergon::inline v0::detail
