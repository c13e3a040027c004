// A program that ends, or is treated, as programs sometimes are. Usage: lifecycle SCENARIO [ENDPOINT].

#include <fcntl.h>
#include <fmt/chrono.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ergon/extend/register_extension.hpp>
#include <ergon/extend/sampler.hpp>
#include <ergon/telemetry.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace {

const ergon::Tracer kTracer = ergon::get_tracer("lifecycle");
const ergon::Logger kLog = ergon::get_logger("lifecycle");
const ergon::Counter<std::int64_t> kRecords = ergon::get_meter("lifecycle").counter("records");

void record(std::string_view where) {
  const auto span = kTracer.scoped_span(where);
  kLog.warning("{}", where);
  kRecords.add(1, {{"where", where}});
}

struct RecordsAtItsEnd {
  const char* where;
  ~RecordsAtItsEnd() { record(where); }
};

// Recorded before main, when no session can have started.
const bool kRecordedEarly = (record("static initialisation"), true);

ergon::TelemetryConfig to(const char* endpoint) {
  const ergon::Exporter exporter = ergon::OtlpGrpcExporter{.endpoint = endpoint};
  ergon::TelemetryConfig config{.service_name = "lifecycle"};
  config.logging = ergon::LoggingConfig{.handlers = {ergon::OtlpHandler{.exporter = exporter}}};
  config.metrics = ergon::MetricsConfig{
      .readers = {ergon::PeriodicReader{.exporter = ergon::OtlpGrpcMetricExporter{.endpoint = endpoint}}}};
  config.tracing = ergon::TracingConfig{.processors = {ergon::BatchSpanProcessor{.exporter = exporter}}};
  return config;
}

// A session that no scope ends: only exit does.
ergon::telemetry::Session& session_until_exit(const char* endpoint) {
  static auto* const kSession = new ergon::telemetry::Session(ergon::telemetry::start(to(endpoint)));
  return *kSession;
}

int leave_to_exit(const char* endpoint) {
  session_until_exit(endpoint);
  record("main");
  return 0;
}

// What was constructed after the session started is destroyed before it ends, thread-local objects too.
int destroy_after_main(const char* endpoint) {
  session_until_exit(endpoint);
  static const RecordsAtItsEnd kStatic{"static destructor"};
  thread_local const RecordsAtItsEnd kOfMain{"thread-local destructor of main"};
  static_cast<void>(kOfMain.where);
  std::thread([] {
    thread_local const RecordsAtItsEnd kOfThread{"thread-local destructor of a thread"};
    static_cast<void>(kOfThread.where);
  }).join();
  return 0;
}

int exit_from_a_thread(const char* endpoint) {
  session_until_exit(endpoint);
  std::atomic<bool> has_begun{false};
  std::thread recorder([&] {
    for (;;) {
      record("still recording");
      has_begun = true;
      has_begun.notify_all();
    }
  });
  has_begun.wait(false);
  std::thread([] {
    record("before exit");
    std::exit(3);
  }).detach();
  recorder.join();  // never
  return 1;
}

int record_after_shutdown(const char* endpoint) {
  auto session = ergon::telemetry::start(to(endpoint));
  record("main");
  const bool is_settled = session.shutdown(10s);
  static const RecordsAtItsEnd kLate{"too late"};
  record("too late");
  const auto counts = session.statistics().spans.total;
  constexpr auto kLateReason = static_cast<std::size_t>(ergon::telemetry::DropReason::already_shutdown);
  return is_settled && counts.closes() && counts.dropped[kLateReason] == 1 ? 0 : 1;
}

int start_again(const char* endpoint) {
  int failures = 0;
  for (int round = 0; round < 100; ++round) {
    auto session = ergon::telemetry::start(to(endpoint));
    record("round " + std::to_string(round));
    failures += session && session.shutdown(10s) ? 0 : 1;
  }
  return failures;
}

// Standard output is a pipe that nobody ever reads.
int write_to_an_unread_pipe(const char* /*endpoint*/) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return 2;
  ::dup2(pipe[1], STDOUT_FILENO);
  ergon::TelemetryConfig config;
  config.logging = ergon::LoggingConfig{.handlers = {ergon::ConsoleHandler{}}};
  constexpr std::size_t kLimit = 2U << 20U;
  auto session = ergon::telemetry::start(config, {.memory_limit = kLimit, .shutdown_timeout = 500ms});
  constexpr int kLines = 200'000;
  auto longest = 0ns;
  for (int i = 0; i < kLines; ++i) {
    const auto start = std::chrono::steady_clock::now();
    kLog.warning("line {} of many that nobody reads", i);
    longest = std::max<std::chrono::nanoseconds>(longest, std::chrono::steady_clock::now() - start);
  }
  const bool is_settled = session.shutdown(500ms);
  const auto counts = session.statistics().logs.total;
  std::cerr << "created " << counts.created << " delivered " << counts.delivered << " dropped "
            << counts.dropped_total() << " longest call " << longest.count() << " ns\n";
  const bool is_complete = counts.created == kLines + 1 && counts.closes() && counts.dropped_total() > 0;
  return !is_settled && is_complete && longest < 2s ? 0 : 1;
}

__attribute__((no_sanitize("undefined"))) void crash_by_a_null_pointer() {
  volatile int* const nowhere = nullptr;
  *nowhere = 1;  // NOLINT(clang-analyzer-core.NullDereference)
}

