#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <exception>
#include <string>

#include "bench.hpp"
#include "collect_series.hpp"

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
    Bench{"otlp_grpc_sink", "spans", &otlp_grpc_sink},
    Bench{"otlp_grpc_collector", "spans", &otlp_grpc_collector},
};

void print_json(const Bench& bench, const Result& result) {
  std::printf("{\"bench\":\"%s\",\"per_second\":%.0f,\"cpu_ns\":%.1f,\"lost\":%llu", bench.name,
              result.per_second, result.cpu_nanoseconds, static_cast<unsigned long long>(result.lost));
  if (result.is_process) std::printf(",\"per_cpu_second\":%.0f", 1e9 / result.cpu_nanoseconds);
  if (result.peer != nullptr) {
    std::printf(",\"peer\":\"%s\",\"peer_per_second\":%.0f,\"ratio\":%.3f", result.peer,
                result.peer_per_second, result.per_second / result.peer_per_second);
    if (result.is_process) {
      std::printf(",\"peer_cpu_ns\":%.1f,\"peer_lost\":%llu", result.peer_cpu_nanoseconds,
                  static_cast<unsigned long long>(result.peer_lost));
    }
  }
  std::printf("}\n");
}

void print_text(const Bench& bench, const Result& result) {
  std::printf("%-32s %10.0f %s/s  %6.1f ns of CPU each  %llu lost", bench.name, result.per_second, bench.unit,
              result.cpu_nanoseconds, static_cast<unsigned long long>(result.lost));
  if (result.peer != nullptr) std::printf("; %s: %.0f", result.peer, result.peer_per_second);
  if (result.peer_cpu_nanoseconds > 0) std::printf(", %.1f ns", result.peer_cpu_nanoseconds);
  std::printf("\n");
}

bool run(const Bench& bench, bool as_json) {
  const Result result = bench.run();
  if (result.skipped != nullptr) {
    std::fprintf(stderr, "%s: skipped: %s\n", bench.name, result.skipped);
    return true;
  }
  as_json ? print_json(bench, result) : print_text(bench, result);
  std::fflush(stdout);
  if (!result.is_accounted) std::fprintf(stderr, "%s: what was lost is not what was counted\n", bench.name);
  return result.is_accounted;
}

constexpr const char* kCollection = "collect_10000_series";

// Whether both have collected all series.
bool run_collection(bool as_json) {
  const Collected ours = collect_series();
  const Collected peer = collect_peer_series();
  const char* const form = as_json ? "{\"bench\":\"%s\",\"ms\":%.2f,\"bytes\":%llu,\"request_bytes\":%llu,"
                                     "\"peer\":\"opentelemetry-cpp\",\"peer_ms\":%.2f,\"ratio\":%.3f}\n"
                                   : "%-32s %10.2f ms, %llu bytes of memory, %llu of the request; "
                                     "opentelemetry-cpp: %.2f ms, ratio %.3f\n";
  std::printf(form, kCollection, ours.best.count(), static_cast<unsigned long long>(ours.bytes),
              static_cast<unsigned long long>(ours.request_bytes), peer.best.count(), ours.best / peer.best);
  std::fflush(stdout);
  const bool is_whole = ours.points == kSeries && peer.points == kSeries;
  if (!is_whole) std::fprintf(stderr, "%s: series are missing, the figure does not count\n", kCollection);
  return is_whole;
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) try {
  CLI::App app("What gets through the engine in a second");
  bool as_json = false;
  std::string filter;
  app.add_flag("--json", as_json, "a JSON object a line");
  app.add_option("--filter", filter, "run only the bench of this name");
  CLI11_PARSE(app, argc, argv);
  bool all_accounted = true;
  bool found = filter.empty() || filter == bench::kCollection;
  if (found) all_accounted = bench::run_collection(as_json);
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
