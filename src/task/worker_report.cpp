#include "task/worker_report.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

namespace ergon::inline v0::detail {
namespace {

using nlohmann::json;
using telemetry::Counts;
using telemetry::DestinationCounts;
using telemetry::SignalStatistics;
using telemetry::Statistics;

std::array<std::uint64_t Counts::*, 5> fields() {
  return {&Counts::created, &Counts::sampled_out, &Counts::delivered, &Counts::rejected, &Counts::queued};
}

void add(Counts& sum, const Counts& more) {
  for (const auto field : fields()) sum.*field += more.*field;
  for (std::size_t i = 0; i < sum.dropped.size(); ++i) sum.dropped[i] += more.dropped[i];
}

void add(SignalStatistics& sum, const SignalStatistics& more) {
  add(sum.total, more.total);
  for (const DestinationCounts& destination : more.destinations) {
    const auto same = std::ranges::find(sum.destinations, destination.name, &DestinationCounts::name);
    same != sum.destinations.end() ? add(same->counts, destination.counts)
                                   : sum.destinations.push_back(destination);
  }
}

json counts_as_json(const Counts& counts) {
  json list = json::array();
  for (const auto field : fields()) list.push_back(counts.*field);
  list.push_back(counts.dropped);
  return list;
}

Counts counts_from(const json& list) {
  Counts counts;
  std::size_t index = 0;
  for (const auto field : fields()) counts.*field = list.at(index++).get<std::uint64_t>();
  counts.dropped = list.at(index).get<decltype(counts.dropped)>();
  return counts;
}

json signal_as_json(const SignalStatistics& signal) {
  json destinations = json::array();
  for (const auto& [name, counts] : signal.destinations)
    destinations.push_back({name, counts_as_json(counts)});
  return {counts_as_json(signal.total), std::move(destinations)};
}

SignalStatistics signal_from(const json& list) {
  SignalStatistics signal;
  signal.total = counts_from(list.at(0));
  for (const json& destination : list.at(1))
    signal.destinations.push_back({destination.at(0).get<std::string>(), counts_from(destination.at(1))});
  return signal;
}

}  // namespace

void add_books(WorkerReport& sum, const WorkerReport& report) {
  sum.has_started = sum.has_started || report.has_started;
  sum.transactions += report.transactions;
  sum.lost_reports += report.lost_reports;
  for (const auto signal : {&Statistics::spans, &Statistics::logs, &Statistics::metric_points})
    add(sum.statistics.*signal, report.statistics.*signal);
}

std::string to_text(const WorkerReport& report) {
  const Tally& done = report.transactions;
  return json{{"exit_code", report.exit_code},
              {"failure", report.failure},
              {"has_started", report.has_started},
              {"is_recycled", report.is_recycled},
              {"transactions", {done.ok, done.failed, done.handed_back}},
              {"duration", report.duration.count()},
              {"spans", signal_as_json(report.statistics.spans)},
              {"logs", signal_as_json(report.statistics.logs)},
              {"metric_points", signal_as_json(report.statistics.metric_points)}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<WorkerReport> report_from_text(std::string_view text) try {
  const json all = json::parse(text);
  const json& done = all.at("transactions");
  return WorkerReport{.exit_code = all.at("exit_code").get<int>(),
                      .failure = all.at("failure").get<std::string>(),
                      .has_started = all.at("has_started").get<bool>(),
                      .is_recycled = all.at("is_recycled").get<bool>(),
                      .transactions = {done.at(0).get<std::uint64_t>(), done.at(1).get<std::uint64_t>(),
                                       done.at(2).get<std::uint64_t>()},
                      .duration = std::chrono::duration<double>(all.at("duration").get<double>()),
                      .statistics = {.spans = signal_from(all.at("spans")),
                                     .logs = signal_from(all.at("logs")),
                                     .metric_points = signal_from(all.at("metric_points"))}};
} catch (const json::exception&) {
  return std::nullopt;
}

}  // namespace ergon::inline v0::detail
