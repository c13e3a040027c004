#include "telemetry/session/stop_handler.hpp"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <mutex>

#include "base/diagnostic.hpp"
#include "base/event_descriptor.hpp"
#include "base/sdk_thread.hpp"
#include "telemetry/record/thread_block.hpp"
#include "telemetry/session/engine.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constexpr std::array kStopSignals{SIGTERM, SIGINT};

// Written before the handlers are installed, then only read.
std::array<struct sigaction, kStopSignals.size()> g_previous{};
int g_wake = -1;
pid_t g_owner = 0;
// Of each signal: it has come, and the thread has not seen to it yet.
std::array<std::atomic<bool>, kStopSignals.size()> g_came{};
static_assert(std::atomic<bool>::is_always_lock_free);

std::size_t index_of(int number) noexcept { return number == kStopSignals[0] ? 0 : 1; }

bool has_info(const struct sigaction& action) noexcept { return (action.sa_flags & SA_SIGINFO) != 0; }
bool is_default(const struct sigaction& action) noexcept {
  return !has_info(action) && action.sa_handler == SIG_DFL;
}
// The kernel does not end a container's first process.
bool would_end(const struct sigaction& action) noexcept { return is_default(action) && getpid() != 1; }
bool is_ignored(const struct sigaction& action) noexcept {
  return !has_info(action) && action.sa_handler == SIG_IGN;
}

// The signal takes its course, once this thread is out of the handler that it may be in.
void put_back_and_raise(int number) noexcept {
  sigaction(number, &g_previous[index_of(number)], nullptr);
  kill(getpid(), number);
}

void on_stop(int number, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  const std::size_t index = index_of(number);
  const struct sigaction& previous = g_previous[index];
  if (getpid() != g_owner) {  // a fork has no thread for this
    if (would_end(previous)) put_back_and_raise(number);
  } else if (!g_came[index].exchange(true)) {
    base::ring_event(g_wake);
  } else if (would_end(previous)) {  // asked again meanwhile
    put_back_and_raise(number);
  }
  if (has_info(previous)) previous.sa_sigaction(number, info, context);
  else if (!is_default(previous)) previous.sa_handler(number);
  errno = saved_errno;
}

void see_to(std::size_t index) {
  const bool ends = would_end(g_previous[index]);
  base::guard("telemetry: what was recorded before a signal may not have been sent", [ends] {
    if (ends) Engine::instance().shut_down_latest();
    else Engine::instance().flush_latest();
  });
  if (ends) put_back_and_raise(kStopSignals[index]);
}

// Of a signal that ends the process it stays noted: one more ends it at once.
void see_to_all(bool those_that_end) {
  for (std::size_t i = 0; i < kStopSignals.size(); ++i) {
    const bool ends = would_end(g_previous[i]);
    if (ends == those_that_end && (ends ? g_came[i].load() : g_came[i].exchange(false))) see_to(i);
  }
}

// Lives as long as the process.
void watch() {
  suppress_telemetry_on_this_thread();
  pollfd wake{.fd = g_wake, .events = POLLIN, .revents = 0};
  for (;;) {
    poll(&wake, 1, -1);
    base::take_events(g_wake);
    see_to_all(true);
    see_to_all(false);
  }
}

// As the program's own handler would have been called.
struct sigaction action_before(const struct sigaction& previous) {
  struct sigaction action{};
  action.sa_sigaction = &on_stop;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  if (is_default(previous)) return action;
  action.sa_mask = previous.sa_mask;
  action.sa_flags = SA_SIGINFO | (previous.sa_flags & (SA_RESTART | SA_ONSTACK | SA_NODEFER | SA_RESETHAND));
  return action;
}

}  // namespace

void install_stop_handler() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (g_wake < 0) g_wake = base::make_event_descriptor();  // it may have failed behind this
    g_owner = getpid();
    base::start_sdk_thread("ergon-signals", &watch).detach();
    for (std::size_t i = 0; i < kStopSignals.size(); ++i) {
      sigaction(kStopSignals[i], nullptr, &g_previous[i]);
      const struct sigaction action = action_before(g_previous[i]);
      if (!is_ignored(g_previous[i])) sigaction(kStopSignals[i], &action, nullptr);
    }
  });
}

}  // namespace ergon::inline v0::telemetry
