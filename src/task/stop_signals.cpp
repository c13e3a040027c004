#include "task/stop_signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <system_error>

#include "base/ticks.hpp"

namespace ergon::detail {
namespace {

// What the handler touches: lock-free atomics, written by the handler on any thread and by the object's
// owner.
std::atomic<int> g_event{-1};
std::atomic<int> g_first_signal{0};
std::atomic<std::uint64_t> g_first_time{0};
std::atomic<bool> g_is_finished{false};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<std::uint64_t>::is_always_lock_free);

// Written before the handlers are installed.
std::array<struct sigaction, 2> g_previous{};

// `timeout`, for one, signals its child and then the child's whole group: two of a kind within this time are
// one.
constexpr std::uint64_t kSameRequest = 100'000'000;  // ns

void ring(int event) noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event, &one, sizeof one);
}

void call_previous(const struct sigaction& previous, int number, siginfo_t* info, void* context) {
  if ((previous.sa_flags & SA_SIGINFO) != 0) {
    if (previous.sa_sigaction != nullptr) previous.sa_sigaction(number, info, context);
  } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
    previous.sa_handler(number);
  }
}

void on_stop_signal(int number, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  const std::uint64_t now = base::monotonic_nanoseconds();
  int first = 0;
  if (g_first_signal.compare_exchange_strong(first, number)) {
    g_first_time.store(now);
    ring(g_event.load());
    call_previous(g_previous[number == SIGINT ? 0 : 1], number, info, context);
  } else if (number != first || now - g_first_time.load() > kSameRequest) {
    ::_exit(128 + number);
  }
  errno = saved_errno;
}

}  // namespace

StopSignals::StopSignals() {
  const int event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (event < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  g_event = event;
  g_first_signal = 0;
  g_is_finished = false;
  struct sigaction action{};
  action.sa_sigaction = on_stop_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], nullptr, &g_previous[i]);
    ::sigaction(kSignals[i], &action, nullptr);
  }
}

StopSignals::~StopSignals() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &g_previous[i], nullptr);
  ::close(g_event.exchange(-1));
}

int StopSignals::wait() noexcept {
  pollfd event{.fd = g_event.load(), .events = POLLIN, .revents = 0};
  while (received() == 0 && !g_is_finished.load()) ::poll(&event, 1, -1);
  return received();
}

void StopSignals::finish() noexcept {
  g_is_finished = true;
  ring(g_event.load());
}

int StopSignals::received() noexcept { return g_first_signal.load(); }

SignalsBlocked::SignalsBlocked() noexcept {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before_);
}

SignalsBlocked::~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace ergon::detail
