// Records on several threads and forks while they do. Each child records its own and ends in one of several
// ways. Usage: forking_recorder ENDPOINT CA_FILE. Prints one JSON object: what the parent itself recorded.

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ergon/telemetry.hpp>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace {

constexpr int kForks = 50;
constexpr int kThreads = 3;
constexpr int kRecordsPerRound = 100;  // of each thread, while the main thread forks
constexpr int kRecordsPerChild = 5;
constexpr auto kFlushLimit = 20s;

// Bound before any session starts, and used on both sides of every fork.
const ergon::Tracer kTracer = ergon::get_tracer("forking");
const ergon::Logger kLog = ergon::get_logger("forking");
const ergon::Counter<std::int64_t> kRecords =
    ergon::get_meter("forking").counter("records", {.unit = "{record}"});

void record(std::string_view name, int number) {
  auto span = kTracer.scoped_span(name, {{"number", number}, {"pid", ::getpid()}});
  kLog.info("{} {} in {}", name, number, ::getpid());
  kRecords.add(1, {{"kind", name}});
}

// Rounds begin when the main thread is about to fork; a thread works through each.
std::atomic<int> g_round{0};
std::atomic<int> g_busy{0};

// Numbers tell threads apart, so that a record which comes twice cannot stand for one that is lost.
void record_rounds(int thread, ergon::Span& shared) {
  for (int round = 1; round <= kForks; ++round) {
    int begun = g_round.load();
    while (begun < round) {
      g_round.wait(begun);
      begun = g_round.load();
    }
    for (int i = 0; i < kRecordsPerRound; ++i) {
      record("parent.work", (thread * kForks + round - 1) * kRecordsPerRound + i);
      shared.set_attribute("last", "a text that takes its time to be written and read again");
    }
    g_busy.fetch_sub(1);
    g_busy.notify_all();
  }
}

void wait_for_round() {
  for (int busy = g_busy.load(); busy > 0; busy = g_busy.load()) g_busy.wait(busy);
}

struct Live {
  ergon::ScopedSpan& scoped;
  ergon::Span& detached;
  ergon::Span& shared;  // other threads of the parent were setting its attributes at the fork
};

void record_as_child(int number) {
  for (int i = 0; i < kRecordsPerChild - 1; ++i) record("child.work", number * kRecordsPerChild + i);
  std::thread([&] { record("child.work", number * kRecordsPerChild + kRecordsPerChild - 1); }).join();
}

constexpr bool has_delivered(const ergon::telemetry::Counts& counts, std::uint64_t records,
                             std::uint64_t forked) {
  return counts.closes() && counts.created == records + forked && counts.delivered == records &&
         counts.dropped[static_cast<std::size_t>(ergon::telemetry::DropReason::fork)] == forked;
}

// The spans that were live at the fork are the parent's; those that were ended here are in the child's books
// as dropped. The shared one is not if a thread of the parent's was busy with it: then it was left alone. The
// reader may have read points again since the flush.
bool are_books_in_order(const ergon::telemetry::Statistics& books) {
  const auto& spans = books.spans.total;
  const auto& points = books.metric_points.total;
  return (has_delivered(spans, kRecordsPerChild, 2) || has_delivered(spans, kRecordsPerChild, 3)) &&
         has_delivered(books.logs.total, kRecordsPerChild, 0) && points.closes() && points.delivered > 0 &&
         points.created == points.delivered + points.queued;
}

// The exit code says what went wrong.
[[noreturn]] void flush_and_end(ergon::telemetry::Session& session) {
  if (!session.flush(kFlushLimit)) ::_exit(3);
  ::_exit(are_books_in_order(session.statistics()) ? 0 : 4);
}

// Every fifth child records nothing; the others end by exit, whose handler flushes, or by flush and _exit.
[[noreturn]] void be_child(int number, Live live, ergon::telemetry::Session& session) {
  live.detached.set_attribute("touched.in", "child");
  live.shared.set_attribute("touched.in", "child");
  live.shared.end();
  live.detached.end();
  if (number % 5 == 4) std::exit(0);
  record_as_child(number);
  live.scoped.end();
  if (number % 10 == 0) {
    const pid_t grandchild = ::fork();
    if (grandchild == 0) {
      record_as_child(kForks + number);
      std::exit(0);
    }
    ::waitpid(grandchild, nullptr, 0);
  }
  if (number % 2 == 0) std::exit(0);
  flush_and_end(session);
}

int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return 0;
  std::cerr << "a child ended with status " << status << '\n';
  return 1;
}

ergon::TelemetryConfig configuration(const char* endpoint, const char* ca_file) {
  const ergon::Exporter exporter = ergon::OtlpGrpcExporter{.endpoint = endpoint, .tls = {.ca_file = ca_file}};
  ergon::TelemetryConfig config{.service_name = "forking"};
  config.logging = ergon::LoggingConfig{
      .handlers = {ergon::OtlpHandler{
          .processors = {ergon::BatchLogProcessor{.schedule_delay = 50ms, .exporter = exporter}}}}};
  config.metrics = ergon::MetricsConfig{
      .readers = {ergon::PeriodicReader{
          .interval = 100ms,
          .exporter = ergon::OtlpGrpcMetricExporter{.endpoint = endpoint, .tls = {.ca_file = ca_file}}}},
      // These come from children, too, that record nothing but ask.
      .views = {{.selector = {.instrument_name = "otel.sdk.*"},
                 .stream = {.aggregation = ergon::DropAggregation{}}}}};
  config.tracing = ergon::TracingConfig{
      .processors = {ergon::BatchSpanProcessor{.schedule_delay = 50ms, .exporter = exporter}}};
  return config;
}

// Answers how many children went wrong.
int fork_in_rounds(Live live, ergon::telemetry::Session& session) {
  int failures = 0;
  std::vector<pid_t> children;
  for (int number = 0; number < kForks; ++number) {
    g_busy = kThreads;
    ++g_round;
    g_round.notify_all();
    const pid_t child = ::fork();
    if (child == 0) be_child(number, live, session);
    children.push_back(child);
    if (children.size() == 4) {  // a few at a time
      for (const pid_t one : children) failures += wait_for(one);
      children.clear();
    }
    wait_for_round();
  }
  for (const pid_t one : children) failures += wait_for(one);
  return failures;
}

void print_counts(const char* signal, const ergon::telemetry::Counts& counts) {
  std::cout << ",\"" << signal << R"(":{"created":)" << counts.created << R"(,"delivered":)"
            << counts.delivered << "}";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  auto session = ergon::telemetry::start(configuration(argv[1], argv[2]), {.shutdown_timeout = 20s});
  if (!session) return 2;
  int failures = 0;
  {
    auto scoped = kTracer.scoped_span("live.scoped");
    auto detached = kTracer.start_span("live.detached");
    auto shared = kTracer.start_span("live.shared");
    record("parent.first", 0);
    if (!session.flush(kFlushLimit)) ++failures;  // so the connection is open

    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back([&, i] { record_rounds(i, shared); });
    failures += fork_in_rounds({scoped, detached, shared}, session);
    for (std::thread& thread : threads) thread.join();
  }
  const bool is_settled = session.shutdown(kFlushLimit);
  const auto books = session.statistics();
  std::cout << R"({"pid":)" << ::getpid() << R"(,"failures":)" << failures << R"(,"is_settled":)"
            << (is_settled ? "true" : "false");
  print_counts("spans", books.spans.total);
  print_counts("logs", books.logs.total);
  print_counts("points", books.metric_points.total);
  std::cout << "}\n";
}
