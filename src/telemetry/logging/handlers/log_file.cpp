#include "telemetry/logging/handlers/log_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/diagnostic.hpp"
#include "telemetry/logging/line_record.hpp"
#include "telemetry/logging/time_text.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constinit base::Diagnostic g_not_written{"telemetry: a log file could not be written, its records are lost"};
constinit base::Diagnostic g_not_rotated{"telemetry: a log file could not be put aside, and goes on"};
constinit base::Diagnostic g_shared{
    "telemetry: another process writes to the same rotating log file, this one has its own"};

// Descriptors of locked files. Beyond so many they are not known: their locks end with the last process that
// has them.
class LockedFiles {
 public:
  void add(int descriptor) noexcept {
    for (std::atomic<int>& one : descriptors_) {
      int free = kFree;
      if (one.compare_exchange_strong(free, descriptor, std::memory_order_relaxed)) return;
    }
  }
  // Before it is closed: the number may be another file's at once.
  void remove(int descriptor) noexcept {
    for (std::atomic<int>& one : descriptors_) {
      int held = descriptor;
      if (one.compare_exchange_strong(held, kFree, std::memory_order_relaxed)) return;
    }
  }
  void close_all() noexcept {
    for (std::atomic<int>& one : descriptors_) {
      const int descriptor = one.exchange(kFree, std::memory_order_relaxed);
      if (descriptor != kFree) ::close(descriptor);
    }
  }

 private:
  static constexpr int kFree = 0;  // so descriptor 0, ours where standard input is closed, is not known
  std::array<std::atomic<int>, 64> descriptors_{};
};
constinit LockedFiles g_locked_files;

constexpr std::size_t kMostBytes = 256U << 10U;  // bytes that are written at once

std::string why(const std::string& path) { return path + ": " + std::strerror(errno); }

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

}  // namespace

LogFile::LogFile(LogFileOptions options, std::unique_ptr<Rotation> rotation)
    : options_(std::move(options)), rotation_(std::move(rotation)) {}

LogFile::~LogFile() { close(); }

void LogFile::close() noexcept {
  if (descriptor_ < 0) return;
  if (rotation_) g_locked_files.remove(descriptor_);
  ::close(std::exchange(descriptor_, -1));
}

void LogFile::close_locked_in_child() noexcept { g_locked_files.close_all(); }

void LogFile::write(std::string_view records, LineFormat& format, Written& result) {
  if (was_moved()) close();
  lines_.clear();
  pending_ = 0;
  static_cast<void>(ensure_open());  // the rotation asks what is in it
  for_each_line_record(records, [&](const LogView& log) {
    const std::size_t start = lines_.size();
    format.append(lines_, log);
    ++pending_;
    if (rotation_) make_room(log.unix_nanoseconds, start, result);
    if (lines_.size() > kMostBytes) flush(result);
  });
  flush(result);
}

void LogFile::write_line(std::string_view line, std::uint64_t records, Written& result) {
  constexpr std::uint64_t kAnyTime = 0;  // it is put aside by size only
  if (was_moved()) close();
  static_cast<void>(ensure_open());
  if (rotation_ && rotation_->is_due(bytes_, line.size(), kAnyTime)) put_aside();
  lines_ = line;
  pending_ = records;
  flush(result);
}

// Puts the file aside, if it is to be before the last line, which begins at `start` of those to be written.
void LogFile::make_room(std::uint64_t unix_nanoseconds, std::size_t start, Written& result) {
  const std::size_t size = lines_.size() - start;
  if (!rotation_->is_due(bytes_ + start, size, unix_nanoseconds)) return;
  const std::string last = lines_.substr(start);
  lines_.resize(start);
  --pending_;
  flush(result);
  put_aside();
  lines_ = last;
  pending_ = 1;
  static_cast<void>(rotation_->is_due(bytes_, size, unix_nanoseconds));
}

