#include "telemetry/session/ring_dump.hpp"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "telemetry/record/enqueue.hpp"
#include "telemetry/record/records.hpp"
#include "telemetry/record/scope_registry.hpp"
#include "telemetry/session/ring_dump_format.hpp"
#include "telemetry/worker/worker.hpp"

// Runs in a signal handler, in a process whose heap may be broken or locked: no allocation, no lock, nothing
// but system calls and memory that was there before, of which no byte is to be trusted.

namespace ergon::inline v0::telemetry {

namespace {

constinit std::atomic<const RingDumpSource*> g_source{nullptr};  // announced with release, read with acquire
constinit std::atomic<bool> g_has_begun{false};
constinit std::atomic<pid_t> g_dumping_thread{0};
// The dumping thread's alone.
sigjmp_buf g_behind_fault;
volatile sig_atomic_t g_is_guarded = 0;

constexpr std::size_t kMostLine = 4'000;  // less than a pipe takes in one piece
constexpr std::size_t kMostParts = 9;
constexpr int kMostFiles = 100;

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
  std::array<char, kMostLine> bytes_;
  std::size_t size_{0};
};

// Calls, and answers false if that met memory that can't be read.
template <class Call>
bool survives(Call call) noexcept {
  const bool is_whole = sigsetjmp(g_behind_fault, 1) == 0;
  if (is_whole) {
    g_is_guarded = 1;
    call();
  }
  g_is_guarded = 0;
  return is_whole;
}

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

class RingWriter {
 public:
  RingWriter(int descriptor, bool has_log_sources) noexcept
      : descriptor_(descriptor),
        has_log_sources_(has_log_sources),
        room_(std::size_t{2} * g_budget.limit()) {}

  bool write_head(const RingDumpSource& source, const base::WallClock& clock) const noexcept {
    const std::array parts{std::string_view(), bytes_of(&clock, sizeof clock),
                           std::string_view(source.resources[0]), std::string_view(source.resources[1])};
    const RingDumpHead head{.magic = kRingDumpMagic,
                            .version = kRingDumpVersion,
                            .clock_bytes = sizeof clock,
                            .span_bytes = sizeof(SpanRecord),
                            .log_bytes = sizeof(LogRecord),
                            .resource_bytes = {static_cast<std::uint32_t>(parts[2].size()),
                                               static_cast<std::uint32_t>(parts[3].size())},
                            .checksum = checksum_of(parts[3], checksum_of(parts[2], checksum_of(parts[1]))),
                            .process = getpid()};
    return write_parts(descriptor_, std::array{bytes_of(&head, sizeof head), parts[1], parts[2], parts[3]});
  }

  // Answers whether the file takes more.
  bool write_ring(const Ring& ring) noexcept {
    Ring::Cursor cursor = ring.begin();
    for (;;) {
      const RecordHeader* record = nullptr;
      if (!survives([&] { record = ring.peek(cursor); })) return note_loss();
      if (record == nullptr) return true;
      bool takes_more = true;
      if (!survives([&] { takes_more = write_record(*resolve(record)); })) note_loss();
      if (!takes_more) return false;
    }
  }

  [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }

 private:
  bool note_loss() noexcept {
    is_whole_ = false;
    return true;
  }

  bool write_record(const RecordHeader& header) noexcept {
    if (header.kind == RecordKind::local_root_end) return true;
    const std::string_view bytes = bytes_of(&header, header.size);
    if (header.kind == RecordKind::span) {
      const Scope& scope = *reinterpret_cast<const SpanRecord&>(header).scope;
      return write_entry({"", bytes, scope.encoded, scope.schema_url});
    }
    const auto& log = reinterpret_cast<const LogRecord&>(header);
    const Scope& scope = *log.logger->scope;
    const std::string_view literal = log.text != nullptr ? log.message_text() : std::string_view();
    if (!has_log_sources_ || log.source.line() == 0)
      return write_entry({"", bytes, scope.encoded, scope.schema_url, literal, types_of(log)});
    const std::uint32_t line = log.source.line();
    return write_entry({"", bytes, scope.encoded, scope.schema_url, literal, types_of(log),
                        log.source.file_name(), log.source.function_name(), bytes_of(&line, sizeof line)});
  }

