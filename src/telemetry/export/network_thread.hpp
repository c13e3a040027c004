#pragma once

#include <curl/curl.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "telemetry/export/otlp_exporter.hpp"

namespace ergon::inline v0::telemetry {

/// The thread that carries all OTLP traffic: one curl_multi, whose poll is the only place it waits in. Starts
/// with its first destination.
class NetworkThread {
 public:
  /// Throws std::runtime_error where the process has no descriptor left.
  explicit NetworkThread(std::shared_ptr<ResultInbox> results);
  NetworkThread(const NetworkThread&) = delete;
  NetworkThread& operator=(const NetworkThread&) = delete;
  ~NetworkThread();

  /// A destination; to be added before the first batch. The sink holds this thread by reference.
  [[nodiscard]] std::shared_ptr<Sink> add_destination(OtlpTarget target);

  /// How many destinations of all kinds share the memory. Before the first batch.
  void share_memory_among(std::size_t destinations);

  /// Ends all requests and the thread. Idempotent; for the session's thread.
  void stop();

  /// Held wherever curl works, so that a fork never copies curl's or OpenSSL's state half changed. One for
  /// the process; the child of a fork has its own.
  [[nodiscard]] static std::mutex& fork_gate();
  /// Locks it within a second, or answers false.
  [[nodiscard]] static bool close_fork_gate();
  static void renew_fork_gate_in_child();

 private:
  class Destination;

  [[nodiscard]] bool try_start();
  void run();
  void work();
  bool finish_ended();
  void wait();
  void wait_for_input();
  [[nodiscard]] std::uint64_t bytes_moved() const;
  [[nodiscard]] int milliseconds_to_next_retry() const;

  const std::shared_ptr<ResultInbox> results_;
  CURLM* multi_;
  std::vector<std::shared_ptr<OtlpExporter>> exporters_;  // fixed once the thread runs
  bool was_told_{false};                                  // the last poll told of something to do
  std::uint64_t moved_{0};                                // by all requests, before that
  std::chrono::milliseconds pause_{0};
  std::atomic<bool> is_stopping_{false};  // stop writes, the thread reads
  std::once_flag started_;
  std::thread thread_;
};

/// Initialises curl, and so OpenSSL with its exit handler, once; never undone. To be called before our own
/// exit handler is registered.
void initialise_curl();

}  // namespace ergon::inline v0::telemetry
