#include "task/stop_signals.hpp"

#include <poll.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

#include "base/event_descriptor.hpp"
#include "base/ticks.hpp"

namespace ergon::inline v0::detail {
namespace {

// What the handler touches: lock-free atomics, written by the handler on any thread and by the object's
// owner.
std::atomic<int> g_event{-1};
std::atomic<pid_t> g_owner{0};
std::atomic<int> g_first_signal{0};
std::atomic<std::uint64_t> g_first_time{0};
std::atomic<StopSignals::Whose> g_whose{StopSignals::Whose::program};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<std::uint64_t>::is_always_lock_free);

// Written before the handlers are installed.
std::array<struct sigaction, 2> g_previous{};

const struct sigaction& previous(int number) noexcept { return g_previous[number == SIGINT ? 0 : 1]; }

bool was_ignored(int number) noexcept {
  return (previous(number).sa_flags & SA_SIGINFO) == 0 && previous(number).sa_handler == SIG_IGN;
}

void call_previous(int number, siginfo_t* info, void* context) {
  const struct sigaction& action = previous(number);
  if ((action.sa_flags & SA_SIGINFO) != 0) {
    if (action.sa_sigaction != nullptr) action.sa_sigaction(number, info, context);
  } else if (action.sa_handler != SIG_DFL) {
    action.sa_handler(number);
  }
}

void take_first_or_exit(int number, siginfo_t* info, void* context) {
  const bool is_supervised = g_whose.load() == StopSignals::Whose::supervised_worker;
  if (is_supervised && number == SIGINT) return;
  const std::uint64_t now = base::monotonic_nanoseconds();
  int first = 0;
  if (g_first_signal.compare_exchange_strong(first, number)) {
    g_first_time.store(now);
    base::ring_event(g_event.load());
    call_previous(number, info, context);
    return;
  }
  if (is_supervised) return;
  // Two threads may be here at once: the first one's time may not be there yet, or be later than this one's.
  const std::uint64_t first_time = g_first_time.load();
  const bool is_late =
      first_time != 0 && now > first_time && std::chrono::nanoseconds(now - first_time) > kSameRequest;
  if (number != first || is_late) ::_exit(128 + number);
}

void on_stop_signal(int number, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  if (::getpid() == g_owner.load()) {
    take_first_or_exit(number, info, context);
  } else {  // a process forked from the worker's is none
    ::sigaction(number, &previous(number), nullptr);
    ::raise(number);
  }
  errno = saved_errno;
}

}  // namespace

StopSignals::StopSignals(Whose whose) {
  g_whose = whose;
  g_event = base::make_event_descriptor();
  g_owner = ::getpid();
  g_first_signal = 0;
  g_first_time = 0;
  watcher_ = std::jthread([this](const std::stop_token& is_over) { watch(is_over); });
  struct sigaction action{};
  action.sa_sigaction = on_stop_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], nullptr, &g_previous[i]);
    const bool is_needed = whose == Whose::supervised_worker && kSignals[i] == SIGTERM;
    if (is_needed || !was_ignored(kSignals[i])) ::sigaction(kSignals[i], &action, nullptr);
  }
}

StopSignals::~StopSignals() {
  for (const int number : kSignals) {
    if (!was_ignored(number)) ::sigaction(number, &previous(number), nullptr);
  }
  watcher_.request_stop();
  base::ring_event(g_event.load());
  watcher_.join();
  ::close(g_event.exchange(-1));
}

void StopSignals::watch(const std::stop_token& is_over) {
  pollfd event{.fd = g_event.load(), .events = POLLIN, .revents = 0};
  while (received() == 0 && !is_over.stop_requested()) {
    ::poll(&event, 1, -1);
    base::take_events(event.fd);
  }
  if (received() != 0) stop_.request_stop();
}

int StopSignals::received() noexcept { return g_first_signal.load(); }

}  // namespace ergon::inline v0::detail