  // The first of `parts` is the entry's own, and filled in here. All is read, for the checksum, before the
  // file gets any of it.
  bool write_entry(std::array<std::string_view, kMostParts> parts) noexcept {
    RingDumpEntry entry{};
    std::array<std::uint32_t, kMostParts> sizes{};
    entry.checksum = checksum_of({});
    for (std::size_t i = 1; i < parts.size(); ++i) {
      if (parts[i].size() > room_) return note_loss();  // a size that was overwritten
      room_ -= parts[i].size();
      sizes[i] = static_cast<std::uint32_t>(parts[i].size());
      entry.checksum = checksum_of(parts[i], entry.checksum);
    }
    entry.record_bytes = sizes[1];
    entry.scope_bytes = sizes[2];
    entry.schema_url_bytes = sizes[3];
    entry.text_bytes = sizes[4];
    entry.types_bytes = sizes[5];
    entry.file_bytes = sizes[6];
    entry.function_bytes = sizes[7];
    entry.line_bytes = sizes[8];
    parts[0] = bytes_of(&entry, sizeof entry);
    return write_parts(descriptor_, parts);
  }

  int descriptor_;
  bool has_log_sources_;
  std::size_t room_;  // more than that the rings can't hold
  bool is_whole_{true};
};

int create_file(const RingDumpSource& source, FixedText& path) noexcept {
  for (int number = 0; number < kMostFiles; ++number) {
    path = {};
    if (!source.folder.empty()) path.add(source.folder).add("/");
    path.add("ergon-rings.").add(std::int64_t{getpid()});
    if (number > 0) path.add(".").add(std::int64_t{number});
    const int file =
        open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file >= 0 || errno != EEXIST) return file;
  }
  return -1;
}

// As much as standard error takes now.
void say(std::string_view line) noexcept {
  pollfd standard_error{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  if (poll(&standard_error, 1, 0) != 1 || (standard_error.revents & POLLOUT) == 0) return;
  static_cast<void>(write_parts(STDERR_FILENO, std::array{line}));
}

void dump(const RingDumpSource& source, const base::WallClock& clock) noexcept {
  FixedText path;
  FixedText line;
  line.add("ergon: telemetry: the worker thread crashed; ");
  const int file = create_file(source, path);
  if (file < 0) {
    line.add("what it had not drained is lost: can't create ").add(path.view()).add("\n");
    return say(line.view());
  }
  const bool is_whole = write_rings(file, source, clock);
  close(file);
  line.add(is_whole ? "what" : "a part of what").add(" it had not drained is in ").add(path.view());
  say(line.add(", for ergon-read-rings\n").view());
}

}  // namespace

AnnouncedRingDump::AnnouncedRingDump(RingDumpSource source) noexcept : source_(std::move(source)) {
  g_source.store(&source_, std::memory_order_release);
}

AnnouncedRingDump::~AnnouncedRingDump() {
  const RingDumpSource* own = &source_;  // not that of a session that has begun since
  g_source.compare_exchange_strong(own, nullptr);
}

bool write_rings(int descriptor, const RingDumpSource& source, const base::WallClock& clock) noexcept {
  RingWriter writer(descriptor, source.has_log_sources);
  if (!writer.write_head(source, clock)) return false;
  for (const ThreadBlock* block = g_threads.first(); block != nullptr; block = block->next) {
    if (!writer.write_ring(block->ring)) return false;
  }
  return writer.is_whole();
}

bool dump_rings_of_crashed_worker() noexcept {
  const base::WallClock* clock = Worker::clock_of_this_thread();
  if (clock == nullptr) return false;
  const RingDumpSource* source = g_source.load(std::memory_order_acquire);
  if (source == nullptr || g_has_begun.exchange(true)) return true;
  g_dumping_thread.store(gettid());
  dump(*source, *clock);
  g_dumping_thread.store(0);
  return true;
}

bool are_rings_being_dumped() noexcept { return g_dumping_thread.load() != 0; }

void leave_faulty_memory_alone() noexcept {
  if (g_dumping_thread.load() == gettid() && g_is_guarded != 0) siglongjmp(g_behind_fault, 1);
}

}  // namespace ergon::inline v0::telemetry
