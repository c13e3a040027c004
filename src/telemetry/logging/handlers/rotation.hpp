#pragma once

#include <cstdint>
#include <string>

namespace ergon::inline v0::telemetry {

/// What is known of a file between two lines.
struct FileState {
  std::uint64_t bytes{0};
  /// When it was last written to, of a file that was there before; Unix time in seconds.
  std::int64_t modified{0};
};

/// When a file is put aside, and as what. One thread.
class Rotation {
 public:
  virtual ~Rotation() = default;

  /// The file was opened anew.
  virtual void begin(const FileState& file) = 0;
  /// Whether the file is to be put aside before this line is written to it.
  [[nodiscard]] virtual bool is_due(std::uint64_t file_bytes, std::uint64_t line_bytes,
                                    std::uint64_t unix_nanoseconds) = 0;
  /// Puts the file, which is closed, aside, and removes what is too much. False, and errno, where it can't:
  /// the file is as it was.
  [[nodiscard]] virtual bool rotate(const std::string& path) = 0;
};

/// Removes the file; one that isn't there is no error.
void remove_file(const std::string& path) noexcept;
/// 0 of a file that isn't there.
[[nodiscard]] std::uint64_t bytes_of(const std::string& path) noexcept;
[[nodiscard]] bool exists(const std::string& path) noexcept;

}  // namespace ergon::inline v0::telemetry
