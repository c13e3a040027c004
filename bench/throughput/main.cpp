#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <exception>
#include <string>

#include "bench.hpp"

namespace bench {

namespace {

struct Bench {
  const char* name;
  const char* unit;
  Result (*run)();
};

constexpr std::array kBenches{
    Bench{"record_to_worker", "spans", &record_to_worker},
    Bench{"record_to_worker_drop_newest", "spans", &record_to_worker_drop_newest},
    Bench{"log_json_file", "lines", &log_json_file},
};

void print_json(const Bench& bench, const Result& result) {
  std::printf("{\"bench\":\"%s\",\"per_second\":%.0f,\"cpu_ns\":%.1f,\"lost\":%llu", bench.name,
              result.per_second, result.cpu_nanoseconds, static_cast<unsigned long long>(result.lost));
  if (result.peer != nullptr) {
    std::printf(",\"peer\":\"%s\",\"peer_per_second\":%.0f,\"ratio\":%.3f", result.peer,
                result.peer_per_second, result.per_second / result.peer_per_second);
  }
  std::printf("}\n");
}

void print_text(const Bench& bench, const Result& result) {
  std::printf("%-32s %10.0f %s/s  %6.1f ns of CPU each  %llu lost", bench.name, result.per_second, bench.unit,
              result.cpu_nanoseconds, static_cast<unsigned long long>(result.lost));
  if (result.peer != nullptr) std::printf("; %s: %.0f", result.peer, result.peer_per_second);
  std::printf("\n");
}

bool run(const Bench& bench, bool as_json) {
  const Result result = bench.run();
  as_json ? print_json(bench, result) : print_text(bench, result);
  std::fflush(stdout);
  if (!result.is_accounted) std::fprintf(stderr, "%s: what was lost is not what was counted\n", bench.name);
  return result.is_accounted;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace bench

int main(int argc, char** argv) try {
  CLI::App app("What gets through the engine in a second");
  bool as_json = false;
  std::string filter;
  app.add_flag("--json", as_json, "a JSON object a line");
  app.add_option("--filter", filter, "run only the bench of this name");
  CLI11_PARSE(app, argc, argv);
  bool all_accounted = true;
  bool found = false;
  for (const bench::Bench& one : bench::kBenches) {
    if (!filter.empty() && filter != one.name) continue;
    found = true;
    all_accounted &= bench::run(one, as_json);
  }
  if (!found) std::fprintf(stderr, "no bench is named %s\n", filter.c_str());
  return !found ? 2 : all_accounted ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
