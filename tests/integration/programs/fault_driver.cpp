// The program of the fault table: records the same load in two sessions, first to a healthy backend and then
// to the one under test, and reports what its telemetry said of each. Usage: fault_driver ORDER, as JSON.

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ergon/telemetry.hpp>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "integration/delivery/driver_order.hpp"

using namespace std::chrono_literals;
using ergon::test::Books;
using ergon::test::DriverOrder;
using ergon::test::PhaseReport;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSanitized = true;
#elif defined(__has_feature)
constexpr bool kIsSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kIsSanitized = false;
#endif

const ergon::Tracer kTracer = ergon::get_tracer("faults");
const ergon::Logger kLog = ergon::get_logger("faults");

template <class Options>
ergon::Exporter exporter_to(const DriverOrder& order, const std::string& endpoint) {
  Options options{
      .endpoint = endpoint, .timeout = order.timeout, .max_response_size = order.max_response_size};
  options.tls = {.ca_file = order.ca_file, .cert_file = order.cert_file, .key_file = order.key_file};
  options.proxy = order.proxy;
  options.retry = {.initial_interval = 30ms, .max_interval = 100ms, .max_elapsed = order.max_elapsed};
  return options;
}

ergon::Exporter exporter_of(const DriverOrder& order, const char* path) {
  if (!order.is_http) return exporter_to<ergon::OtlpGrpcExporter>(order, order.endpoint);
  return exporter_to<ergon::OtlpHttpExporter>(order, order.endpoint + path);
}

std::optional<std::chrono::milliseconds> export_timeout_of(const DriverOrder& order) {
  if (order.export_timeout.count() == 0) return std::nullopt;
  return order.export_timeout;
}

ergon::TelemetryConfig configuration(const DriverOrder& order) {
  ergon::TelemetryConfig config{.service_name = "faults"};
  config.tracing = ergon::TracingConfig{
      .processors = {ergon::BatchSpanProcessor{.schedule_delay = 100ms,
                                               .max_export_batch_size = ergon::test::kBatchSize,
                                               .export_timeout = export_timeout_of(order),
                                               .exporter = exporter_of(order, "/v1/traces")}}};
  config.logging = ergon::LoggingConfig{
      .handlers = {ergon::OtlpHandler{
          .processors = {ergon::BatchLogProcessor{.schedule_delay = 100ms,
                                                  .max_export_batch_size = ergon::test::kBatchSize,
                                                  .export_timeout = export_timeout_of(order),
                                                  .exporter = exporter_of(order, "/v1/logs")}}}}};
  return config;
}

std::uint64_t anonymous_memory() {
  if (kIsSanitized) return 0;
  constexpr std::string_view kName = "RssAnon:";
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(kName)) return std::stoull(line.substr(kName.size())) * 1'024;
  }
  return 0;
}

std::int64_t cpu_time_of_thread() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

void record(int number) {
  const auto span = kTracer.scoped_span("call", {{"number", number}});
  if (number % ergon::test::kSpansPerLog == 0) kLog.warning("call {}", number);
}

Books books_of(const ergon::telemetry::Counts& counts) {
  Books books{.created = counts.created,
              .delivered = counts.delivered,
              .rejected = counts.rejected,
              .queued = counts.queued,
              .closes = counts.closes()};
  for (std::size_t i = 0; i < counts.dropped.size(); ++i) {
    if (counts.dropped[i] == 0) continue;
    const auto reason = static_cast<ergon::telemetry::DropReason>(i);
    books.dropped.emplace(ergon::telemetry::drop_reason_name(reason), counts.dropped[i]);
  }
  return books;
}

/// Records the load, and keeps what each call took and how memory grew.
class Load {
 public:
  explicit Load(const DriverOrder& order)
      : order_(order), before_(anonymous_memory()), took_(static_cast<std::size_t>(calls())) {}

