#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>
#include <exception>
#include <string>

#include "parts.hpp"
#include "task_run.hpp"

// One transaction of a task that does nothing, with all telemetry there is, as it is sent; and what of it
// each part takes.
namespace ergon::bench {

namespace {

struct Row {
  const char* name;
  Sections sections;
  Sender sender{Sender::unknown};
};
constexpr std::array kRows{
    Row{"instrumented_transaction_noop", {}},
    Row{"instrumented_transaction_dispatched", {}, Sender::task},
    Row{"transaction_telemetry_off", {.tracing = false, .logging = false, .metrics = false}},
    Row{"without spans", {.tracing = false}},
    Row{"without log", {.logging = false}},
    Row{"without metrics", {.metrics = false}},
};
constexpr std::size_t kWhole = 0;
constexpr std::size_t kOff = 2;
constexpr std::size_t kFirstWithout = 3;

// Each kind of run several times, in turns, so that the pace of the machine is the same for all.
class Runs {
 public:
  Runs(std::size_t rounds, std::size_t bursts) {
    for (std::size_t round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < kRows.size(); ++i) run(i, bursts);
    }
  }

  [[nodiscard]] bool are_right() const noexcept { return are_right_; }
  [[nodiscard]] const TaskRun& operator[](std::size_t row) const noexcept { return sums_[row]; }

 private:
  void run(std::size_t row, std::size_t bursts) {
    const TaskRun run = run_orders(sinks_, kRows[row].sections, kRows[row].sender, bursts);
    TaskRun& sum = sums_[row];
    sum.best.keep_best(run.best);
    sum.transactions += run.transactions;
    sum.spans += run.spans;
    sum.logs += run.logs;
    sum.metric_points += run.metric_points;
    sum.counted += run.counted;
    sum.dropped += run.dropped;
    if (run.wrong.empty()) return;
    are_right_ = false;
    std::fprintf(stderr, "%s: the figure does not count: %s\n", kRows[row].name, run.wrong.c_str());
  }

  Sinks sinks_;
  std::array<TaskRun, kRows.size()> sums_{};
  bool are_right_{true};
};

unsigned long long number(std::uint64_t value) { return value; }

void print_run(const char* name, const TaskRun& run, bool as_json) {
  const char* const form =
      as_json ? "{\"bench\":\"%s\",\"ns\":%.0f,\"thread_cpu_ns\":%.0f,\"process_cpu_ns\":%.0f,"
                "\"transactions\":%llu,\"spans\":%llu,\"logs\":%llu,\"metric_points\":%llu,"
                "\"counted\":%llu,\"dropped\":%llu}\n"
              : "%-36s %6.0f ns of the loop's thread (%.0f of CPU), %6.0f of the process's CPU; "
                "%llu transactions: %llu spans, %llu logs, %llu metric points, %llu counted, %llu dropped\n";
  std::printf(form, name, run.best.wall, run.best.thread_cpu, run.best.process_cpu, number(run.transactions),
              number(run.spans), number(run.logs), number(run.metric_points), number(run.counted),
              number(run.dropped));
}

void print_share(const char* part, const char* how, double ns, double whole, bool as_json) {
  const char* const form =
      as_json
          ? "{\"bench\":\"transaction_share\",\"part\":\"%s\",\"how\":\"%s\",\"ns\":%.0f,\"share\":%.3f}\n"
          : "  of which %-18s (%s) %6.0f ns, %.3f\n";
  std::printf(form, part, how, ns, ns / whole);
}

void print_all(const Runs& runs, std::size_t bursts, bool as_json) {
  const double whole = runs[kWhole].best.wall;
  for (std::size_t i = 0; i < kFirstWithout; ++i) print_run(kRows[i].name, runs[i], as_json);
  for (std::size_t i = kFirstWithout; i < kRows.size(); ++i) {
    print_share(kRows[i].name + std::string_view("without ").size(), "left out", whole - runs[i].best.wall,
                whole, as_json);
  }
  const double decode = decode_alone(bursts);
  const double watch = watch_alone(bursts);
  const double connector = connector_alone(bursts / 10 + 1);
  print_share("decode", "alone", decode, whole, as_json);
  print_share("watch", "alone", watch, whole, as_json);
  print_share("connector", "alone", connector, whole, as_json);
  print_share("loop", "the rest with telemetry off", runs[kOff].best.wall - decode - watch - connector, whole,
              as_json);
}

}  // namespace

}  // namespace ergon::bench

int main(int argc, char** argv) try {
  CLI::App app(
      "What a transaction takes of the thread of its loop, all telemetry on: the best of many bursts of "
      "1,000, "
      "between which everything is sent; and its parts");
  bool as_json = false;
  std::size_t rounds = 5;
  std::size_t bursts = 60;
  app.add_flag("--json", as_json, "a JSON object a line");
  app.add_option("--rounds", rounds, "runs of each kind, in turns");
  app.add_option("--bursts", bursts, "bursts of a run")->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  const ergon::bench::Runs runs(rounds, bursts);
  ergon::bench::print_all(runs, bursts * rounds, as_json);
  return runs.are_right() ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
