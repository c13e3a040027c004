#pragma once

#include <sys/types.h>

#include <mutex>
#include <string>
#include <string_view>

namespace ergon::inline v0::detail {

/// Appends whole lines to a regular file, which is made if it is not there. Any thread, and any number of
/// these for one file, in other processes too.
class LineWriter {
 public:
  /// Throws SystemError, naming the file, when it can't be opened or is no regular one.
  explicit LineWriter(const std::string& path);
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;
  ~LineWriter();

  /// Appends the text, which ends with the end of a line: all of it, or throws SystemError and leaves the
  /// file as it was.
  void append(std::string_view lines);

 private:
  class Lock;

  [[nodiscard]] off_t size() const;
  [[nodiscard]] bool is_torn(off_t size) const;
  [[nodiscard]] bool write_all(std::string_view text) const;

  std::string path_;
  int descriptor_;
  std::mutex mutex_;
};

}  // namespace ergon::inline v0::detail
