// Forks many times while other threads change what they own: a shared span, metric series, rings, threads
// themselves. Each child records on several threads and looks at its books; a child that hangs is killed by
// its alarm. Usage: fork_storm spans|series|rings|threads. Nothing listens at the endpoint. Prints how many
// children went wrong.

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <ergon/telemetry.hpp>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace {

constexpr int kForks = 200;
constexpr int kThreads = 3;
constexpr int kAtOnce = 4;
constexpr int kChildThreads = 4;
constexpr int kRecords = 40;  // of each thread of a child
constexpr std::uint64_t kChildRecords = std::uint64_t{kChildThreads} * kRecords;
constexpr unsigned kChildLimit = 30;  // seconds

const ergon::Tracer kTracer = ergon::get_tracer("storm");
const ergon::Logger kLog = ergon::get_logger("storm");
const ergon::Counter<std::int64_t> kCount = ergon::get_meter("storm").counter("count");
const ergon::Histogram<double> kSize = ergon::get_meter("storm").histogram("size");
const std::string kText(3000, 'x');

std::string_view text_of(long number) {
  return std::string_view(kText).substr(0, static_cast<std::size_t>(number) % 3000);
}

void record(long number) {
  auto span = kTracer.scoped_span("record", {{"text", text_of(number * 7)}});
  kLog.with({{"text", text_of(number * 13)}}).info("{} {}", number, text_of(number));
}

void count(long number) {
  kCount.add(1, {{"number", number}});
  kSize.record(static_cast<double>(number), {{"number", number}});
}

using Storm = std::function<void(long, ergon::Span&)>;

const std::map<std::string, Storm> kStorms{
    {"spans", [](long number, ergon::Span& shared) { shared.set_attribute("text", text_of(number)); }},
    {"series", [](long number, ergon::Span&) { count(number); }},
    {"rings", [](long number, ergon::Span&) { record(number); }},
    {"threads", [](long number, ergon::Span&) { std::thread([=] { record(number); }).join(); }},
};

[[noreturn]] void be_child(ergon::Span& shared, const ergon::telemetry::Session& session) {
  ::alarm(kChildLimit);
  shared.set_attribute("text", "the child's");
  std::vector<std::thread> threads;
  for (int i = 0; i < kChildThreads; ++i) {
    threads.emplace_back([] {
      for (int number = 0; number < kRecords; ++number) {
        record(number);
        count(number);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto statistics = session.statistics();
  const bool is_right = statistics.spans.total.created == kChildRecords && statistics.spans.total.closes() &&
                        statistics.logs.total.created == kChildRecords && statistics.logs.total.closes();
  ::_exit(is_right ? 0 : 1);
}

int wait_for(std::vector<pid_t>& children) {
  int failures = 0;
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status == 0) continue;
    ++failures;
    std::cerr << "a child ended with status " << status << "\n";
  }
  children.clear();
  return failures;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 || !kStorms.contains(argv[1])) return 2;
  const Storm& storm = kStorms.at(argv[1]);
  ergon::TelemetryConfig config{.service_name = "storm"};
  config.logging = ergon::LoggingConfig{.handlers = {ergon::OtlpHandler{}}};
  config.metrics = ergon::MetricsConfig{};
  config.tracing = ergon::TracingConfig{};
  auto session = ergon::telemetry::start(config, {.memory_limit = 8U << 20U, .shutdown_timeout = 0ms});
  auto shared = kTracer.start_span("shared");

  std::atomic<bool> is_over{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (long number = 0; !is_over; ++number) storm(number, shared);
    });
  }
  int failures = 0;
  std::vector<pid_t> children;
  for (int i = 0; i < kForks; ++i) {
    const pid_t child = ::fork();
    if (child == 0) be_child(shared, session);
    children.push_back(child);
    if (children.size() == kAtOnce) failures += wait_for(children);
  }
  failures += wait_for(children);
  is_over = true;
  for (std::thread& thread : threads) thread.join();
  std::cout << failures << "\n";
}
