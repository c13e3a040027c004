#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace ergon::test {

/// Returns when a stop is requested; for ever if that can't be.
inline void wait_for_stop(const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  never.wait(lock, stop, [] { return false; });
}

}  // namespace ergon::test