void LogFile::flush(Written& result) {
  std::string_view rest(lines_);
  while (!rest.empty()) {
    if (!ensure_open()) break;
    const ssize_t done = ::write(descriptor_, rest.data(), rest.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) {
      g_not_written.report(why(options_.path));
      break;
    }
    rest.remove_prefix(static_cast<std::size_t>(done));
    bytes_ += static_cast<std::uint64_t>(done);
  }
  const std::string_view written = std::string_view(lines_).substr(0, lines_.size() - rest.size());
  const std::uint64_t lines = rest.empty() ? pending_ : lines_in(written);
  result.written += lines;
  result.lost += pending_ - lines;
  if (!rest.empty() && descriptor_ >= 0) {
    take_back(written.size() - (written.rfind('\n') + 1));
    close();
  }
  lines_.clear();
  pending_ = 0;
}

// Of a line that was cut short nothing stays, unless another process has written behind it.
void LogFile::take_back(std::size_t bytes) const noexcept {
  const off_t end = lseek(descriptor_, 0, SEEK_CUR);  // where the last write ended
  struct stat status{};
  if (bytes == 0 || fstat(descriptor_, &status) != 0 || status.st_size != end) return;
  static_cast<void>(ftruncate(descriptor_, end - static_cast<off_t>(bytes)) == 0);
}

void LogFile::put_aside() {
  if (descriptor_ < 0) return;
  close();
  if (!rotation_->rotate(options_.path)) g_not_rotated.report(why(options_.path));
  static_cast<void>(ensure_open());
}

// Others have moved or removed it: logrotate, or somebody who cleaned up.
bool LogFile::was_moved() const noexcept {
  if (descriptor_ < 0) return false;
  struct stat ours{};
  struct stat named{};
  if (fstat(descriptor_, &ours) != 0) return true;
  if (stat(options_.path.c_str(), &named) != 0) return true;
  return ours.st_ino != named.st_ino || ours.st_dev != named.st_dev;
}

bool LogFile::ensure_open() {
  if (descriptor_ >= 0) return true;
  if (try_open()) return true;
  g_not_written.report(why(options_.path));
  return false;
}

bool LogFile::try_open() {
  const std::filesystem::path folder = std::filesystem::path(options_.path).parent_path();
  std::error_code ignored;  // what open says is clearer
  if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
  descriptor_ = open(options_.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY,
                     static_cast<mode_t>(options_.permissions));
  if (descriptor_ < 0) return false;
  if (rotation_ && !try_lock()) {
    close();
    if (std::exchange(has_own_name_, true)) return false;
    g_shared.report(options_.path);
    options_.path.append(".").append(std::to_string(getpid()));
    return try_open();
  }
  if (std::exchange(options_.truncates, false) && ftruncate(descriptor_, 0) != 0) {
    close();
    return false;
  }
  struct stat status{};
  if (fstat(descriptor_, &status) != 0) return false;
  bytes_ = static_cast<std::uint64_t>(status.st_size);
  if (rotation_) rotation_->begin({bytes_, status.st_mtim.tv_sec});
  return true;
}

// Known before it is locked, so that no fork in between leaves a copy open.
bool LogFile::try_lock() {
  g_locked_files.add(descriptor_);
  return flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

std::string fill_in(std::string_view filename, std::string_view task) {
  std::string timestamp;
  append_time(timestamp, "%Y%m%dT%H%M%S", time_parts(std::time(nullptr), false));
  std::string task_name(task);
  std::ranges::replace(task_name, '/', '_');
  const std::array<std::pair<std::string_view, std::string>, 3> fields{
      {{"{pid}", std::to_string(getpid())}, {"{task}", task_name}, {"{timestamp}", timestamp}}};
  std::string name(filename);
  for (const auto& [field, value] : fields) {
    for (std::size_t at = name.find(field); at != std::string::npos; at = name.find(field, at + value.size()))
      name.replace(at, field.size(), value);
  }
  return name;
}

bool is_filename(std::string_view filename) {
  for (std::size_t at = filename.find('{'); at != std::string_view::npos; at = filename.find('{', at + 1)) {
    const std::string_view field = filename.substr(at);
    const auto is = [field](std::string_view name) { return field.starts_with(name); };
    if (!is("{pid}") && !is("{task}") && !is("{timestamp}")) return false;
  }
  return !filename.empty() && filename.back() != '/';
}

}  // namespace ergon::inline v0::telemetry
