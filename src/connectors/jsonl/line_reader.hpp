#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace ergon::detail {

/// Reads a file line by line through one buffer, which grows with the longest line up to a limit. Pipes,
/// terminals and devices are waited for in short steps, so that a stop ends it, until their writers have
/// closed them. One thread at a time.
class LineReader {
 public:
  static constexpr std::size_t kLongestLine = 16U << 20U;

  /// Throws SystemError, naming the file, when it can't be opened or is a directory.
  explicit LineReader(const std::string& path, std::stop_token stop = {});
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

  enum class Wait : std::uint8_t { no, yes };

  /// The next line. Nothing when there is no more of them (an empty last line is none), when a stop was
  /// requested while it waited, or, if it may not wait, when there is none yet. Throws SystemError when
  /// reading fails.
  [[nodiscard]] std::optional<Line> next(Wait wait);

 private:
  enum class Got : std::uint8_t { some, nothing, end };

  [[nodiscard]] Got read_more(Wait wait);
  [[nodiscard]] bool wait_for_input(Wait wait) const;
  [[nodiscard]] std::string_view rest() const noexcept { return {buffer_.data() + begin_, end_ - begin_}; }
  std::optional<Line> take_last();
  Line take(std::size_t size, std::size_t terminator);
  std::optional<Line> pass_over_long_line();

  std::string path_;
  std::stop_token stop_;
  int descriptor_;
  bool waits_;
  bool has_ended_{false};
  std::vector<char> buffer_;
  std::size_t begin_{0};  // of what is read and not yet taken
  std::size_t end_{0};
  std::uint64_t number_{0};
};

}  // namespace ergon::detail
