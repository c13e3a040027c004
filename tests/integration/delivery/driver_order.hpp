#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace nlohmann {

template <>
struct adl_serializer<std::chrono::milliseconds> {
  static void to_json(json& out, std::chrono::milliseconds value) { out = value.count(); }
  static void from_json(const json& in, std::chrono::milliseconds& value) {
    value = std::chrono::milliseconds(in.get<std::int64_t>());
  }
};

template <>
struct adl_serializer<std::chrono::nanoseconds> {
  static void to_json(json& out, std::chrono::nanoseconds value) { out = value.count(); }
  static void from_json(const json& in, std::chrono::nanoseconds& value) {
    value = std::chrono::nanoseconds(in.get<std::int64_t>());
  }
};

}  // namespace nlohmann

namespace ergon::test {

/// The load of each phase: bursts of spans, each tenth with a log inside, at a fixed distance, so that the
/// backend misbehaves while they are recorded. All that waits for a dead backend fits into the memory limit.
inline constexpr int kSpansPerBurst = 500;
inline constexpr int kSpansPerLog = 10;
inline constexpr std::chrono::milliseconds kBurstDistance{20};
inline constexpr std::int64_t kBatchSize = 2'048;
inline constexpr std::uint64_t kMemoryLimit = 8U << 20U;

/// What programs/fault_driver.cpp is told in its first argument.
struct DriverOrder {
  bool is_http = false;            // otlp_http, else otlp_grpc
  std::string endpoint{};          // without the paths of the signals
  std::string healthy_endpoint{};  // of the phase before
  std::string ca_file{};
  std::string cert_file{};
  std::string key_file{};
  std::string proxy{};
  std::string resolver_folder{};  // whose resolv.conf and nsswitch.conf are in place of the machine's
  std::chrono::milliseconds timeout{2'000};
  std::chrono::milliseconds max_elapsed{20'000};
  std::chrono::milliseconds export_timeout{0};  // 0: none of its own
  std::chrono::milliseconds flush_timeout{10'000};
  std::chrono::milliseconds shutdown_timeout{2'000};
  std::int64_t max_response_size = 4 << 20;
  int bursts = 20;
  bool waits_at_half = false;  // says "half" between the bursts, and goes on at a line of input
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DriverOrder, is_http, endpoint, healthy_endpoint, ca_file, cert_file,
                                   key_file, proxy, resolver_folder, timeout, max_elapsed, export_timeout,
                                   flush_timeout, shutdown_timeout, max_response_size, bursts, waits_at_half)

/// Session::statistics() of one signal, over all.
struct Books {
  std::uint64_t created = 0;
  std::uint64_t delivered = 0;
  std::uint64_t rejected = 0;
  std::uint64_t queued = 0;
  std::map<std::string, std::uint64_t> dropped{};  // by the reasons that there were
  bool closes = false;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Books, created, delivered, rejected, queued, dropped, closes)

/// One session from its start to its end.
struct PhaseReport {
  Books spans{};
  Books logs{};
  bool is_flushed = false;
  std::chrono::milliseconds until_flushed{};  // from the first record on
  std::chrono::milliseconds shutdown_took{};
  std::chrono::nanoseconds slowest_call{};  // p99.9 of the thread's CPU time, the clock's own cost included
  std::chrono::milliseconds cpu{};          // of the whole process
  std::uint64_t memory_growth = 0;          // the most by which RssAnon rose; 0 under sanitizers
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PhaseReport, spans, logs, is_flushed, until_flushed, shutdown_took,
                                   slowest_call, cpu, memory_growth)

/// The last line that the driver prints.
struct DriverReport {
  PhaseReport healthy{};
  PhaseReport faulty{};
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DriverReport, healthy, faulty)

/// The driver's exit code where it may not have a resolver of its own.
inline constexpr int kNotPermitted = 77;

}  // namespace ergon::test
