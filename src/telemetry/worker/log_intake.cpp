// What the worker does with logs that it finds in the rings.
#include <optional>
#include <string_view>

#include "base/diagnostic.hpp"
#include "telemetry/logging/call_source.hpp"
#include "telemetry/logging/log_encoder.hpp"
#include "telemetry/worker/worker.hpp"

namespace ergon::telemetry {

// Of the time before the session there are records of every level; by now their loggers have those of the
// session.
bool Worker::take_log(const LogRecord& record) {
  if (record.header.is_prestart && !record.logger->is_enabled(record.level)) {
    ledger(Signal::logs).open(1, 0);
    return true;
  }
  if (record.level < record.logger->held_below.load(std::memory_order_relaxed)) [[unlikely]]
    return hold_log(record);
  if (replay_ && record.level >= Level::error) replay_->note_error(record);
  return release_replayed() && emit(record, false);
}

// Records of the time before the session have no local root to wait for.
bool Worker::hold_log(const LogRecord& record) {
  if (!replay_ || record.local_root == 0) {
    ledger(Signal::logs).open(1, 0);
    return true;
  }
  return release_replayed() && (replay_->hold(record) || emit(record, true));
}

bool Worker::take_end(const LocalRootEnd& root) {
  if (!release_replayed()) return false;
  if (replay_) replay_->end(root);
  return true;
}

// Gives the logs of transactions that have failed to the pipelines; false where they have no room for all of
// them yet. What fails must not come again, and is dropped.
bool Worker::release_replayed() {
  if (!replay_) return true;
  while (const LogRecord* record = replay_->next()) {
    std::optional<bool> is_taken;
    base::guard("telemetry: a record could not be replayed", [&] { is_taken = emit(*record, true); });
    if (!is_taken.value_or(true)) return false;
    if (!is_taken) ledger(Signal::logs).drop(DropReason::non_retryable);
    replay_->pop();
  }
  return true;
}

// One that is replayed is for all who take errors.
bool Worker::emit(const LogRecord& record, bool is_replayed) {
  scratch_.clear();
  encode_log(record, wall_clock_, scratch_);
  if (is_replayed) append_replayed(scratch_);
  if (has_log_sources_) append_source(record, scratch_);
  if (redactor_) redactor_->redact_log(scratch_);
  const std::size_t size = scratch_.size();
  if (makes_lines_) line_fields_.append(record, scratch_);
  return offer({.signal = Signal::logs,
                .scope = *record.logger->scope,
                .level = is_replayed ? Level::error : record.level,
                .message = std::string_view(scratch_).substr(0, size),
                .line_message = scratch_});
}

}  // namespace ergon::telemetry
