#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace ergon::inline v0::detail {

/// Reads a file line by line through one buffer, which grows with the longest line up to a limit. Pipes,
/// terminals and devices are waited for in short steps, so that a stop ends it, until their writers have
/// closed them. In a regular file any line can be gone to, and its end is looked for again each time. One
/// thread at a time.
class LineReader {
 public:
  static constexpr std::size_t kLongestLine = 16U << 20U;

  /// Throws SystemError, naming the file, when it can't be opened or is a directory. `at_each_step` is called
  /// while it waits, on the thread that does.
  explicit LineReader(const std::string& path, std::stop_token stop = {},
                      std::function<void()> at_each_step = {});
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  ~LineReader();

  struct Line {
    /// Without its end (LF or CR LF); valid until the next call.
    std::string_view text;
    std::uint64_t number;
    /// The line is longer than kLongestLine; the text is empty and the rest of it was passed over.
    bool is_too_long;
    /// False of a last line without a newline.
    bool is_ended;
  };

  enum class Wait : std::uint8_t { no, yes };

  /// The next line. Nothing when there is no more of them (an empty last line is none), when a stop was
  /// requested while it waited, or, if it may not wait, when there is none yet. Throws SystemError when
  /// reading fails.
  [[nodiscard]] std::optional<Line> next(Wait wait);

  /// Goes to where a line of a regular file begins; what is in the buffer is not read again.
  void seek(std::uint64_t offset, std::uint64_t lines_before);
  /// Where the next line begins.
  [[nodiscard]] std::uint64_t offset() const noexcept { return read_ - (end_ - begin_); }
  [[nodiscard]] bool is_regular() const noexcept { return !waits_; }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  enum class Got : std::uint8_t { some, nothing, end };

  [[nodiscard]] Got read_more(Wait wait);
  [[nodiscard]] ssize_t read_some();
  [[nodiscard]] bool wait_for_input(Wait wait) const;
  [[nodiscard]] std::string_view rest() const noexcept { return {buffer_.data() + begin_, end_ - begin_}; }
  std::optional<Line> take_last();
  Line take(std::size_t size, bool is_ended);
  std::optional<Line> pass_over_long_line();

  std::string path_;
  std::stop_token stop_;
  std::function<void()> at_each_step_;
  int descriptor_;
  bool waits_;
  bool has_ended_{false};
  std::vector<char> buffer_;
  std::size_t begin_{0};  // of what is read and not yet taken
  std::size_t end_{0};
  std::uint64_t read_{0};  // bytes of the file before the end of the buffer
  std::uint64_t number_{0};
};

}  // namespace ergon::inline v0::detail
