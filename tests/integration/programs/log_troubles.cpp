// A program whose logs meet trouble. Usage: log_troubles SCENARIO FOLDER [ENDPOINT | SECONDS].
// What it finds wrong it says on standard error, and exits with 1; with 77 where the scenario can't be had.

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <ergon/telemetry.hpp>

using namespace std::chrono_literals;
using ergon::telemetry::Counts;
using ergon::telemetry::DropReason;
using ergon::telemetry::Session;

namespace {

constexpr int kWrong = 1;
constexpr int kNotHere = 77;
constexpr auto kPatience = 30s;

const ergon::Logger kLog = ergon::get_logger("troubles");

bool expect(bool holds, std::string_view what) {
  if (!holds) std::cerr << "not so: " << what << "\n";
  return holds;
}

Session start(std::vector<ergon::Handler> handlers, const ergon::telemetry::RuntimeOptions& options = {}) {
  return ergon::telemetry::start(
      {.service_name = "troubles",
       .logging =
           ergon::LoggingConfig{.handlers = std::move(handlers),
                                .formatters = {{"plain", ergon::TextFormatter{.format = "{message}"}}}}},
      options);
}

// Of a destination of logs, by its place in the configuration.
Counts books(const Session& session, std::size_t handler) {
  return session.statistics().logs.destinations.at(handler).counts;
}

std::uint64_t dropped(const Counts& counts, DropReason reason) {
  return counts.dropped[static_cast<std::size_t>(reason)];
}

// Each look is a question to the worker, and waits for its answer.
bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
  }
  return true;
}

std::string read_to_end(int descriptor) {
  std::string text;
  std::array<char, 65'536> piece{};
  for (;;) {
    const ssize_t count = ::read(descriptor, piece.data(), piece.size());
    if (count > 0) text.append(piece.data(), static_cast<std::size_t>(count));
    if (count == 0 || (count < 0 && errno != EINTR)) return text;
  }
}

// Standard output becomes a pipe of this program's own; answers the end to read from.
int make_output_a_pipe() {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) std::abort();
  ::dup2(pipe[1], STDOUT_FILENO);
  ::close(pipe[1]);
  return pipe[0];
}

// The console's pipe is full for most of the time, a file and a backend go on; then it is read.
int console_into_an_unread_pipe(const std::string& folder, const char* endpoint) {
  constexpr std::uint64_t kLines = 20'000;
  constexpr std::uint64_t kMostBehind = 1'000;  // more than a batch
  const int unread = make_output_a_pipe();
  const ergon::Exporter exporter = ergon::OtlpGrpcExporter{.endpoint = endpoint};
  auto session = start({ergon::ConsoleHandler{.formatter = "plain"},
                        ergon::FileHandler{.formatter = "plain", .filename = folder + "/all.log"},
                        ergon::OtlpHandler{.exporter = exporter}},
                       {.memory_limit = 16U << 20U});
  const std::string padding(400, 'x');
  bool is_right = true;
  for (std::uint64_t line = 0; line < kLines && is_right; ++line) {
    kLog.info("{} {}", line, padding);
    is_right = line % 100 != 0 ||
               expect(comes_true([&] { return books(session, 2).delivered + kMostBehind >= line; }),
                      "the backend goes on");
  }
  is_right &= expect(!session.flush(10ms), "the console is stuck");
  is_right &= expect(dropped(books(session, 0), DropReason::queue_full) > 0, "its drops are counted");
  is_right &= expect(comes_true([&] { return books(session, 1).delivered == kLines; }), "the file has all");
  is_right &=
      expect(comes_true([&] { return books(session, 2).delivered == kLines; }), "the backend has all");
  std::string shown;
  std::thread reader([&] { shown = read_to_end(unread); });
  is_right &= expect(comes_true([&] { return books(session, 0).queued == 0; }), "what waited is written");
  kLog.info("{} the last", kLines);
  is_right &= expect(session.shutdown(kPatience), "it has healed");
  ::close(STDOUT_FILENO);
  reader.join();
  std::ofstream(folder + "/shown.txt") << shown;
  const Counts console = books(session, 0);
  const auto lines = static_cast<std::uint64_t>(std::ranges::count(shown, '\n'));
  is_right &= expect(console.closes() && console.created == kLines + 1, "the console's books close");
  is_right &= expect(console.delivered == lines, "what was delivered is there");
  is_right &= expect(console.dropped_total() == dropped(console, DropReason::queue_full), "for one reason");
  return is_right ? 0 : kWrong;
}

