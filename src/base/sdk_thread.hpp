#pragma once

#include <pthread.h>
#include <signal.h>

#include <thread>
#include <utility>

namespace ergon::base {

/// Starts one of the SDK's own threads, all signals blocked: signals are the program's.
template <class Run>
[[nodiscard]] std::thread start_sdk_thread(const char* name, Run run) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(run));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(thread.native_handle(), name);
  return thread;
}

}  // namespace ergon::base
