#include <ergon/telemetry/logger.hpp>

#include <cstring>
#include <iterator>

#include "base/ticks.hpp"
#include "telemetry/record/append_attribute.hpp"
#include "telemetry/record/enqueue.hpp"
#include "telemetry/record/event_log.hpp"
#include "telemetry/record/records.hpp"

namespace ergon {

namespace detail {

using namespace telemetry;

namespace {

// The record between begin_log and commit_log; a log call never nests in its own arguments' copying.
constinit thread_local RecordHeader* t_pending = nullptr;

constexpr std::uint32_t kMostScratch = 16U << 10U;  // bytes kept for the next call

[[gnu::always_inline]] inline std::byte* move_from_scratch(std::byte* to, SpanBody& scratch,
                                                           std::uint32_t size) noexcept {
  std::memcpy(to, scratch.data + scratch.size, size);
  if (scratch.size == 0 && scratch.capacity > kMostScratch) [[unlikely]]
    free_body(scratch);
  return to + size;
}

// `encode` appends encoded fields of the record to what it is given, and answers how many attributes it left
// out.
template <class Encode>
[[gnu::always_inline]] inline std::byte* begin(const LogCall& call, bool has_fields, Encode encode) noexcept {
  ThreadBlock* block = this_thread_block();
  if (block == nullptr) [[unlikely]]
    return nullptr;
  SignalTally& tally = block->tally(Signal::logs);
  tally.created.add();
  if (!accepts_records(*block, Signal::logs)) [[unlikely]]
    return nullptr;
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
    return nullptr;
  }
  RecordHeader* head = prepare_record(*block, Signal::logs, RecordKind::log, size);
  if (head == nullptr) [[unlikely]]
    return nullptr;
  const base::TickSource source = base::tick_source();
  head->tick_source = static_cast<std::uint8_t>(source);
  head->ticks = base::read_ticks(source);
  auto* record = reinterpret_cast<LogRecord*>(head);
  record->logger = call.logger;
  record->text = copies_text ? nullptr : call.text.data();
  record->stored = call.arguments;
  record->text_bytes = static_cast<std::uint32_t>(call.text.size());
  record->attribute_bytes = attribute_bytes;
  const SpanContext* current = current_span();
  if (current != nullptr) {
    record->context = *current;
  } else {
    record->context = SpanIds{};
  }
  record->dropped_attributes = dropped;
  record->level = call.level;
  auto* at = reinterpret_cast<std::byte*>(record + 1);
  if (attribute_bytes > 0) at = move_from_scratch(at, block->scratch, attribute_bytes);
  if (copies_text) {
    std::memcpy(at, call.text.data(), call.text.size());
    at += call.text.size();
  }
  t_pending = head;
  return at;
}

}  // namespace

std::byte* begin_log(const LogCall& call, Attributes attributes) noexcept {
  return begin(call, attributes.size() > 0, [attributes](SpanBody& scratch) {
    return append_attributes(scratch, AttributeTag::log, attributes);
  });
}

void commit_log() noexcept {
  commit_record(*t_thread.block, Signal::logs, t_pending);
  t_pending = nullptr;
  wait_for_simple_export(Signal::logs);
}

void record_formatted_log(const LoggerState& logger, Level level, std::string_view text,
                          fmt::format_args args, Attributes attributes) noexcept {
  std::string message;
  try {
    message = fmt::vformat({text.data(), text.size()}, args);
  } catch (const std::exception& error) {
    try {
      message = fmt::format("{} [not formatted: {}]", text, error.what());
    } catch (...) {
      return;
    }
  } catch (...) {
    message = "[not formatted]";
  }
  if (begin_log({&logger, level, message, nullptr, 0}, attributes) != nullptr) commit_log();
}

}  // namespace detail

void telemetry::record_event_log(const LoggerState& logger, Level level, std::string_view event_name,
                                 std::string_view text, std::span<const Attribute> attributes) noexcept {
  constexpr std::uint8_t kEventNameTag = 0x62;
  if (!logger.is_enabled(level)) return;
  const auto encode = [&](SpanBody& scratch) {
    append_text(scratch, kEventNameTag, event_name);
    return append_attributes(scratch, AttributeTag::log, attributes);
  };
  if (detail::begin({&logger, level, text, nullptr, 0}, true, encode) != nullptr) detail::commit_log();
}

}  // namespace ergon
