#include "base/output.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace ergon::base {

namespace {

// Keeps SIGPIPE from the thread for a scope, and takes the one that a write in it has caused.
class SigpipeHeldBack {
 public:
  SigpipeHeldBack() noexcept {
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  SigpipeHeldBack(const SigpipeHeldBack&) = delete;
  SigpipeHeldBack& operator=(const SigpipeHeldBack&) = delete;
  ~SigpipeHeldBack() {
    const int saved_errno = errno;
    const timespec now{};
    if (!was_pending_) sigtimedwait(&sigpipe_, nullptr, &now);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = saved_errno;
  }

 private:
  sigset_t sigpipe_;
  sigset_t before_;
  bool was_pending_;
};

// A write of no more than PIPE_BUF bytes into a pipe is never mixed with another's (POSIX).
std::string_view one_piece(std::string_view text) noexcept {
  if (text.size() <= PIPE_BUF) return text;
  const auto newline = text.rfind('\n', PIPE_BUF - 1);
  return text.substr(0, newline == std::string_view::npos ? PIPE_BUF : newline + 1);
}

bool is_writable_now(int descriptor) noexcept {
  pollfd one{descriptor, POLLOUT, 0};
  return poll(&one, 1, 0) > 0;
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
    if (own_ < 0 && !is_writable_now(descriptor_)) return 0;
    const SigpipeHeldBack held_back;
    written = write(descriptor(), piece.data(), piece.size());
  } else {
    written = write(descriptor_, text.data(), text.size());
  }
  return written < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : written;
}

}  // namespace ergon::base
