// Processes of one run, forked, each with transactions of its own and one session for all. Usage:
// metric_workers workers|generations ENDPOINT. Prints what they recorded, by pid, as a JSON object a line,
// and ends with how many processes went wrong.
//   workers: four children beside each other, on threads that come and go, while the parent records, too.
//   generations: each process forks the next one, records and waits for it; the last one looks at its memory.

#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ergon/telemetry.hpp>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace {

constexpr int kWorkers = 4;
constexpr int kThreads = 3;  // of a worker, at the same time
constexpr int kRounds = 20;  // of such threads
constexpr int kGenerations = 30;
constexpr int kFirst = 5;  // generations until there is no more to get used to
// KiB, of all that follow.
#if defined(ERGON_SANITIZED_ADDRESS)
constexpr std::int64_t kMostGrowth = 1 << 20;  // it keeps what was freed for a while
#else
constexpr std::int64_t kMostGrowth = 4096;
#endif

const ergon::Meter kMeter = ergon::get_meter("workers");
const ergon::Counter<std::int64_t> kTransactions = kMeter.counter("transactions");
const ergon::BoundCounter<std::int64_t> kBound = kMeter.counter("bound.transactions").bind({{"a", 1}});
const ergon::Histogram<double> kDuration = kMeter.histogram("duration", {.boundaries = {1, 2}});
const ergon::Gauge<std::int64_t> kLast = kMeter.gauge<std::int64_t>("last.transaction");
const ergon::ObservableCounter<std::int64_t> kObserved = kMeter.observable_counter("observed.pid");

void process(int transaction) {
  kTransactions.add(1, {{"status", transaction % 2 == 0 ? "success" : "exception"}});
  kBound.add(1);
  kDuration.record(transaction % 4);
  kLast.record(transaction);
}

void say(int transactions) {
  std::cout << R"({"pid":)" << ::getpid() << R"(,"transactions":)" << transactions << "}\n" << std::flush;
}

// Children have different numbers of transactions, so that none can stand for another.
int process_in_threads(int number) {
  const int each = 10 + number;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (int transaction = 0; transaction < each; ++transaction) process(transaction);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  return each * kRounds * kThreads;
}

int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status == 0) return 0;
  std::cerr << "a child ended with status " << status << '\n';
  return 1;
}

// The sessions of children end with std::exit, whose handler collects and flushes.
int run_workers() {
  int transactions = process_in_threads(0);
  std::vector<pid_t> children;
  for (int number = 1; number <= kWorkers; ++number) {
    const pid_t child = ::fork();
    if (child == 0) {
      say(process_in_threads(number));
      std::exit(0);
    }
    children.push_back(child);
    process(0);
    ++transactions;
  }
  int failures = 0;
  for (const pid_t child : children) failures += wait_for(child);
  say(transactions);
  return failures;
}

std::int64_t anonymous_kibibytes() {
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;) {
    if (word != "RssAnon:") continue;
    std::int64_t kibibytes = 0;
    file >> kibibytes;
    return kibibytes;
  }
  return -1;
}

// Recursion in processes. Answers how many of those after this one went wrong; the last one never answers.
int run_generations() {
  std::int64_t at_first = 0;
  for (int generation = 0; generation < kGenerations; ++generation) {
    say(process_in_threads(generation));
    if (generation == kFirst) at_first = anonymous_kibibytes();
    if (generation + 1 == kGenerations) break;
    const pid_t child = ::fork();
    if (child == 0) continue;
    std::exit(wait_for(child));
  }
  const std::int64_t growth = anonymous_kibibytes() - at_first;
  std::cerr << "grew by " << growth << " KiB\n";
  std::exit(at_first > 0 && growth <= kMostGrowth ? 0 : 1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const bool has_generations = std::string_view(argv[1]) == "generations";  // that live all at once
  const auto registration =
      kObserved.observe([](const ergon::Observer<std::int64_t>& observer) { observer.observe(::getpid()); });
  ergon::TelemetryConfig config{.service_name = "workers"};
  config.metrics = ergon::MetricsConfig{
      .readers = {ergon::PeriodicReader{.interval = has_generations ? 1s : 50ms,
                                        .exporter = ergon::OtlpGrpcMetricExporter{.endpoint = argv[2]}}}};
  auto session = ergon::telemetry::start(config, {.shutdown_timeout = 20s});
  if (!session) return 2;
  if (has_generations) return run_generations();
  const int failures = run_workers();
  return session.shutdown(20s) ? failures : 3;
}
