#include "connectors/jsonl/line_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <ergon/task/errors.hpp>

namespace ergon::detail {
namespace {

constexpr std::size_t kFirstBuffer = 256U << 10U;

[[noreturn]] void fail(const char* doing, const std::string& path, int error) {
  throw SystemError(std::string("cannot ") + doing + " " + path + ": " +
                    std::generic_category().message(error));
}

int open_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail("open", path, errno);
  struct stat status{};
  if (::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
    ::close(descriptor);
    fail("open", path, EISDIR);
  }
  return descriptor;
}

}  // namespace

LineReader::LineReader(const std::string& path)
    : path_(path), descriptor_(open_file(path)), buffer_(kFirstBuffer) {}

LineReader::~LineReader() { ::close(descriptor_); }

std::optional<LineReader::Line> LineReader::next() {
  std::size_t searched = 0;
  for (;;) {
    const char* start = buffer_.data() + begin_;
    const std::size_t size = end_ - begin_;
    if (const void* newline = std::memchr(start + searched, '\n', size - searched)) {
      return take(static_cast<std::size_t>(static_cast<const char*>(newline) - start), 1);
    }
    if (size > kLongestLine) return pass_over_long_line();
    searched = size;
    if (!read_more()) break;
  }
  if (begin_ == end_) return std::nullopt;
  return take(end_ - begin_, 0);
}

bool LineReader::is_at_end() { return begin_ == end_ && !read_more(); }

LineReader::Line LineReader::take(std::size_t size, std::size_t terminator) {
  std::string_view text(buffer_.data() + begin_, size);
  begin_ += size + terminator;
  ++number_;
  if (text.ends_with('\r')) text.remove_suffix(1);
  const bool is_too_long = text.size() > kLongestLine;
  return {is_too_long ? std::string_view{} : text, number_, is_too_long};
}

LineReader::Line LineReader::pass_over_long_line() {
  for (;;) {
    const char* start = buffer_.data() + begin_;
    if (const void* newline = std::memchr(start, '\n', end_ - begin_)) {
      begin_ += static_cast<std::size_t>(static_cast<const char*>(newline) - start) + 1;
      break;
    }
    begin_ = end_;
    if (!read_more()) break;
  }
  return {{}, ++number_, true};
}

// False at the end of the file. Keeps what is not yet taken, moved to the front, and makes room for more.
bool LineReader::read_more() {
  const std::size_t kept = end_ - begin_;
  std::memmove(buffer_.data(), buffer_.data() + begin_, kept);
  begin_ = 0;
  end_ = kept;
  if (end_ == buffer_.size()) buffer_.resize(std::min(2 * buffer_.size(), kLongestLine + kFirstBuffer));
  for (;;) {
    const ssize_t got = ::read(descriptor_, buffer_.data() + end_, buffer_.size() - end_);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", path_, errno);
    end_ += static_cast<std::size_t>(got);
    return got > 0;
  }
}

}  // namespace ergon::detail
