#include "ring_reader/ring_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <protozero/pbf_reader.hpp>
#include <utility>

#include "base/version.hpp"
#include "telemetry/record/span_fields.hpp"
#include "telemetry/session/ring_dump_format.hpp"

namespace ergon::ring_reader {

using namespace telemetry;

namespace {

constexpr std::size_t kEventTime = 9;  // an event begins with its time: a tag and 8 bytes

// Takes pieces off the front of a text.
class Pieces {
 public:
  explicit Pieces(std::string_view rest) : rest_(rest) {}

  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }
  [[nodiscard]] std::string_view take(std::size_t size) {
    if (size > rest_.size()) throw RingFileError("it ends in the middle of a record");
    const std::string_view piece = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return piece;
  }
  template <class T>
  [[nodiscard]] T take() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }

 private:
  std::string_view rest_;
};

RingDumpHead read_head(Pieces& pieces) {
  const auto head = pieces.take<RingDumpHead>();
  if (head.magic != kRingDumpMagic)
    throw RingFileError("it is no file of a crashed worker (ergon-rings.<pid>)");
  const std::string_view version(head.version.data(), strnlen(head.version.data(), head.version.size()));
  const bool is_of_this_build = version == base::kVersion && head.clock_bytes == sizeof(base::WallClock) &&
                                head.span_bytes == sizeof(SpanRecord) && head.log_bytes == sizeof(LogRecord);
  if (!is_of_this_build)
    throw RingFileError(
        fmt::format("it is of version {}, this is {}: use the ergon-read-rings of the build "
                    "that crashed",
                    version, base::kVersion));
  return head;
}

StoredRecord read_record(Pieces& pieces) {
  const auto entry = pieces.take<RingDumpEntry>();
  const auto sizes = entry.part_sizes();
  const std::size_t whole = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
  const std::string_view content = pieces.take(whole);
  if (checksum_of(content) != entry.checksum) throw RingFileError("a record is damaged");
  Pieces parts(content);
  const std::string_view record = parts.take(entry.record_bytes);
  const std::string_view scope = parts.take(entry.scope_bytes);
  const std::string_view schema_url = parts.take(entry.schema_url_bytes);
  const std::string_view literal = parts.take(entry.text_bytes);
  return {record, scope, schema_url, literal, parts.take(entry.types_bytes)};
}

// Throws what protozero does where it is no message.
void check_body(std::string_view body, bool has_events) {
  protozero::pbf_reader fields(body.data(), body.size());
  while (fields.next()) {
    const bool is_event =
        fields.tag_and_type() ==
        protozero::tag_and_type(kSpanEventTag >> 3U, protozero::pbf_wire_type::length_delimited);
    if (!is_event) {
      fields.skip();
    } else if (fields.get_view().size() < kEventTime && has_events) {
      throw RingFileError("an event of a span is damaged");
    }
  }
}

}  // namespace

StoredRecord::StoredRecord(std::string_view record, std::string_view scope, std::string_view schema_url,
                           std::string_view literal, std::string_view types)
    : bytes_((record.size() + sizeof(Unit) - 1) / sizeof(Unit)),
      scope_(scope),
      schema_url_(schema_url),
      literal_(std::make_unique<const std::string>(literal)),
      types_(types.size() / sizeof(detail::LogArgumentType)) {
  if (record.size() < sizeof(RecordHeader)) throw RingFileError("a record is too short");
  std::memcpy(bytes_.data(), record.data(), record.size());
  if (!types_.empty()) std::memcpy(types_.data(), types.data(), types_.size() * sizeof(types_.front()));
  if (header().size != record.size()) throw RingFileError("a record's size is not its entry's");
  if (header().kind == RecordKind::span) {
    check_span();
  } else if (header().kind == RecordKind::log) {
    check_log();
  } else {
    throw RingFileError("a record is of no known kind");
  }
}

void StoredRecord::check_span() const {
  const std::size_t size = header().size;
  if (size < sizeof(SpanRecord)) throw RingFileError("a span is too short");
  const std::size_t most = size - sizeof(SpanRecord);
  const std::size_t times = span().has_times ? sizeof(SpanTimes) : 0;
  if (span().body_size > most || times > most - span().body_size)
    throw RingFileError("a span's attributes are cut off");
  check_body(span().body(), span().has_events);
}

void StoredRecord::check_log() const {
  const std::size_t size = header().size;
  if (size < sizeof(LogRecord)) throw RingFileError("a log is too short");
  auto& log = const_cast<LogRecord&>(this->log());
  if (log.text != nullptr) {
    log.text = literal_->data();
    log.text_bytes = static_cast<std::uint32_t>(literal_->size());
  }
  const std::size_t copied = log.text == nullptr ? log.text_bytes : 0;
  if (log.attribute_bytes + copied > size - sizeof(LogRecord)) throw RingFileError("a log's text is cut off");
}

std::string_view StoredRecord::arguments() const {
  const auto* begin = reinterpret_cast<const char*>(log().arguments());
  const auto* end = reinterpret_cast<const char*>(bytes_.data()) + header().size;
  return {begin, static_cast<std::size_t>(end - begin)};
}

RingFile read_ring_file(std::string_view bytes) {
  Pieces pieces(bytes);
  const RingDumpHead head = read_head(pieces);
  RingFile file{.process = head.process};
  file.clock = pieces.take<base::WallClock>();
  file.resource = pieces.take(head.resource_bytes);
  try {
    while (!pieces.is_at_end()) file.records.push_back(read_record(pieces));
  } catch (const std::exception& error) {
    file.damage = error.what();
  }
  std::ranges::stable_sort(file.records, {},
                           [](const StoredRecord& record) { return record.header().ticks; });
  return file;
}

}  // namespace ergon::ring_reader
