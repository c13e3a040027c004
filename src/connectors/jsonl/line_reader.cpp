#include "connectors/jsonl/line_reader.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "connectors/jsonl/file_error.hpp"

namespace ergon::inline v0::detail {
namespace {

constexpr std::size_t kFirstBuffer = 256U << 10U;
constexpr int kStep = 50;  // ms, between looks at the stop token

int open_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) throw_file_error("open", path, errno);
  return descriptor;
}

mode_t kind_of(int descriptor) {
  struct stat status{};
  return ::fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0;
}

// Followed by nothing, it is the end of the line before.
bool is_empty_line(std::string_view text) { return text == "\n" || text == "\r\n" || text == "\r"; }

}  // namespace

LineReader::LineReader(const std::string& path, std::stop_token stop, std::function<void()> at_each_step)
    : path_(path),
      stop_(std::move(stop)),
      at_each_step_(std::move(at_each_step)),
      descriptor_(open_file(path)),
      buffer_(kFirstBuffer) {
  const mode_t kind = kind_of(descriptor_);
  waits_ = kind != S_IFREG;
  if (kind != S_IFDIR) return;
  ::close(descriptor_);
  throw_file_error("open", path, EISDIR);
}

LineReader::~LineReader() { ::close(descriptor_); }

std::optional<LineReader::Line> LineReader::next(Wait wait) {
  std::size_t searched = 0;
  for (;;) {
    const auto newline = rest().find('\n', searched);
    if (newline != std::string_view::npos && !is_empty_line(rest())) return take(newline, true);
    if (rest().size() > kLongestLine) return pass_over_long_line();
    searched = std::min(newline, rest().size());
    switch (read_more(wait)) {
      case Got::some:
        break;
      case Got::nothing:
        return std::nullopt;
      case Got::end:
        return take_last();
    }
  }
}

std::optional<LineReader::Line> LineReader::take_last() {
  if (rest().empty() || is_empty_line(rest())) return std::nullopt;
  return take(rest().size(), false);
}

LineReader::Line LineReader::take(std::size_t size, bool is_ended) {
  std::string_view text = rest().substr(0, size);
  begin_ += size + (is_ended ? 1 : 0);
  ++number_;
  if (text.ends_with('\r')) text.remove_suffix(1);
  const bool is_too_long = text.size() > kLongestLine;
  return {is_too_long ? std::string_view{} : text, number_, is_too_long, is_ended};
}

// Its end is waited for in any case: what has been passed over can't be taken up again.
std::optional<LineReader::Line> LineReader::pass_over_long_line() {
  Got got = Got::some;
  std::size_t newline = std::string_view::npos;
  while (newline == std::string_view::npos && got == Got::some) {
    begin_ = end_;
    got = read_more(Wait::yes);
    newline = rest().find('\n');
  }
  if (got == Got::nothing) return std::nullopt;
  const bool is_ended = newline != std::string_view::npos;
  begin_ = is_ended ? begin_ + newline + 1 : end_;
  return Line{{}, ++number_, true, is_ended};
}

void LineReader::seek(std::uint64_t offset, std::uint64_t lines_before) {
  const std::uint64_t buffered = read_ - end_;
  if (offset >= buffered && offset <= read_) {
    begin_ = static_cast<std::size_t>(offset - buffered);
  } else {
    begin_ = end_ = 0;
    read_ = offset;
  }
  number_ = lines_before;
  has_ended_ = false;
}

// Keeps what is not yet taken, moved to the front, and makes room for more.
LineReader::Got LineReader::read_more(Wait wait) {
  const std::size_t kept = end_ - begin_;
  std::memmove(buffer_.data(), buffer_.data() + begin_, kept);
  begin_ = 0;
  end_ = kept;
  if (end_ == buffer_.size()) buffer_.resize(std::min(2 * buffer_.size(), kLongestLine + kFirstBuffer));
  while (!has_ended_) {
    if (waits_ && !wait_for_input(wait)) return Got::nothing;
    const ssize_t got = read_some();
    if (got < 0 && errno != EINTR && errno != EAGAIN) throw_file_error("read", path_, errno);
    if (got > 0) {
      end_ += static_cast<std::size_t>(got);
      read_ += static_cast<std::size_t>(got);
      return Got::some;
    }
    has_ended_ = got == 0;
  }
  return Got::end;
}

ssize_t LineReader::read_some() {
  char* const free = buffer_.data() + end_;
  const std::size_t size = buffer_.size() - end_;
  return waits_ ? ::read(descriptor_, free, size)
                : ::pread(descriptor_, free, size, static_cast<off_t>(read_));
}

// Whether there is something to read, or the end of it.
bool LineReader::wait_for_input(Wait wait) const {
  pollfd input{.fd = descriptor_, .events = POLLIN, .revents = 0};
  while (!stop_.stop_requested()) {
    if (::poll(&input, 1, wait == Wait::yes ? kStep : 0) > 0) return true;
    if (wait == Wait::no) return false;
    if (at_each_step_) at_each_step_();
  }
  return false;
}

}  // namespace ergon::inline v0::detail
