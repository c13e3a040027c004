#include "task/supervisor/child.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <system_error>

#include "base/diagnostic.hpp"

namespace ergon::inline v0::detail {
namespace {

void send(int descriptor, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) return;  // nobody reads any more
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
}

// What it throws must not unwind into what is the parent's.
ChildResult run_caught(const std::function<ChildResult()>& run) noexcept {
  try {
    return run();
  } catch (const std::exception& error) {
    base::write_to_stderr(std::string("ergon: a worker process ends: ") + error.what() + "\n");
  } catch (...) {
    base::write_to_stderr("ergon: a worker process ends: an exception of an unknown type\n");
  }
  ::_exit(1);
}

[[noreturn]] void live(const ChildSetup& setup, pid_t parent, int report,
                       const std::function<ChildResult()>& run) {
  ::prctl(PR_SET_PDEATHSIG, SIGCONT);
  if (::getppid() != parent) ::_exit(1);
  for (const int descriptor : setup.closes) ::close(descriptor);
  ::signal(SIGPIPE, SIG_IGN);  // on the pipe to a parent that is gone
  ::sigprocmask(SIG_SETMASK, &setup.signals_before, nullptr);
  const ChildResult result = run_caught(run);
  send(report, result.report);
  ::close(report);
  std::exit(result.exit_code);  // as from main: what the program does at its end is done
}

}  // namespace

Child::Child(const ChildSetup& setup, const std::function<ChildResult()>& run) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe to a worker process");
  std::fflush(nullptr);  // else the child would write it, too
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(ends[0]);
    live(setup, parent, ends[1], run);
  }
  const int error = errno;
  ::close(ends[1]);
  if (pid_ < 0) {
    ::close(ends[0]);
    throw std::system_error(error, std::generic_category(), "fork of a worker process");
  }
  report_ = ends[0];
  ::fcntl(report_, F_SETFL, O_NONBLOCK);
}

Child::~Child() {
  if (report_ >= 0) ::close(report_);
}

void Child::read_report() noexcept {
  std::array<char, 4096> buffer{};
  while (report_ >= 0) {
    const ssize_t got = ::read(report_, buffer.data(), buffer.size());
    if (got > 0) {
      text_.append(buffer.data(), static_cast<std::size_t>(got));
    } else if (got == 0) {
      ::close(report_);
      report_ = -1;
    } else if (errno != EINTR) {
      return;
    }
  }
}

}  // namespace ergon::inline v0::detail
