// Destinations in all kinds of trouble beside a healthy backend. Usage: side_by_side FOLDER ENDPOINT.
// What it finds wrong it says on standard error, and exits with 1.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>

#include <ergon/extend/exporter.hpp>
#include <ergon/extend/register_extension.hpp>
#include <ergon/telemetry.hpp>

using namespace std::chrono_literals;
using ergon::telemetry::Counts;
using ergon::telemetry::Session;

namespace {

constexpr std::uint64_t kRecords = 20'000;  // spans, and as many logs
constexpr std::uint64_t kMostBehind = 500;  // which fit into the backend's own part of the memory
constexpr auto kPatience = 30s;

class StuckExporter final : public ergon::TelemetryExporter {
 public:
  bool export_batch(const ergon::ExportedBatch& /*batch*/) override {
    for (;;) std::this_thread::sleep_for(1h);
  }
};

bool expect(bool holds, std::string_view what) {
  if (!holds) std::cerr << "not so: " << what << "\n";
  return holds;
}

ergon::TelemetryConfig config_in(const std::string& folder, const char* endpoint) {
  const ergon::Exporter stuck = ergon::Custom("stuck");
  const ergon::Exporter backend = ergon::OtlpGrpcExporter{.endpoint = endpoint};
  ergon::TelemetryConfig config{.service_name = "side by side"};
  config.logging = ergon::LoggingConfig{
      .handlers = {ergon::ConsoleHandler{}, ergon::FileHandler{.filename = folder + "/full.log"},
                   ergon::OtlpHandler{.exporter = stuck},
                   ergon::OtlpHandler{.processors = {ergon::BatchLogProcessor{.schedule_delay = 100ms,
                                                                              .exporter = backend}}}}};
  config.tracing = ergon::TracingConfig{
      .processors = {ergon::BatchSpanProcessor{.exporter = stuck},
                     ergon::BatchSpanProcessor{.schedule_delay = 100ms, .exporter = backend}}};
  return config;
}

// Standard output becomes a pipe that nobody reads, and files may not grow.
void make_trouble() {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) std::abort();
  ::dup2(pipe[1], STDOUT_FILENO);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = std::min<rlim_t>(50'000, limit.rlim_max);
  if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) std::abort();
}

Counts last_of(const ergon::telemetry::SignalStatistics& signal) { return signal.destinations.back().counts; }

bool comes_to(const Session& session, std::uint64_t wanted) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    const auto books = session.statistics();
    if (std::min(last_of(books.logs).delivered, last_of(books.spans).delivered) >= wanted) return true;
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(1ms);
  }
}

// The healthy backend is never far behind, has all, and each of the others says what it has lost.
bool record(const Session& session) {
  const ergon::Logger log = ergon::get_logger("side");
  const ergon::Tracer tracer = ergon::get_tracer("side");
  for (std::uint64_t number = 1; number <= kRecords; ++number) {
    const auto span = tracer.scoped_span("work");
    log.info("{} {}", number, std::string(200, 'x'));
    if (number % 100 == 0 && !comes_to(session, number - std::min(number, kMostBehind)))
      return expect(false, fmt::format("the backend keeps up with record {}", number));
  }
  return expect(comes_to(session, kRecords), "the backend has all");
}

bool others_are_counted(const Session& session) {
  const auto books = session.statistics();
  bool is_right = true;
  for (const auto* signal : {&books.logs, &books.spans}) {
    for (const auto& destination : signal->destinations)
      is_right &= expect(destination.counts.closes(), fmt::format("the books of {} close", destination.name));
    for (std::size_t i = 0; i + 1 < signal->destinations.size(); ++i) {
      const auto& other = signal->destinations[i];
      is_right &=
          expect(other.counts.dropped_total() > 0, fmt::format("the drops of {} are counted", other.name));
    }
  }
  return is_right;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  ergon::telemetry::register_extension<StuckExporter>("stuck");
  make_trouble();
  auto session = ergon::telemetry::start(config_in(argv[1], argv[2]), {.memory_limit = 8U << 20U});
  bool is_right = expect(bool{session}, "it starts") && record(session);
  is_right &= expect(!session.shutdown(1s), "three others are not done");
  return is_right && others_are_counted(session) ? 0 : 1;
}
