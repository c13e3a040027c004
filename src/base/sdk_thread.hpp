#pragma once

#include <pthread.h>
#include <signal.h>

#include <thread>
#include <utility>

#include "base/alternate_stack.hpp"

namespace ergon::inline v0::base {

/// Keeps all signals from this thread, and from those it starts, for a scope: but for those of its own
/// faults, which would end the process past all handlers.
class SignalsHeldBack {
 public:
  SignalsHeldBack() noexcept {
    sigset_t all;
    sigfillset(&all);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigdelset(&all, fault);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsHeldBack(const SignalsHeldBack&) = delete;
  SignalsHeldBack& operator=(const SignalsHeldBack&) = delete;
  ~SignalsHeldBack() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

/// Starts one of the SDK's own threads: signals blocked as above, as they are the program's, and a stack for
/// the handlers of the rest. Throws std::system_error where the system has no thread left.
template <class Run>
[[nodiscard]] std::thread start_sdk_thread(const char* name, Run run) {
  const SignalsHeldBack held_back;
  std::thread thread([run = std::move(run)]() mutable {
    const AlternateStack for_handlers;
    run();
  });
  pthread_setname_np(thread.native_handle(), name);
  return thread;
}

}  // namespace ergon::inline v0::base
