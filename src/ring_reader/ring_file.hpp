#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/telemetry/log_argument_type.hpp>

#include "base/ticks.hpp"
#include "telemetry/logging/call_source.hpp"
#include "telemetry/record/records.hpp"

namespace ergon::inline v0::ring_reader {

struct RingFileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What the file has of one record, in its order.
struct RecordParts {
  std::string_view record;
  std::string_view scope;
  std::string_view schema_url;
  std::string_view literal;
  std::string_view types;
  std::string_view file;
  std::string_view function;
  std::string_view line;
};

/// A record as it lay in its ring, with what its pointers led to. Those themselves are another process's, but
/// for a log's `text`.
class StoredRecord {
 public:
  /// Throws RingFileError, or what protozero does, where the record is none that the engine makes.
  explicit StoredRecord(const RecordParts& parts);

  [[nodiscard]] const telemetry::RecordHeader& header() const {
    return *reinterpret_cast<const telemetry::RecordHeader*>(bytes_.data());
  }
  [[nodiscard]] const telemetry::SpanRecord& span() const {
    return *reinterpret_cast<const telemetry::SpanRecord*>(bytes_.data());
  }
  [[nodiscard]] const telemetry::LogRecord& log() const {
    return *reinterpret_cast<const telemetry::LogRecord*>(bytes_.data());
  }
  /// Of a log: its arguments' bytes, and what they are.
  [[nodiscard]] std::string_view arguments() const;
  [[nodiscard]] const std::vector<detail::LogArgumentType>& types() const { return types_; }
  /// Of a log: where in the program it was made, if the file says so.
  [[nodiscard]] telemetry::CallSource source() const {
    return {.file = source_file_, .function = source_function_, .line = source_line_};
  }
  /// OTLP's InstrumentationScope message.
  [[nodiscard]] const std::string& scope() const { return scope_; }
  [[nodiscard]] const std::string& schema_url() const { return schema_url_; }

 private:
  struct alignas(16) Unit {
    std::byte bytes[16];
  };

  void check_span() const;
  void check_log();
  void check_flag(std::size_t offset) const;

  std::vector<Unit> bytes_;
  std::string scope_;
  std::string schema_url_;
  std::unique_ptr<const std::string> literal_;  // its address is in the record
  std::vector<detail::LogArgumentType> types_;
  std::string source_file_;
  std::string source_function_;
  std::uint32_t source_line_{0};
};

/// What a crashed worker left.
struct RingFile {
  std::int64_t process{0};
  base::WallClock clock{};
  std::array<std::string, 2> resources{};  // OTLP's Resource messages, of spans and of logs
  std::vector<StoredRecord> records{};     // as the worker would have drained them
  std::size_t overwritten{0};              // records that the program had damaged before it crashed
  std::string damage{};                    // why the rest of the file could not be read; empty: it could
};

/// Takes the file's bytes apart, as far as they are whole. Throws RingFileError for a file that this build
/// can't read at all.
[[nodiscard]] RingFile read_ring_file(std::string_view bytes);

}  // namespace ergon::inline v0::ring_reader
