#include "ring_reader/ring_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <protozero/pbf_reader.hpp>
#include <utility>

#include "base/version.hpp"
#include "ring_reader/pieces.hpp"
#include "telemetry/record/span_fields.hpp"
#include "telemetry/session/ring_dump_format.hpp"

namespace ergon::inline v0::ring_reader {

using namespace telemetry;

namespace {

constexpr const char* kWhenShort = "it ends in the middle of a record";
constexpr std::size_t kEventTimeBytes = 9;  // a tag and 8 bytes

RingDumpHead read_head(Pieces& pieces) {
  const auto head = pieces.take<RingDumpHead>();
  if (head.magic != kRingDumpMagic) throw RingFileError("it is no file of a crashed worker");
  const std::string_view version(head.version.data(), strnlen(head.version.data(), head.version.size()));
  const bool is_of_this_build = head.version == kRingDumpVersion &&
                                head.clock_bytes == sizeof(base::WallClock) &&
                                head.span_bytes == sizeof(SpanRecord) && head.log_bytes == sizeof(LogRecord);
  if (!is_of_this_build)
    throw RingFileError(
        fmt::format("it is of another build (its version is {}, this one's {}): use the "
                    "ergon-read-rings of the build that crashed",
                    version, base::kVersion));
  return head;
}

// Of one record that the file has whole.
RecordParts read_parts(Pieces& pieces) {
  const auto entry = pieces.take<RingDumpEntry>();
  const auto sizes = entry.part_sizes();
  const std::size_t whole = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
  const std::string_view content = pieces.take(whole);
  if (checksum_of(content) != entry.checksum) throw RingFileError("a record is damaged");
  Pieces parts(content, kWhenShort);
  return {parts.take(sizes[0]), parts.take(sizes[1]), parts.take(sizes[2]), parts.take(sizes[3]),
          parts.take(sizes[4]), parts.take(sizes[5]), parts.take(sizes[6]), parts.take(sizes[7])};
}

// One that the program had overwritten costs no other.
void add_record(RingFile& file, const RecordParts& parts) try {
  file.records.emplace_back(parts);
} catch (const RingFileError&) {
  ++file.overwritten;
} catch (const protozero::exception&) {
  ++file.overwritten;
}

// What recording threads encode: fields of one-byte tags, each with its length; events begin with their time.
void check_fields(std::string_view body, bool has_event_ticks) {
  protozero::pbf_reader fields(body.data(), body.size());
  while (fields.next()) {
    if (fields.tag() > 15 || fields.wire_type() != protozero::pbf_wire_type::length_delimited)
      throw RingFileError("a field of a record is none of the engine's");
    const bool is_event = fields.tag() == kSpanEventTag >> 3U;
    const std::size_t size = fields.get_view().size();
    if (has_event_ticks && is_event && size < kEventTimeBytes) throw RingFileError("an event is cut off");
  }
}

template <class Number>
void check_range(Number number, Number first, Number last) {
  if (number < first || number > last) throw RingFileError("a number of a record is out of its range");
}

}  // namespace

StoredRecord::StoredRecord(const RecordParts& parts)
    : bytes_((parts.record.size() + sizeof(Unit) - 1) / sizeof(Unit)),
      scope_(parts.scope),
      schema_url_(parts.schema_url),
      literal_(std::make_unique<const std::string>(parts.literal)),
      types_(parts.types.size() / sizeof(detail::LogArgumentType)),
      source_file_(parts.file),
      source_function_(parts.function) {
  if (parts.record.size() < sizeof(RecordHeader)) throw RingFileError("a record is too short");
  std::memcpy(bytes_.data(), parts.record.data(), parts.record.size());
  if (!types_.empty()) std::memcpy(types_.data(), parts.types.data(), types_.size() * sizeof(types_.front()));
  if (parts.line.size() == sizeof source_line_)
    std::memcpy(&source_line_, parts.line.data(), sizeof source_line_);
  if (header().size != parts.record.size()) throw RingFileError("a record's size is not its entry's");
  check_range<int>(header().tick_source, 0, static_cast<int>(base::TickSource::counter));
  if (header().kind == RecordKind::span) {
    check_span();
  } else if (header().kind == RecordKind::log) {
    check_log();
  } else {
    throw RingFileError("a record is of no known kind");
  }
}

void StoredRecord::check_flag(std::size_t offset) const {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(bytes_.data());
  check_range<int>(bytes[offset], 0, 1);
}

void StoredRecord::check_span() const {
  const std::size_t size = header().size;
  if (size < sizeof(SpanRecord)) throw RingFileError("a span is too short");
  for (const std::size_t flag : {offsetof(SpanRecord, has_status_message), offsetof(SpanRecord, has_events),
                                 offsetof(SpanRecord, parent_is_remote), offsetof(SpanRecord, has_times)})
    check_flag(flag);
  check_range(span().kind, SpanKind::internal, SpanKind::consumer);
  check_range(span().status, StatusCode::unset, StatusCode::error);
  const std::size_t most = size - sizeof(SpanRecord);
  const std::size_t times = span().has_times ? sizeof(SpanTimes) : 0;
  if (span().body_size > most || times > most - span().body_size)
    throw RingFileError("a span's attributes are cut off");
  check_fields(span().body(), span().has_events);
}

void StoredRecord::check_log() {
  const std::size_t size = header().size;
  if (size < sizeof(LogRecord)) throw RingFileError("a log is too short");
  auto& log = *reinterpret_cast<LogRecord*>(bytes_.data());
  check_range(log.level, Level::trace, Level::critical);
  log.source = {};
  if (log.text != nullptr) {
    log.text = literal_->data();
    log.text_bytes = static_cast<std::uint32_t>(literal_->size());
  }
  const std::size_t copied = log.text == nullptr ? log.text_bytes : 0;
  if (log.attribute_bytes + copied > size - sizeof(LogRecord)) throw RingFileError("a log's text is cut off");
  check_fields(log.attributes(), false);
}

std::string_view StoredRecord::arguments() const {
  const auto* begin = reinterpret_cast<const char*>(log().arguments());
  const auto* end = reinterpret_cast<const char*>(bytes_.data()) + header().size;
  return {begin, static_cast<std::size_t>(end - begin)};
}

RingFile read_ring_file(std::string_view bytes) {
  Pieces pieces(bytes, kWhenShort);
  const RingDumpHead head = read_head(pieces);
  const std::string_view clock = pieces.take(head.clock_bytes);
  const std::string_view of_spans = pieces.take(head.resource_bytes[0]);
  const std::string_view of_logs = pieces.take(head.resource_bytes[1]);
  if (checksum_of(of_logs, checksum_of(of_spans, checksum_of(clock))) != head.checksum)
    throw RingFileError("its beginning is damaged");
  RingFile file{.process = head.process, .resources = {std::string(of_spans), std::string(of_logs)}};
  std::memcpy(&file.clock, clock.data(), sizeof file.clock);
  if (!file.clock.is_plausible()) throw RingFileError("the program had overwritten its clock");
  try {
    while (!pieces.is_at_end()) add_record(file, read_parts(pieces));
  } catch (const RingFileError& error) {
    file.damage = error.what();
  }
  std::ranges::stable_sort(file.records, {},
                           [](const StoredRecord& record) { return record.header().ticks; });
  return file;
}

}  // namespace ergon::inline v0::ring_reader
