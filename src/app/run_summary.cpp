#include "app/run_summary.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace ergon::inline v0::detail {
namespace {

using json = nlohmann::ordered_json;
using telemetry::Counts;
using telemetry::SignalStatistics;

double per_second(const WorkerReport& report) {
  const auto total = static_cast<double>(report.transactions.ok + report.transactions.failed);
  const double seconds = report.duration.count();
  return seconds > 0 ? std::round(total / seconds * 10) / 10 : 0;
}

auto signals(const telemetry::Statistics& statistics) {
  return std::array{std::pair{"spans", &statistics.spans}, std::pair{"logs", &statistics.logs},
                    std::pair{"metric_points", &statistics.metric_points}};
}

// Calls `use(name, count)` for each reason that dropped anything.
template <class Use>
void for_each_drop(const Counts& counts, const Use& use) {
  for (std::size_t reason = 0; reason < counts.dropped.size(); ++reason) {
    if (counts.dropped[reason] > 0) {
      use(telemetry::drop_reason_name(static_cast<telemetry::DropReason>(reason)), counts.dropped[reason]);
    }
  }
}

json counts_json(const Counts& counts) {
  json dropped = json::object();
  for_each_drop(counts,
                [&](std::string_view reason, std::uint64_t count) { dropped[std::string(reason)] = count; });
  return {{"created", counts.created},     {"sampled_out", counts.sampled_out},
          {"delivered", counts.delivered}, {"rejected", counts.rejected},
          {"queued", counts.queued},       {"dropped", std::move(dropped)}};
}

json signal_json(const SignalStatistics& signal) {
  json result = counts_json(signal.total);
  json destinations = json::object();
  for (const auto& destination : signal.destinations)
    destinations[destination.name] = counts_json(destination.counts);
  result["destinations"] = std::move(destinations);
  return result;
}

std::string dropped_text(const Counts& counts) {
  std::string reasons;
  for_each_drop(counts, [&](std::string_view reason, std::uint64_t count) {
    reasons += fmt::format("{}{} {}", reasons.empty() ? " (" : ", ", count, reason);
  });
  return fmt::format("{}{}", counts.dropped_total(), reasons.empty() ? "" : reasons + ")");
}

std::string row(std::string_view name, const Counts& counts) {
  return fmt::format("{:<22} {:>10} {:>12} {:>10} {:>9} {:>7}  {}\n", name, counts.created,
                     counts.sampled_out, counts.delivered, counts.rejected, counts.queued,
                     dropped_text(counts));
}

}  // namespace

std::string summary_text(const WorkerReport& report) {
  const auto [ok, failed, handed_back] = report.transactions;
  std::string text = fmt::format("{} transactions in {:.2f} s ({:.0f} per second): {} ok, {} failed{}\n",
                                 ok + failed, report.duration.count(), per_second(report), ok, failed,
                                 handed_back > 0 ? fmt::format(", {} handed back", handed_back) : "");
  if (report.lost_reports > 0)
    text +=
        fmt::format("{} worker processes died, whose telemetry is not in these books\n", report.lost_reports);
  text += fmt::format("{:<22} {:>10} {:>12} {:>10} {:>9} {:>7}  {}\n", "telemetry", "created", "sampled out",
                      "delivered", "rejected", "queued", "dropped");
  for (const auto& [name, signal] : signals(report.statistics)) {
    text += row(name, signal->total);
    for (const auto& destination : signal->destinations)
      text += row("  " + destination.name, destination.counts);
  }
  return text;
}

std::string summary_json(const WorkerReport& report) {
  json all = json::object();
  for (const auto& [name, signal] : signals(report.statistics)) all[name] = signal_json(*signal);
  const json summary{{"transactions",
                      {{"ok", report.transactions.ok},
                       {"failed", report.transactions.failed},
                       {"handed_back", report.transactions.handed_back},
                       {"per_second", per_second(report)}}},
                     {"lost_reports", report.lost_reports},
                     {"signals", std::move(all)}};
  return summary.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace ergon::inline v0::detail
