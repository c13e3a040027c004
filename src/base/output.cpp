#include "base/output.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/sigpipe_held_back.hpp"

namespace ergon::inline v0::base {

namespace {

// A write of no more than PIPE_BUF bytes into a pipe is never mixed with another's (POSIX).
std::string_view one_piece(std::string_view text) noexcept {
  if (text.size() <= PIPE_BUF) return text;
  const auto newline = text.rfind('\n', PIPE_BUF - 1);
  return text.substr(0, newline == std::string_view::npos ? PIPE_BUF : newline + 1);
}

}  // namespace

Output::Output(int descriptor) noexcept : descriptor_(descriptor) {
  struct stat status{};
  if (fstat(descriptor, &status) != 0) return;
  if (S_ISSOCK(status.st_mode)) kind_ = Kind::socket;
  if (!S_ISFIFO(status.st_mode) && isatty(descriptor) == 0) return;
  kind_ = Kind::stream;
  char path[32];
  std::snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
  own_ = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

Output::~Output() {
  if (own_ >= 0) close(own_);
}

ssize_t Output::write_some(std::string_view text) const noexcept {
  ssize_t written = 0;
  if (kind_ == Kind::socket) {
    written = send(descriptor_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  } else if (kind_ == Kind::stream) {
    const std::string_view piece = one_piece(text);
    // Where it could not be opened again (a terminal of another user's), polling is the best there is.
    if (own_ < 0 && !wait_until_writable(Clock::now())) return 0;
    const SigpipeHeldBack held_back;
    written = write(descriptor(), piece.data(), piece.size());
  } else {
    written = write(descriptor_, text.data(), text.size());
  }
  return written < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : written;
}

bool Output::wait_until_writable(Clock::time_point deadline) const noexcept {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd stream{descriptor(), POLLOUT, 0};
    const int ready = poll(&stream, 1, std::max(0, static_cast<int>(left.count())));
    if (ready >= 0) return ready > 0;
    if (errno != EINTR) return false;
  }
}

bool Output::write_until(std::string_view text, Clock::time_point deadline) const noexcept {
  while (!text.empty()) {
    const ssize_t written = write_some(text);
    if (written < 0 || (written == 0 && !wait_until_writable(deadline))) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace ergon::inline v0::base
