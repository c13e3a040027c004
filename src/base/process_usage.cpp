#include "base/process_usage.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string_view>

namespace ergon::inline v0::base {

namespace {

class OpenFile {
 public:
  OpenFile(const char* path, int flags) noexcept : descriptor_(::open(path, flags | O_RDONLY | O_CLOEXEC)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

using Text = std::array<char, 1024>;

// A file of /proc comes whole with one read. Empty where it can't be read.
std::string_view read_file(const char* path, Text& text) noexcept {
  const OpenFile file(path, 0);
  const ssize_t size = file.descriptor() < 0 ? -1 : ::read(file.descriptor(), text.data(), text.size());
  return size <= 0 ? std::string_view() : std::string_view(text.data(), static_cast<std::size_t>(size));
}

// The number in front of the next space, which goes with it.
std::optional<std::int64_t> take_number(std::string_view& text) noexcept {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return number;
}

void skip_words(std::string_view& text, int count) noexcept {
  for (; count > 0; --count) text.remove_prefix(std::min(text.find(' '), text.size() - 1) + 1);
}

std::chrono::microseconds duration_of(const timeval& time) noexcept {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

std::optional<ProcessTimes> process_times() noexcept {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return std::nullopt;
  return ProcessTimes{.user = duration_of(usage.ru_utime),
                      .system = duration_of(usage.ru_stime),
                      .voluntary_switches = usage.ru_nvcsw,
                      .involuntary_switches = usage.ru_nivcsw,
                      .major_faults = usage.ru_majflt,
                      .minor_faults = usage.ru_minflt};
}

// In pages: all of the memory, then the resident part (proc_pid_statm(5)).
std::optional<ProcessMemory> process_memory() noexcept {
  Text text;
  std::string_view rest = read_file("/proc/self/statm", text);
  const auto all = take_number(rest);
  const auto resident = take_number(rest);
  if (!all || !resident) return std::nullopt;
  const std::int64_t page = ::sysconf(_SC_PAGESIZE);
  return ProcessMemory{.resident_bytes = *resident * page, .virtual_bytes = *all * page};
}

// The program's name, in parentheses, may hold any characters; the fields behind it are numbered from 3 on
// (proc_pid_stat(5)).
std::optional<ProcessLife> process_life() noexcept {
  Text text;
  std::string_view rest = read_file("/proc/self/stat", text);
  const std::size_t name_end = rest.rfind(") ");
  if (name_end == std::string_view::npos) return std::nullopt;
  rest.remove_prefix(name_end + 2);
  skip_words(rest, 20 - 3);
  const auto threads = take_number(rest);
  skip_words(rest, 1);
  const auto start_ticks = take_number(rest);
  timespec now{};
  if (!threads || !start_ticks || ::clock_gettime(CLOCK_BOOTTIME, &now) != 0) return std::nullopt;
  const double since_boot = static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
  const double start = static_cast<double>(*start_ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return ProcessLife{.threads = *threads,
                     .age = std::chrono::duration<double>(std::max(0.0, since_boot - start))};
}

// One of them is what the others are counted by.
std::optional<std::int64_t> open_descriptors() noexcept {
  const OpenFile folder("/proc/self/fd", O_DIRECTORY);
  if (folder.descriptor() < 0) return std::nullopt;
  alignas(dirent64) std::array<std::byte, 4096> entries;
  std::int64_t count = -1;
  for (;;) {
    const ssize_t size = ::getdents64(folder.descriptor(), entries.data(), entries.size());
    if (size < 0) return std::nullopt;
    if (size == 0) return count;
    for (ssize_t at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const dirent64*>(entries.data() + at);
      if (entry->d_name[0] != '.') ++count;
      at += entry->d_reclen;
    }
  }
}

}  // namespace ergon::inline v0::base
