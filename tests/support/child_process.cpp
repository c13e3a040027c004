#include "support/child_process.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ostream>
#include <system_error>
#include <utility>

#include "support/spawn.hpp"

namespace ergon::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

bool wait_until_readable(const OwnedDescriptor& descriptor, milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  pollfd wanted{descriptor.get(), POLLIN, 0};
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    const int found = ::poll(&wanted, 1, static_cast<int>(std::max(left, milliseconds(0)).count()));
    if (found >= 0 || errno != EINTR) return found > 0;
  }
}

// Not <sys/pidfd.h>: glibc 2.36's lacks extern "C".
OwnedDescriptor open_pidfd(pid_t pid) {
  return OwnedDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

ExitStatus reap(pid_t pid) {
  int raw = 0;
  while (::waitpid(pid, &raw, 0) < 0) {
    if (errno != EINTR) return {};
  }
  if (WIFSIGNALED(raw)) return {.code = -1, .signal = WTERMSIG(raw)};
  return {.code = WEXITSTATUS(raw), .signal = 0};
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const ExitStatus& status) {
  if (status.signal != 0) return out << "killed by signal " << status.signal;
  return out << "exit code " << status.code;
}

bool ChildProcess::Stream::read_some() {
  if (!descriptor) return false;
  std::array<char, 65'536> chunk;
  // The descriptor is non-blocking. NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection)
  const ssize_t size = ::read(descriptor.get(), chunk.data(), chunk.size());
  if (size > 0) text.append(chunk.data(), static_cast<std::size_t>(size));
  if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) descriptor.reset();
  return size > 0;
}

std::optional<std::string> ChildProcess::Stream::take_line() {
  const auto newline = text.find('\n', std::max(taken, searched));
  if (newline == std::string::npos) {
    searched = text.size();
    return std::nullopt;
  }
  std::string line = text.substr(taken, newline - taken);
  taken = newline + 1;
  if (taken > text.size() / 2) {
    text.erase(0, taken);
    taken = 0;
    searched = 0;
  }
  return line;
}

ChildProcess::ChildProcess(ChildProcessOptions options)
    : owner_(::getpid()), stop_event_(::eventfd(0, EFD_CLOEXEC)) {
  SpawnedChild child = spawn(options);
  pid_ = child.pid;
  input_ = std::move(child.input);
  output_.descriptor = std::move(child.output);
  errors_.descriptor = std::move(child.errors);
  exit_event_ = open_pidfd(pid_);
  int error = exit_event_ && stop_event_ ? 0 : errno;
  if (error == 0) error = start_reader();
  if (error != 0) {
    ::kill(pid_, SIGKILL);
    reap(pid_);
    throw std::system_error(error, std::generic_category(), "watching " + options.arguments[0]);
  }
}

ChildProcess::~ChildProcess() {
  if (!is_owned_here()) return;
  if (!status_) {
    send_signal(SIGKILL);
    reap(pid_);
  }
  ::eventfd_write(stop_event_.get(), 1);
  ::pthread_join(reader_, nullptr);
}

bool ChildProcess::is_owned_here() const { return ::getpid() == owner_; }

bool ChildProcess::write_input(std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = ::send(input_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

void ChildProcess::close_input() {
  if (input_) ::shutdown(input_.get(), SHUT_WR);
  input_.reset();
}

void ChildProcess::send_signal(int number) {
  if (!status_ && is_owned_here()) ::kill(pid_, number);
}

std::optional<ExitStatus> ChildProcess::wait(milliseconds timeout) {
  if (status_ || !is_owned_here()) return status_;
  if (!wait_until_readable(exit_event_, timeout)) return std::nullopt;
  status_ = reap(pid_);
  const std::lock_guard lock(mutex_);
  while (output_.read_some()) continue;
  while (errors_.read_some()) continue;
  return status_;
}

std::optional<std::string> ChildProcess::next_output_line(milliseconds timeout) {
  std::unique_lock lock(mutex_);
  std::optional<std::string> line;
  arrived_.wait_for(lock, timeout, [&] {
    line = output_.take_line();
    return line.has_value() || !output_.descriptor;
  });
  return line;
}

bool ChildProcess::wait_for_output(std::string_view text, milliseconds timeout) {
  return wait_for_text(output_, text, timeout);
}

bool ChildProcess::wait_for_error_output(std::string_view text, milliseconds timeout) {
  return wait_for_text(errors_, text, timeout);
}

bool ChildProcess::wait_for_text(Stream& stream, std::string_view text, milliseconds timeout) {
  std::unique_lock lock(mutex_);
  const auto has_text = [&] { return stream.rest().find(text) != std::string_view::npos; };
  arrived_.wait_for(lock, timeout, [&] { return has_text() || !stream.descriptor; });
  return has_text();
}

std::string ChildProcess::output() const {
  const std::lock_guard lock(mutex_);
  return std::string(output_.rest());
}

std::string ChildProcess::error_output() const {
  const std::lock_guard lock(mutex_);
  return errors_.text;
}

int ChildProcess::start_reader() {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const int error = ::pthread_create(&reader_, nullptr, reader_thread, this);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return error;
}

void* ChildProcess::reader_thread(void* self) {
  static_cast<ChildProcess*>(self)->read_until_end();
  return nullptr;
}

// Returns false when there is nothing left to come.
bool ChildProcess::read_streams() {
  bool is_open = false;
  {
    const std::lock_guard lock(mutex_);
    output_.read_some();
    errors_.read_some();
    is_open = output_.descriptor || errors_.descriptor;
  }
  arrived_.notify_all();
  return is_open;
}

void ChildProcess::read_until_end() {
  for (;;) {
    std::array<pollfd, 3> watched{};
    {
      const std::lock_guard lock(mutex_);
      watched = {{{output_.descriptor.get(), POLLIN, 0},
                  {errors_.descriptor.get(), POLLIN, 0},
                  {stop_event_.get(), POLLIN, 0}}};
    }
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return;
    if (watched[2].revents != 0 || !read_streams()) return;
  }
}

}  // namespace ergon::test
