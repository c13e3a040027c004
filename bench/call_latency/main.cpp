#include <fcntl.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>

#include "report.hpp"
#include "sides.hpp"

namespace {

using namespace ergon::bench;

constexpr const char* kOpenTelemetry = "opentelemetry-cpp";
constexpr const char* kSpdlog = "spdlog async";
constexpr int kBursts = 300;

struct Bench {
  const char* name;
  std::unique_ptr<Side> (*ours)();
  std::unique_ptr<Side> (*peer)();
  bool is_of_spans{false};
  const char* peer_name{kOpenTelemetry};
};

constexpr std::array kBenches{
    Bench{"span_3_attributes", &ergon_spans, &opentelemetry_spans, true},
    Bench{"span_not_sampled", &ergon_spans_not_sampled, &opentelemetry_spans_not_sampled, true},
    Bench{"detached_span", &ergon_detached_spans, &opentelemetry_detached_spans, true},
    Bench{"span_event", &ergon_span_events, &opentelemetry_span_events, true},
    Bench{"span_link", &ergon_span_links, &opentelemetry_span_links, true},
    Bench{"context_handover", &ergon_context_handovers, &opentelemetry_context_handovers, true},
    Bench{"log_2_arguments", &ergon_logs, &opentelemetry_logs},
    Bench{"log_2_arguments", &ergon_logs, &spdlog_logs, false, kSpdlog},
    Bench{"log_disabled", &ergon_disabled_logs, &spdlog_disabled_logs, false, kSpdlog},
    Bench{"counter_3_attributes", &ergon_counters, &opentelemetry_counters},
    Bench{"counter_3_attributes_16_sets", &ergon_counters_of_16_sets, &opentelemetry_counters_of_16_sets},
    Bench{"counter_bound", &ergon_bound_counters, &opentelemetry_plain_counters},
    Bench{"counter_bound_in_span", &ergon_bound_counters_in_span, &opentelemetry_plain_counters},
    Bench{"counter_bound_2_threads", &ergon_bound_counters_of_two_threads, &opentelemetry_plain_counters},
    Bench{"histogram_3_attributes", &ergon_histograms, &opentelemetry_histograms},
    Bench{"histogram_bound", &ergon_bound_histograms, &opentelemetry_plain_histograms},
    Bench{"transaction_metrics", &ergon_transaction_metrics, &opentelemetry_transaction_metrics}};
constexpr const char* kAllocations = "span_allocations";

// Our side writes what it would send to stdout; the results keep the stream, the rest goes to /dev/null.
int take_stdout() {
  const int results = dup(STDOUT_FILENO);
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null >= 0) {
    dup2(null, STDOUT_FILENO);
    close(null);
  }
  return results;
}

bool run(const Bench& bench, bool as_json_lines, int results) {
  const auto ours = bench.ours();
  const auto peer = bench.peer();
  const Comparison comparison = compare(*ours, *peer, kBursts);
  constexpr std::uint64_t kCalls = std::uint64_t{kBursts} * kBurstCalls;
  const bool is_whole = ours->has_delivered(kCalls) && peer->has_delivered(kCalls);
  const std::string line = as_json_lines ? as_json(bench.name, bench.peer_name, comparison)
                                         : as_text(bench.name, bench.peer_name, comparison);
  dprintf(results, "%s\n", line.c_str());
  if (!is_whole) dprintf(STDERR_FILENO, "%s: calls were lost, the figure does not count\n", bench.name);
  return is_whole;
}

// A call of any kind that spans have, ours alone.
void run_allocations(bool as_json_lines, int results) {
  double allocations = 0;
  for (const Bench& bench : kBenches | std::views::filter(&Bench::is_of_spans))
    allocations = std::max(allocations, allocations_per_call(*bench.ours()));
  const char* const form =
      as_json_lines ? "{\"bench\":\"%s\",\"allocations\":%g}\n" : "%-24s %8g of the heap, a call\n";
  dprintf(results, form, kAllocations, allocations);
}

bool is_known(std::string_view name) {
  return name == kAllocations ||
         std::ranges::any_of(kBenches, [&](const Bench& bench) { return name == bench.name; });
}

int refuse(const std::string& filter) {
  dprintf(STDERR_FILENO, "no bench is named %s; there are:", filter.c_str());
  for (const Bench& bench : kBenches) dprintf(STDERR_FILENO, " %s", bench.name);
  dprintf(STDERR_FILENO, " %s\n", kAllocations);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The price of a telemetry call, best of many bursts, beside a peer");
  bool as_json_lines = false;
  std::string filter;
  app.add_flag("--json", as_json_lines, "a JSON object a line");
  app.add_option("--filter", filter, "run only the bench of this name");
  CLI11_PARSE(app, argc, argv);
  if (!filter.empty() && !is_known(filter)) return refuse(filter);
  const int results = take_stdout();
  bool all_whole = true;
  for (const Bench& bench : kBenches) {
    if (filter.empty() || filter == bench.name) all_whole &= run(bench, as_json_lines, results);
  }
  if (filter.empty() || filter == kAllocations) run_allocations(as_json_lines, results);
  return all_whole ? 0 : 1;
}
