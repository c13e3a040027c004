#include "telemetry/session/ring_dump.hpp"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <span>
#include <string_view>

#include "base/version.hpp"
#include "telemetry/record/enqueue.hpp"
#include "telemetry/record/records.hpp"
#include "telemetry/record/scope_registry.hpp"
#include "telemetry/session/ring_dump_format.hpp"

// Runs in a signal handler, in a process whose heap may be broken or locked: no allocation, no lock, nothing
// but system calls and memory that was there before.

namespace ergon::telemetry {

namespace {

constinit std::atomic<const RingDumpSource*> g_source{nullptr};  // announced with release, read with acquire

constexpr std::size_t kMostPath = 4'096;
constexpr std::size_t kMostParts = 6;

// Text of bounded size without the heap; what does not fit is left out.
class FixedText {
 public:
  FixedText& add(std::string_view text) noexcept {
    const std::size_t taken = std::min(text.size(), bytes_.size() - 1 - size_);
    std::memcpy(bytes_.data() + size_, text.data(), taken);
    size_ += taken;
    return *this;
  }
  FixedText& add(std::int64_t number) noexcept {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return add({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  [[nodiscard]] const char* c_str() noexcept {
    bytes_[size_] = '\0';
    return bytes_.data();
  }
  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), size_}; }

 private:
  std::array<char, kMostPath + 256> bytes_;
  std::size_t size_{0};
};

std::string_view bytes_of(const void* data, std::size_t size) noexcept {
  return {static_cast<const char*>(data), size};
}

std::string_view types_of(const LogRecord& record) noexcept {
  if (record.stored == nullptr) return {};
  return bytes_of(record.stored->types.data(), record.stored->types.size_bytes());
}

bool write_parts(int descriptor, std::span<const std::string_view> parts) noexcept {
  std::array<iovec, kMostParts> vector{};
  std::size_t whole = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    vector[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};
    whole += parts[i].size();
  }
  ssize_t written = 0;
  do {
    written = writev(descriptor, vector.data(), static_cast<int>(parts.size()));
  } while (written < 0 && errno == EINTR);
  return written == static_cast<ssize_t>(whole);  // less: the disk is full
}

bool write_head(int descriptor, const RingDumpSource& source) noexcept {
  RingDumpHead head{.magic = kRingDumpMagic,
                    .version = {},
                    .clock_bytes = sizeof(base::WallClock),
                    .span_bytes = sizeof(SpanRecord),
                    .log_bytes = sizeof(LogRecord),
                    .resource_bytes = static_cast<std::uint32_t>(source.resource.size()),
                    .process = source.process};
  const std::string_view version = base::kVersion;
  std::memcpy(head.version.data(), version.data(), std::min(version.size(), head.version.size()));
  return write_parts(descriptor,
                     std::array{bytes_of(&head, sizeof head), bytes_of(source.clock, sizeof *source.clock),
                                std::string_view(source.resource)});
}

// The first of `parts` is the entry's own, and filled in here.
bool write_entry(int descriptor, std::array<std::string_view, kMostParts> parts) noexcept {
  RingDumpEntry entry{};
  std::array<std::uint32_t, kMostParts> sizes{};
  entry.checksum = checksum_of({});
  for (std::size_t i = 1; i < parts.size(); ++i) {
    sizes[i] = static_cast<std::uint32_t>(parts[i].size());
    entry.checksum = checksum_of(parts[i], entry.checksum);
  }
  entry.record_bytes = sizes[1];
  entry.scope_bytes = sizes[2];
  entry.schema_url_bytes = sizes[3];
  entry.text_bytes = sizes[4];
  entry.types_bytes = sizes[5];
  parts[0] = bytes_of(&entry, sizeof entry);
  return write_parts(descriptor, parts);
}

bool write_record(int descriptor, const RecordHeader& header) noexcept {
  const std::string_view bytes = bytes_of(&header, header.size);
  if (header.kind == RecordKind::span) {
    const Scope& scope = *reinterpret_cast<const SpanRecord&>(header).scope;
    return write_entry(descriptor, {"", bytes, scope.encoded, scope.schema_url, "", ""});
  }
  const auto& log = reinterpret_cast<const LogRecord&>(header);
  const Scope& scope = *log.logger->scope;
  const std::string_view literal = log.text != nullptr ? log.message_text() : std::string_view();
  return write_entry(descriptor, {"", bytes, scope.encoded, scope.schema_url, literal, types_of(log)});
}

}  // namespace

void announce_ring_dump(const RingDumpSource* source) noexcept {
  g_source.store(source, std::memory_order_release);
}

bool write_rings(int descriptor, const RingDumpSource& source) noexcept {
  if (!write_head(descriptor, source)) return false;
  for (const ThreadBlock* block = g_threads.first(); block != nullptr; block = block->next) {
    Ring::Cursor cursor = block->ring.begin();
    while (const RecordHeader* record = block->ring.peek(cursor)) {
      if (!write_record(descriptor, *resolve(record))) return false;
    }
  }
  return true;
}

bool dump_rings_of_crashed_worker() noexcept {
  const RingDumpSource* source = g_source.load(std::memory_order_acquire);
  const bool is_worker = source != nullptr && source->process == getpid() &&  // else a parent's
                         pthread_equal(source->worker, pthread_self()) != 0;
  if (!is_worker) return false;
  FixedText path;
  if (!source->folder.empty()) path.add(source->folder).add("/");
  path.add("ergon-rings.").add(std::int64_t{source->process});
  const int file =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  const bool is_whole = file >= 0 && write_rings(file, *source);
  FixedText line;
  line.add("ergon: telemetry: the worker thread crashed; ");
  if (file < 0) {
    line.add("what it had not drained is lost: can't create ").add(path.view());
  } else {
    line.add(is_whole ? "what" : "a part of what").add(" it had not drained is in ").add(path.view());
    line.add(", for ergon-read-rings");
    close(file);
  }
  line.add("\n");
  static_cast<void>(write_parts(STDERR_FILENO, std::array{line.view()}));
  return true;
}

}  // namespace ergon::telemetry
