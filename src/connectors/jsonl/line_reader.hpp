#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ergon::detail {

/// Reads a file line by line through one buffer, which grows with the longest line up to a limit. One thread
/// at a time.
class LineReader {
 public:
  static constexpr std::size_t kLongestLine = 16U << 20U;

  /// Throws SystemError, naming the file, when it can't be opened or is a directory.
  explicit LineReader(const std::string& path);
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  ~LineReader();

  struct Line {
    /// Without its end (LF or CR LF); valid until the next call.
    std::string_view text;
    std::uint64_t number;
    /// The line is longer than kLongestLine; the text is empty and the rest of it was passed over.
    bool is_too_long;
  };

  /// The next line, or nothing at the end of the file. Throws SystemError when reading fails.
  [[nodiscard]] std::optional<Line> next();
  /// Whether no further line follows. May read, and throw, as `next`; ends the validity of its text.
  [[nodiscard]] bool is_at_end();

 private:
  [[nodiscard]] bool read_more();
  Line take(std::size_t size, std::size_t terminator);
  Line pass_over_long_line();

  std::string path_;
  int descriptor_;
  std::vector<char> buffer_;
  std::size_t begin_{0};  // of what is read and not yet taken
  std::size_t end_{0};
  std::uint64_t number_{0};
};

}  // namespace ergon::detail
