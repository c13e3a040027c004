#include "telemetry/session/crash_handler.hpp"

#include <signal.h>
#include <time.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <mutex>

#include "base/alternate_stack.hpp"
#include "base/ticks.hpp"
#include "telemetry/record/recording_state.hpp"
#include "telemetry/session/ring_dump.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constexpr std::array kCrashSignals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr std::uint64_t kMostWait = 1'000'000'000;  // ns
constexpr std::uint64_t kMostDump = 5 * kMostWait;

// Written before the handlers are installed, then only read.
std::array<struct sigaction, kCrashSignals.size()> g_previous{};

void pause_a_little() noexcept {
  const timespec pause{0, 1'000'000};
  nanosleep(&pause, nullptr);
}

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
    pause_a_little();
  }
  // The worker crashed as well and is at that.
  while (are_rings_being_dumped() && base::monotonic_nanoseconds() < deadline + kMostDump) pause_a_little();
}

// A fault happens again when its handler returns; a signal that was sent is sent again.
void on_crash(int number, siginfo_t* info, void* /*context*/) {
  const int saved_errno = errno;
  leave_faulty_memory_alone();
  if (!dump_rings_of_crashed_worker()) flush_through_worker();
  for (std::size_t i = 0; i < kCrashSignals.size(); ++i) {
    if (kCrashSignals[i] == number) sigaction(number, &g_previous[i], nullptr);
  }
  if (info->si_code <= 0) raise(number);
  errno = saved_errno;
}

}  // namespace

void install_crash_handler() {
  static std::once_flag once;
  std::call_once(once, [] {
    static const auto* const kOfThisThread = new base::AlternateStack;
    static_cast<void>(kOfThisThread);
    struct sigaction action{};
    action.sa_sigaction = &on_crash;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;  // a dump may meet faults of its own
    for (std::size_t i = 0; i < kCrashSignals.size(); ++i) {
      sigaction(kCrashSignals[i], nullptr, &g_previous[i]);
      sigaction(kCrashSignals[i], &action, nullptr);
    }
  });
}

}  // namespace ergon::inline v0::telemetry