int use_up_the_stack(int depth) {  // NOLINT(misc-no-recursion)
  volatile char used[4'096];       // NOLINT(modernize-avoid-c-arrays)
  used[static_cast<std::size_t>(depth) % sizeof used] = 1;
  return depth < 0 ? 0 : use_up_the_stack(depth + 1) + used[0];
}

void say_that_it_came(int /*signal*/) {
  constexpr std::string_view kText = "the earlier handler\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kText.data(), kText.size());
  std::signal(SIGSEGV, SIG_DFL);
}

int crash(const char* endpoint, void (*how)()) {
  auto session = ergon::telemetry::start(to(endpoint), {.handles_crashes = true});
  record("before the crash");
  std::thread(how).join();
  return 1;
}

int crash_with_a_handler_before(const char* endpoint) {
  std::signal(SIGSEGV, &say_that_it_came);
  return crash(endpoint, &crash_by_a_null_pointer);
}

void (*g_crash_in_the_worker)() = &crash_by_a_null_pointer;
bool g_overwrites_the_ring = false;

// Early spans are sampled by the worker.
class CrashesInTheWorker final : public ergon::SpanSampler {
 public:
  void should_sample(const ergon::SamplingInput& input, ergon::SamplingResult& result) const override {
    if (::gettid() != ::getpid()) {
      // Behind the record's head: among others the address of its scope.
      if (g_overwrites_the_ring) std::memset(const_cast<char*>(input.name.data()) - 74, 0x58, 40);
      g_crash_in_the_worker();
    }
    result.decision = ergon::SamplingDecision::record_and_sample;
  }
};

int crash_in_the_worker(const char* folder, void (*how)()) {
  g_crash_in_the_worker = how;
  ergon::telemetry::register_extension<CrashesInTheWorker>("crashing");
  kLog.error("{} of {:.2f} took {} at {}", std::string("a part"), 0.5, 250ms, true);
  ergon::TelemetryConfig config = to("http://127.0.0.1:1");
  config.tracing->sampler = ergon::Custom{"crashing"};
  auto session = ergon::telemetry::start(config, {.handles_crashes = true, .crash_folder = folder});
  std::this_thread::sleep_for(20s);
  return 1;
}

int crash_in_the_worker_with_a_handler_before(const char* folder) {
  std::signal(SIGSEGV, &say_that_it_came);
  return crash_in_the_worker(folder, &crash_by_a_null_pointer);
}

// Records, and is asked to end.
int be_stopped(const char* endpoint, int signal) {
  auto session =
      ergon::telemetry::start(to(endpoint), {.shutdown_timeout = 2s, .handles_stop_signals = true});
  record("before the signal");
  ::kill(::getpid(), signal);
  std::this_thread::sleep_for(20s);
  return 1;
}

std::atomic<int> g_handled{0};

// The program's own handler wants to go on.
int handle_the_stop(const char* endpoint) {
  std::signal(SIGTERM, [](int) { ++g_handled; });
  auto session = ergon::telemetry::start(to(endpoint), {.handles_stop_signals = true});
  record("before the signal");
  ::kill(::getpid(), SIGTERM);
  for (int i = 0; i < 1'000 && session.statistics().spans.total.delivered < 2; ++i)
    std::this_thread::sleep_for(10ms);
  if (g_handled != 1 || session.statistics().spans.total.delivered < 2) return 1;
  record("after the signal");
  return 0;
}

// A fork has nobody to send for it, and must not outlive the signal.
int stop_a_fork(const char* endpoint) {
  auto session = ergon::telemetry::start(to(endpoint), {.handles_stop_signals = true});
  const pid_t child = ::fork();
  if (child == 0) {
    ::kill(::getpid(), SIGTERM);
    std::this_thread::sleep_for(20s);
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM ? 0 : 1;
}

int start_nothing(const char* /*endpoint*/) { return 0; }

struct Scenario {
  std::string_view name;
  int (*run)(const char* endpoint);
};
constexpr std::array kScenarios{
    Scenario{"leave_to_exit", &leave_to_exit},
    Scenario{"destroy_after_main", &destroy_after_main},
    Scenario{"exit_from_a_thread", &exit_from_a_thread},
    Scenario{"record_after_shutdown", &record_after_shutdown},
    Scenario{"start_again", &start_again},
    Scenario{"unread_pipe", &write_to_an_unread_pipe},
    Scenario{"start_nothing", &start_nothing},
    Scenario{"terminate", [](const char* to) { return be_stopped(to, SIGTERM); }},
    Scenario{"interrupt", [](const char* to) { return be_stopped(to, SIGINT); }},
    Scenario{"own_stop_handler", &handle_the_stop},
    Scenario{"stop_a_fork", &stop_a_fork},
    Scenario{"segmentation_fault", [](const char* to) { return crash(to, &crash_by_a_null_pointer); }},
    Scenario{"abort", [](const char* to) { return crash(to, [] { std::abort(); }); }},
    Scenario{"earlier_handler", &crash_with_a_handler_before},
    Scenario{"worker_segmentation_fault",
             [](const char* folder) { return crash_in_the_worker(folder, &crash_by_a_null_pointer); }},
    Scenario{"worker_abort",
             [](const char* folder) { return crash_in_the_worker(folder, [] { std::abort(); }); }},
    Scenario{"worker_stack_overflow",
             [](const char* folder) { return crash_in_the_worker(folder, [] { use_up_the_stack(0); }); }},
    Scenario{"worker_with_overwritten_ring",
             [](const char* folder) {
               g_overwrites_the_ring = true;
               return crash_in_the_worker(folder, &crash_by_a_null_pointer);
             }},
    Scenario{"worker_and_earlier_handler", &crash_in_the_worker_with_a_handler_before},
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  for (const Scenario& scenario : kScenarios) {
    if (scenario.name == argv[1]) return scenario.run(argc > 2 ? argv[2] : "");
  }
  return 2;
}
