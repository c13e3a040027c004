// What the worker does with logs that it finds in the rings.
#include <algorithm>
#include <optional>
#include <string_view>

#include <protozero/pbf_reader.hpp>

#include "base/diagnostic.hpp"
#include "base/pbf_view.hpp"
#include "base/wire.hpp"
#include "telemetry/logging/call_source.hpp"
#include "telemetry/logging/line_record.hpp"
#include "telemetry/logging/log_encoder.hpp"
#include "telemetry/worker/worker.hpp"

namespace ergon::inline v0::telemetry {

namespace {

// The scope's name as OTLP has it: valid UTF-8, and there for ever.
std::string_view name_in(const detail::Scope& scope) {
  protozero::pbf_reader reader(scope.encoded.data(), scope.encoded.size());
  return reader.next(1) ? base::view_of(reader.get_view()) : std::string_view();
}

// The attributes and the event name of OTLP's LogRecord.
void keep_fields(std::string_view message, std::string& fields) {
  constexpr protozero::pbf_tag_type kAttributes = 6;
  constexpr protozero::pbf_tag_type kEventName = 12;
  fields.clear();
  for (protozero::pbf_reader reader(message.data(), message.size()); reader.next();) {
    const protozero::pbf_tag_type tag = reader.tag();
    if (tag == kAttributes || tag == kEventName) {
      base::wire::append_field(fields, tag, base::view_of(reader.get_view()));
    } else {
      reader.skip();
    }
  }
}

}  // namespace

// Of the time before the session there are records of every level; by now their loggers have those of the
// session.
bool Worker::take_log(const LogRecord& record) {
  if (record.header.is_prestart && !record.logger->is_enabled(record.level)) {
    ledger(Signal::logs).open(1, 0);
    return true;
  }
  if (record.level < record.logger->held_below.load()) [[unlikely]]
    return hold_log(record);
  if (!release_replayed()) return false;
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
    ++released_[1];
  }
  return true;
}

// One that is replayed is for all who take errors. What nobody takes is not formatted.
bool Worker::emit(const LogRecord& record, bool is_replayed) {
  const Level level = is_replayed ? Level::error : record.level;
  find_takers(Signal::logs, level, true);
  if (takers_.empty()) {
    ledger(Signal::logs).open(1, 0);
    return true;
  }
  const LogView log = encode(record, is_replayed);
  line_record_.clear();
  if (std::ranges::any_of(takers_, [](const Pipeline* taker) { return taker->options().makes_lines; }))
    append_line_record(line_record_, log);
  return offer({.signal = Signal::logs,
                .scope = *record.logger->scope,
                .message = scratch_,
                .line_record = line_record_,
                .log = &log,
                .level = level});
}

// Leaves OTLP's message in scratch_, where anybody needs it, and answers what of the record is to be seen:
// what has been redacted of it is only in the message.
LogView Worker::encode(const LogRecord& record, bool is_replayed) {
  std::string_view fields = record.attributes();
  if (is_replayed || has_log_sources_) {
    log_fields_.assign(fields);
    if (is_replayed) append_replayed(log_fields_);
    if (has_log_sources_) append_source(record.attributes(), source_of(record), log_fields_);
    fields = log_fields_;
  }
  const LogContent log{record, message_text_.format(record), fields, time_of(record, wall_clock_)};
  scratch_.clear();
  if (redactor_ ||
      std::ranges::any_of(takers_, [](const Pipeline* one) { return !one->options().makes_lines; }))
    encode_log(log, scratch_);
  if (redactor_) redactor_->redact_log(scratch_);
  LogView view = view_log(log);
  if (redactor_) {
    keep_fields(scratch_, log_fields_);
    view = view_log(scratch_, {});
    view.fields = log_fields_;
    view.event_name = find_event_name(log_fields_);
  }
  view.logger = name_in(*record.logger->scope);
  view.thread_id = record.thread_id;
  view.source = record.source;
  return view;
}

}  // namespace ergon::inline v0::telemetry
