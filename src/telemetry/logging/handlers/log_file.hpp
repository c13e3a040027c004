#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "telemetry/logging/handlers/rotation.hpp"
#include "telemetry/logging/line_format.hpp"

namespace ergon::inline v0::telemetry {

struct LogFileOptions {
  std::string path;
  bool truncates{false};  // what is there at first
  unsigned permissions{0640};
};

/// A file of lines, which may be put aside when it is full or its time is over. Opened with its first record,
/// and again after it was moved or removed by others, or after a failure. One that rotates is locked, since
/// two processes would put aside each other's lines: the second writes to one of its own. One thread.
class LogFile {
 public:
  LogFile(LogFileOptions options, std::unique_ptr<Rotation> rotation);
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile();

  struct Written {
    std::uint64_t written{0};
    std::uint64_t lost{0};
  };
  /// Writes line records, each whole or not at all, and counts them. If a line can't be made, which throws,
  /// those before it that are not counted yet are not written, either.
  void write(std::string_view records, LineFormat& format, Written& result);

  /// Writes one line that stands for so many records, whole or not at all.
  void write_line(std::string_view line, std::uint64_t records, Written& result);

  [[nodiscard]] const std::string& path() const noexcept { return options_.path; }

  /// In the child of a fork: closes its copies of the files that the parent has locked, as a lock is held for
  /// as long as any copy is open. The objects are left alone.
  static void close_locked_in_child() noexcept;

 private:
  [[nodiscard]] bool ensure_open();
  [[nodiscard]] bool try_open();
  [[nodiscard]] bool try_lock();
  [[nodiscard]] bool was_moved() const noexcept;
  void close() noexcept;
  void make_room(std::uint64_t unix_nanoseconds, std::size_t start, Written& result);
  // Writes `lines_`, or loses them.
  void flush(Written& result);
  void take_back(std::size_t bytes) const noexcept;
  void put_aside();

  LogFileOptions options_;
  std::unique_ptr<Rotation> rotation_;
  bool has_own_name_{false};  // as another process has locked the file
  int descriptor_{-1};
  std::uint64_t bytes_{0};
  std::string lines_;         // that are still to be written
  std::uint64_t pending_{0};  // of them
};

/// What URLs of files begin with.
inline constexpr std::string_view kFileUrl = "file://";

/// The name with `{pid}`, `{task}` and `{timestamp}` filled in.
[[nodiscard]] std::string fill_in(std::string_view filename, std::string_view task);
/// Whether it has no other fields in braces.
[[nodiscard]] bool is_filename(std::string_view filename);

}  // namespace ergon::inline v0::telemetry
