#include <ergon/telemetry/logger.hpp>

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "base/ticks.hpp"
#include "telemetry/record/append_attribute.hpp"
#include "telemetry/record/enqueue.hpp"
#include "telemetry/record/exception_record.hpp"
#include "telemetry/record/recording_state.hpp"
#include "telemetry/record/records.hpp"

namespace ergon::inline v0::detail {

using namespace telemetry;

namespace {

constexpr std::uint32_t kMostScratch = 16U << 10U;  // bytes kept for the next call
constexpr std::uint8_t kEventNameTag = 0x62;

[[gnu::always_inline]] inline std::byte* move_from_scratch(std::byte* to, SpanBody& scratch,
                                                           std::uint32_t size) noexcept {
  std::memcpy(to, scratch.data + scratch.size, size);
  if (scratch.size == 0 && scratch.capacity > kMostScratch) [[unlikely]]
    free_body(scratch);
  return to + size;
}

// What is below its logger's level waits for its transaction to fail; outside of one there is none to wait
// for.
[[gnu::always_inline]] inline bool is_for_nobody(const LogCall& call) noexcept {
  if (call.level >= call.logger->held_below.load()) [[likely]]
    return false;
  const SpanContext* current = current_span();
  return current == nullptr || current->local_root == 0;
}

// `encode` appends encoded fields of the record to what it is given, and answers how many attributes it left
// out.
template <class Encode>
[[gnu::always_inline]] inline OpenLog begin(const LogCall& call, bool has_fields, Encode encode) noexcept {
  if (is_for_nobody(call)) [[unlikely]]
    return {};
  ThreadBlock* block = this_thread_block();
  if (block == nullptr) [[unlikely]]
    return {};
  SignalTally& tally = block->tally(Signal::logs);
  tally.created.add();
  if (!accepts_records(*block, Signal::logs)) [[unlikely]]
    return {};
  std::uint32_t dropped = 0;
  std::uint32_t attribute_bytes = 0;
  if (has_fields) {
    // Behind those of an outer call: a range is walked by the program's code, which may log, too.
    SpanBody& scratch = block->scratch;
    const std::uint32_t start = scratch.size;
    dropped = encode(scratch);
    attribute_bytes = scratch.size - start;
    scratch.size = start;
  }
  const bool copies_text = call.arguments == nullptr;
  const std::size_t size = sizeof(LogRecord) + attribute_bytes + call.argument_bytes +
                           (copies_text ? call.text.size() : std::size_t{0});
  if (size > kMostRecordBytes) [[unlikely]] {
    tally.drop(DropReason::too_large);
    return {};
  }
  RecordHeader* head = prepare_record(*block, Signal::logs, RecordKind::log, size);
  if (head == nullptr) [[unlikely]]
    return {};
  const base::TickSource source = base::tick_source();
  head->tick_source = static_cast<std::uint8_t>(source);
  head->ticks = base::read_ticks(source);
  auto* record = reinterpret_cast<LogRecord*>(head);
  record->logger = call.logger;
  record->text = copies_text ? nullptr : call.text.data();
  record->stored = call.arguments;
  record->source = call.source;
  record->text_bytes = static_cast<std::uint32_t>(call.text.size());
  record->attribute_bytes = attribute_bytes;
  const SpanContext* current = current_span();
  if (current != nullptr) {
    record->context = *current;
    record->local_root = current->local_root;
  } else {
    record->context = SpanIds{};
    record->local_root = 0;
  }
  record->dropped_attributes = static_cast<std::uint16_t>(std::min(dropped, 0xFFFFU));
  record->thread_id = block->thread_id;
  record->level = call.level;
  auto* at = reinterpret_cast<std::byte*>(record + 1);
  if (attribute_bytes > 0) at = move_from_scratch(at, block->scratch, attribute_bytes);
  if (copies_text) {
    std::memcpy(at, call.text.data(), call.text.size());
    at += call.text.size();
  }
  return {at, head};
}

void append_outermost_first(std::vector<Attribute>& all, const LogDetails& details) {
  if (details.outer != nullptr) append_outermost_first(all, *details.outer);
  all.insert(all.end(), details.attributes.begin(), details.attributes.end());
}

// All attributes of a call: of a repeated key the last value is kept, so what the program says wins.
std::vector<Attribute> joined(const LogDetails& details) {
  std::vector<Attribute> all;
  if (details.suppressed > 0) all.push_back({"ergon.log.suppressed", details.suppressed});
  append_outermost_first(all, details);
  return all;
}

std::uint32_t append_log_attributes(SpanBody& scratch, std::span<const Attribute> attributes) noexcept {
  return append_attributes(scratch, AttributeTag::log, attributes,
                           g_recording.log_attributes.load(std::memory_order_relaxed));
}

[[gnu::cold, gnu::noinline]] std::uint32_t append_joined(SpanBody& scratch,
                                                         const LogDetails& details) noexcept try {
  return append_log_attributes(scratch, joined(details));
} catch (...) {  // no memory
  return append_log_attributes(scratch, details.attributes) + 1;
}

std::uint32_t append_details(SpanBody& scratch, const LogDetails& details) noexcept {
  if (!details.event_name.empty()) append_text(scratch, kEventNameTag, details.event_name);
  if (details.outer != nullptr || details.suppressed > 0) [[unlikely]]
    return append_joined(scratch, details);
  return append_log_attributes(scratch, details.attributes);
}

}  // namespace

OpenLog begin_log(const LogCall& call) noexcept {
  return begin(call, false, [](SpanBody& /*unused*/) { return 0U; });
}

OpenLog begin_log(const LogCall& call, const LogDetails& details) noexcept {
  return begin(call, true, [&details](SpanBody& scratch) { return append_details(scratch, details); });
}

void commit_log(const OpenLog& log) noexcept {
  commit_record(*t_thread.block, Signal::logs, static_cast<RecordHeader*>(log.record));
  wait_for_simple_export(Signal::logs);
}

void record_formatted_log(const LogCall& call, fmt::format_args args, const LogDetails& details) noexcept {
  if (is_for_nobody(call)) return;
  std::string message;
  try {
    message = fmt::vformat({call.text.data(), call.text.size()}, args);
  } catch (const std::exception& error) {
    try {
      message = fmt::format("{} [not formatted: {}]", call.text, error.what());
    } catch (...) {
      return;
    }
  } catch (...) {
    message = "[not formatted]";
  }
  LogCall formatted = call;
  formatted.text = message;
  if (const OpenLog log = begin_log(formatted, details); log.arguments != nullptr) commit_log(log);
}

void record_exception_log(const LogCall& call, fmt::format_args args, const LogDetails& details,
                          const std::exception* error) noexcept try {
  if (is_for_nobody(call)) return;
  const ExceptionText text = error != nullptr ? exception_text(*error) : current_exception_text();
  if (text.type.empty()) return record_formatted_log(call, args, details);
  const ExceptionView view = view_of(text);
  const std::vector<Attribute> attributes = exception_attributes(view, joined(details));
  record_formatted_log(call, args, {.attributes = attributes, .event_name = details.event_name});
} catch (...) {  // no memory
  record_formatted_log(call, args, details);
}

}  // namespace ergon::inline v0::detail
