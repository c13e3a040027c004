#include "telemetry/session/crash_handler.hpp"

#include <signal.h>
#include <time.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <mutex>

#include "base/ticks.hpp"
#include "telemetry/record/recording_state.hpp"
#include "telemetry/session/ring_dump.hpp"

namespace ergon::telemetry {

namespace {

constexpr std::array kCrashSignals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr std::uint64_t kMostWait = 1'000'000'000;  // ns
constexpr std::size_t kStackBytes = 64U << 10U;

// Written before the handlers are installed, then only read.
std::array<struct sigaction, kCrashSignals.size()> g_previous{};

// Asks the worker to send everything and waits until it has, or the time is over. Several crashing threads
// wait for the same.
void flush_through_worker() noexcept {
  if (g_recording.wake_descriptor.load(std::memory_order_relaxed) < 0) return;
  for (CrashFlush earlier : {CrashFlush::none, CrashFlush::done})  // done: of a crash that was survived
    g_recording.crash_flush.compare_exchange_strong(earlier, CrashFlush::wanted);
  wake_worker();
  const std::uint64_t deadline = base::monotonic_nanoseconds() + kMostWait;
  while (g_recording.crash_flush.load(std::memory_order_acquire) != CrashFlush::done &&
         base::monotonic_nanoseconds() < deadline) {
    const timespec pause{0, 1'000'000};
    nanosleep(&pause, nullptr);
  }
}

// A fault happens again when its handler returns; a signal that was sent is sent again.
void on_crash(int number, siginfo_t* info, void* /*context*/) {
  const int saved_errno = errno;
  if (!dump_rings_of_crashed_worker()) flush_through_worker();
  for (std::size_t i = 0; i < kCrashSignals.size(); ++i) {
    if (kCrashSignals[i] == number) sigaction(number, &g_previous[i], nullptr);
  }
  if (info->si_code <= 0) raise(number);
  errno = saved_errno;
}

// For the thread that installs: its stack may be what is used up.
void use_another_stack() {
  stack_t present{};
  if (sigaltstack(nullptr, &present) != 0 || (present.ss_flags & SS_DISABLE) == 0) return;
  static std::array<std::byte, kStackBytes> bytes;
  const stack_t stack{.ss_sp = bytes.data(), .ss_flags = 0, .ss_size = bytes.size()};
  sigaltstack(&stack, nullptr);
}

}  // namespace

void install_crash_handler() {
  static std::once_flag once;
  std::call_once(once, [] {
    use_another_stack();
    struct sigaction action{};
    action.sa_sigaction = &on_crash;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    for (std::size_t i = 0; i < kCrashSignals.size(); ++i) {
      sigaction(kCrashSignals[i], nullptr, &g_previous[i]);
      sigaction(kCrashSignals[i], &action, nullptr);
    }
  });
}

}  // namespace ergon::telemetry
