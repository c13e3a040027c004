#pragma once

#include <pthread.h>
#include <signal.h>

#include <thread>
#include <utility>

namespace ergon::base {

/// Keeps all signals from this thread, and from those it starts, for a scope: but for those of its own
/// faults, which would end the process past all handlers.
class SignalsHeldBack {
 public:
  SignalsHeldBack() noexcept {
    sigset_t all;
    sigfillset(&all);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) sigdelset(&all, fault);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsHeldBack(const SignalsHeldBack&) = delete;
  SignalsHeldBack& operator=(const SignalsHeldBack&) = delete;
  ~SignalsHeldBack() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

/// Starts one of the SDK's own threads, signals blocked as above: they are the program's. Throws
/// std::system_error where the system has no thread left.
template <class Run>
[[nodiscard]] std::thread start_sdk_thread(const char* name, Run run) {
  const SignalsHeldBack held_back;
  std::thread thread(std::move(run));
  pthread_setname_np(thread.native_handle(), name);
  return thread;
}

}  // namespace ergon::base