  void run() {
    auto due = std::chrono::steady_clock::now();
    for (int burst = 0; burst < order_.bursts; ++burst) {
      if (order_.waits_at_half && burst == order_.bursts / 2) {
        wait_for_a_line();
        due = std::chrono::steady_clock::now();
      }
      for (int i = 0; i < ergon::test::kSpansPerBurst; ++i) {
        const int number = burst * ergon::test::kSpansPerBurst + i;
        const std::int64_t start = cpu_time_of_thread();
        record(number);
        took_[static_cast<std::size_t>(number)] = cpu_time_of_thread() - start;
      }
      watch_memory();
      std::this_thread::sleep_until(due += ergon::test::kBurstDistance);
    }
  }

  void watch_memory() {
    const std::uint64_t now = anonymous_memory();
    growth_ = std::max(growth_, now > before_ ? now - before_ : 0);
  }
  [[nodiscard]] std::uint64_t memory_growth() const { return growth_; }

  std::chrono::nanoseconds slowest_call() {
    const auto at = took_.begin() + static_cast<std::ptrdiff_t>(took_.size() * 999 / 1'000);
    std::ranges::nth_element(took_, at);
    return std::chrono::nanoseconds(*at);
  }

 private:
  [[nodiscard]] int calls() const { return order_.bursts * ergon::test::kSpansPerBurst; }

  static void wait_for_a_line() {
    std::cout << "half" << std::endl;
    std::string line;
    std::getline(std::cin, line);
  }

  const DriverOrder& order_;
  const std::uint64_t before_;
  std::vector<std::int64_t> took_;
  std::uint64_t growth_ = 0;
};

std::chrono::milliseconds process_cpu() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::milliseconds(time.tv_sec * 1'000 + time.tv_nsec / 1'000'000);
}

PhaseReport run_phase(const DriverOrder& order) {
  using std::chrono::milliseconds;
  const auto since = [](auto start) {
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
  };
  auto session = ergon::telemetry::start(configuration(order), {.memory_limit = ergon::test::kMemoryLimit});
  PhaseReport report;
  Load load(order);
  const auto start = std::chrono::steady_clock::now();
  const auto cpu = process_cpu();
  load.run();
  report.is_flushed = session.flush(order.flush_timeout);
  report.until_flushed = since(start);
  report.cpu = process_cpu() - cpu;
  load.watch_memory();
  const auto stop = std::chrono::steady_clock::now();
  session.shutdown(order.shutdown_timeout);
  report.shutdown_took = since(stop);
  load.watch_memory();
  const auto statistics = session.statistics();
  report.spans = books_of(statistics.spans.total);
  report.logs = books_of(statistics.logs.total);
  report.slowest_call = load.slowest_call();
  report.memory_growth = load.memory_growth();
  return report;
}

bool write_file(const char* path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  return file.good();
}

// Without root: a namespace of users in which this one is root.
bool enter_mount_namespace() {
  if (::unshare(CLONE_NEWNS) == 0) return true;
  const std::string user = std::to_string(::getuid());
  return ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
         write_file("/proc/self/uid_map", "0 " + user + " 1\n");
}

// Names are resolved as the files in that folder say, in this process only.
bool has_own_resolver(const std::string& folder) {
  if (!enter_mount_namespace()) return false;
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  for (const char* name : {"/resolv.conf", "/nsswitch.conf"}) {
    const std::string target = std::string("/etc") + name;
    if (::mount((folder + name).c_str(), target.c_str(), nullptr, MS_BIND, nullptr) != 0) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto order = nlohmann::json::parse(argv[1]).get<DriverOrder>();
  if (!order.resolver_folder.empty() && !has_own_resolver(order.resolver_folder)) {
    std::cerr << "no resolver of its own: " << std::strerror(errno) << '\n';
    return ergon::test::kNotPermitted;
  }
  const DriverOrder healthy{.is_http = order.is_http, .endpoint = order.healthy_endpoint};
  ergon::test::DriverReport report;
  report.healthy = run_phase(healthy);
  report.faulty = run_phase(order);
  std::cout << nlohmann::json(report).dump() << std::endl;
  return 0;
}