// A file while its disk is full, and after. Shows the file.
int write_to_a_full_disk(const std::string& folder, const std::function<void()>& fill,
                         const std::function<void()>& make_room) {
  const std::string file = folder + "/a.log";
  auto session = start({ergon::FileHandler{.formatter = "plain", .filename = file}});
  int line = 0;
  const auto log_lines = [&](int lines) {
    for (const int end = line + lines; line < end; ++line) kLog.info("{:06} {}", line, std::string(43, 'x'));
    return expect(session.flush(kPatience), "all is settled");
  };
  bool is_right = log_lines(100);
  is_right &= expect(books(session, 0).delivered == 100, "there is room at first");
  fill();
  for (int batch = 0; batch < 3; ++batch) is_right &= log_lines(1'000);
  const Counts full = books(session, 0);
  is_right &= expect(dropped(full, DropReason::non_retryable) > 2'000, "what was lost is counted");
  make_room();
  is_right &= log_lines(100);
  const Counts healed = books(session, 0);
  is_right &= expect(healed.delivered == full.delivered + 100, "it heals");
  is_right &= expect(healed.closes() && healed.created == 3'200, "its books close");
  session.shutdown(kPatience);
  const int shown = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const std::string text = read_to_end(shown);
  ::close(shown);
  is_right &= expect(text.size() == 51 * healed.delivered, "what was delivered is there");
  std::cout << text << std::flush;
  return is_right ? 0 : kWrong;
}

int write_beyond_the_limit_of_files(const std::string& folder, const char* /*unused*/) {
  const auto limit_to = [](rlim_t bytes) {
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = std::min(bytes, limit.rlim_max);
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) std::abort();
  };
  return write_to_a_full_disk(folder, [&] { limit_to(12'345); }, [&] { limit_to(RLIM_INFINITY); });
}

// A file system of 64 KiB that nobody else sees and that goes with this process; only root may have one.
bool mount_a_small_disk(const std::string& folder) {
  return ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=64k") == 0;
}

int write_to_a_small_disk(const std::string& folder, const char* /*unused*/) {
  if (!mount_a_small_disk(folder)) {
    std::cerr << "no file system can be mounted here: " << std::strerror(errno) << "\n";
    return kNotHere;
  }
  const std::string ballast = folder + "/ballast";
  const auto fill = [&] {
    const int file = ::open(ballast.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const std::string page(4'096, 'b');
    off_t pages = 0;
    while (::write(file, page.data(), page.size()) == static_cast<ssize_t>(page.size())) ++pages;
    if (::ftruncate(file, (pages - 1) * 4'096) != 0)
      std::abort();  // room for some lines, but not for a batch
    ::close(file);
  };
  return write_to_a_full_disk(folder, fill, [&] { std::filesystem::remove(ballast); });
}

// Sets a time zone in which it is midnight in so many seconds, and answers when that is.
std::chrono::system_clock::time_point midnight_in(std::chrono::seconds left) {
  constexpr std::int64_t kDay = 86'400;
  const std::int64_t midnight =
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()) + left.count();
  std::int64_t west = midnight % kDay;  // as POSIX counts it
  if (west > kDay / 2) west -= kDay;
  const std::int64_t seconds = std::abs(west);
  const std::string zone = fmt::format("TST{}{:02}:{:02}:{:02}", west < 0 ? '-' : '+', seconds / 3'600,
                                       seconds / 60 % 60, seconds % 60);
  ::setenv("TZ", zone.c_str(), 1);
  ::tzset();
  return std::chrono::system_clock::from_time_t(midnight);
}

void log_numbers(std::string_view who, int first, int end) {
  for (int number = first; number < end; ++number) kLog.info("{} {}", who, number);
}

// Parent and child log before and after midnight, to what is one file in their configuration.
int fork_before_midnight(const std::string& folder, const char* seconds) {
  const auto midnight = midnight_in(std::chrono::seconds(std::atoi(seconds)));
  auto session = start({ergon::TimedRotatingFileHandler{
      .formatter = "plain", .filename = folder + "/a.log", .when = ergon::RotateWhen::midnight}});
  const auto cross_midnight = [&](std::string_view who, int first) {
    log_numbers(who, first, first + 500);
    if (std::chrono::system_clock::now() > midnight - 10ms)
      return kNotHere;                               // the machine has no time for it
    std::this_thread::sleep_until(midnight + 10ms);  // two clocks, which agree to a millisecond
    log_numbers(who, first + 500, first + 1'000);
    return session.flush(kPatience) ? 0 : kWrong;
  };
  log_numbers("parent", 0, 1'000);
  if (!session.flush(kPatience)) return kWrong;
  const pid_t child = ::fork();
  if (child == 0) ::_exit(cross_midnight("child", 0));
  const int own = cross_midnight("parent", 1'000);
  int status = 0;
  if (::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return kWrong;
  if (!session.shutdown(kPatience)) return kWrong;
  return std::max(own, WEXITSTATUS(status));
}

// One record with all that a record may have, and one without.
int log_all_fields(const std::string& /*folder*/, const char* endpoint) {
  const ergon::Exporter exporter = ergon::OtlpGrpcExporter{.endpoint = endpoint};
  auto session = ergon::telemetry::start(
      {.service_name = "troubles",
       .logging = ergon::LoggingConfig{.handlers = {ergon::OtlpHandler{.exporter = exporter}}},
       .tracing = ergon::TracingConfig{.processors = {ergon::BatchSpanProcessor{.exporter = exporter}}}});
  const ergon::Logger log = ergon::get_logger("payments", {.version = "3"});
  {
    const auto span = ergon::get_tracer("payments").scoped_span("charge");
    log.event("order.charged")
        .with({{"order.id", "o-1"},
               {"amount", 12.5},
               {"retries", 2},
               {"vip", true},
               {"tags", std::vector<std::string>{"a", "b"}},
               {"address", ergon::Map{{"city", "Köln"}, {"zip", 50'667}}}})
        .warning("charged {} {}", 12.5, std::string("EUR"));
  }
  log.critical("outside");
  return session.shutdown(kPatience) ? 0 : kWrong;
}

int log_json_to_output(const std::string& /*folder*/, const char* /*unused*/) {
  auto session = start({ergon::JsonHandler{}});
  {
    const auto span = ergon::get_tracer("troubles").scoped_span("s");
    kLog.with({{"key", "a\nb"}}).info("one\n{}", "two\x1b[31m");
  }
  kLog.error("three");
  return session.shutdown(kPatience) ? 0 : kWrong;
}

struct Scenario {
  std::string_view name;
  int (*run)(const std::string& folder, const char* argument);
};
constexpr std::array kScenarios{Scenario{"unread_pipe", &console_into_an_unread_pipe},
                                Scenario{"limit_of_files", &write_beyond_the_limit_of_files},
                                Scenario{"small_disk", &write_to_a_small_disk},
                                Scenario{"midnight", &fork_before_midnight},
                                Scenario{"json_output", &log_json_to_output},
                                Scenario{"all_fields", &log_all_fields}};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  for (const Scenario& scenario : kScenarios) {
    if (scenario.name == argv[1]) return scenario.run(argv[2], argc > 3 ? argv[3] : "");
  }
  return 2;
}
