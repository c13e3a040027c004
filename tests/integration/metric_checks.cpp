#include <algorithm>
#include <numeric>
#include <set>

#include "integration/orders_run.hpp"
#include "integration/signal_checks.hpp"
#include "integration/trace_checks.hpp"

namespace ergon::test {
namespace {

using nlohmann::json;
using Fate = ExpectedOrder::Fate;

struct Series {
  std::string unit;
  std::string type;
  json point;  // the last
};
using AllSeries = std::map<std::string, std::map<std::string, Series>>;  // by metric, by attributes

json value_of(const json& point) {
  return point.contains("count") ? point["count"] : point.value("value", json());
}

// What is there now, and may be less the next time.
bool may_fall(const std::string& name) {
  static const std::set<std::string> kNames{"consumer.transactions.in_flight",
                                            "consumer.loop.slots",
                                            "process.memory.usage",
                                            "process.memory.virtual",
                                            "process.thread.count",
                                            "process.unix.file_descriptor.count",
                                            "otel.sdk.span.live",
                                            "otel.sdk.processor.span.queue.size",
                                            "otel.sdk.processor.log.queue.size",
                                            "otel.sdk.exporter.span.inflight",
                                            "otel.sdk.exporter.log.inflight",
                                            "otel.sdk.exporter.metric_data_point.inflight"};
  return kNames.contains(name);
}

// Of the framework's, and not of the task's or the example's.
bool is_own(const std::string& name) { return name.starts_with("otel.sdk.") || name.starts_with("process."); }

void check_form(const json& metric, Complaints& complaints) {
  const std::string name = text(metric, "name");
  if (text(metric, "type") == "gauge") return;
  complaints.expect(metric.at("temporality") == "cumulative", name, "is not cumulative");
  complaints.expect(metric.value("monotonic", true) != may_fall(name), name, "is not monotonic, or is");
  for (const json& point : metric.at("points")) {
    const std::string where = name + point.at("attributes").dump();
    complaints.expect(time_of(point, "start") > 0, where, "has no start");
    complaints.expect(time_of(point, "time") >= time_of(point, "start"), where, "is older than its start");
  }
}

// Keeps the last point of each series, and sees that series only go on: same start, later time, no less.
AllSeries last_points(const Arrived& arrived, Complaints& complaints) {
  AllSeries all;
  for (const json& metric : arrived.metrics) {
    const std::string name = text(metric, "name");
    check_form(metric, complaints);
    for (const json& point : metric.at("points")) {
      const std::string where = name + point.at("attributes").dump();
      Series& series = all[name][point.at("attributes").dump()];
      if (!series.point.is_null()) {
        complaints.expect(point.at("start") == series.point.at("start"), where, "changed its start");
        complaints.expect(time_of(point, "time") > time_of(series.point, "time"), where, "is out of order");
        complaints.expect(may_fall(name) || value_of(point) >= value_of(series.point), where,
                          "has gone down");
      }
      series = {text(metric, "unit"), text(metric, "type"), point};
    }
  }
  return all;
}

double total_of(const AllSeries& all, const std::string& name) {
  double total = 0;
  const auto found = all.find(name);
  if (found == all.end()) return total;
  for (const auto& [attributes, one] : found->second) total += value_of(one.point).get<double>();
  return total;
}

// What the framework tells of itself and of its process at the end of a whole run.
void check_own(const AllSeries& all, const OrdersInput& input, std::size_t batch_size,
               Complaints& complaints) {
  const double logs = total_of(all, "otel.sdk.log.created");
  complaints.expect(logs == static_cast<double>(input.orders.size()), "otel.sdk.log.created",
                    "is " + std::to_string(logs));
  const double spans = total_of(all, "otel.sdk.span.started");  // none with tracing off
  complaints.expect(spans == 0 || spans == static_cast<double>(expected_spans(input, batch_size)),
                    "otel.sdk.span.started", "is " + std::to_string(spans));
  complaints.expect(total_of(all, "otel.sdk.span.live") == 0, "otel.sdk.span.live", "is not 0");
  for (const char* name :
       {"process.cpu.time", "process.memory.usage", "process.memory.virtual", "process.thread.count",
        "process.unix.file_descriptor.count", "process.paging.faults", "process.uptime"})
    complaints.expect(total_of(all, name) > 0, name, "is missing, or 0");
  for (const char* name : {"otel.sdk.exporter.log.exported", "otel.sdk.exporter.log.inflight",
                           "otel.sdk.exporter.metric_data_point.exported"})
    complaints.expect(all.contains(name), name, "is missing");  // a short run ends before the first answer
}

void check_histogram(const json& point, const std::string& where, Complaints& complaints) {
  const auto& buckets = point.at("bucket_counts");
  const auto total =
      std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0},
                      [](std::uint64_t sum, const json& one) { return sum + one.get<std::uint64_t>(); });
  complaints.expect(total == point.at("count"), where, "its buckets do not add up");
  complaints.expect(buckets.size() == point.at("bounds").size() + 1, where, "has another number of buckets");
  complaints.expect(point.at("min") <= point.at("max"), where, "has its minimum above its maximum");
  const double mean = point.at("sum").get<double>() / point.at("count").get<double>();
  complaints.expect(mean >= point.at("min") && mean <= point.at("max"), where, "has an impossible sum");
}

class MetricCheck {
 public:
  MetricCheck(AllSeries& all, Complaints& complaints) : all_(all), complaints_(complaints) {}

  // The series with these attributes has this value (or count), and it is one of `unit`.
  void expect(const std::string& name, const std::string& unit, const json& attributes, std::size_t value) {
    const std::string where = name + attributes.dump();
    auto& of_name = all_[name];
    const auto found = of_name.find(attributes.dump());
    if (!complaints_.expect(found != of_name.end(), where, "is missing")) return;
    complaints_.expect(value_of(found->second.point) == value, where,
                       "is " + value_of(found->second.point).dump());
    complaints_.expect(found->second.unit == unit, where, "is counted in " + found->second.unit);
    if (found->second.type == "histogram") check_histogram(found->second.point, where, complaints_);
    of_name.erase(found);
  }

  void expect_nothing_else() {
    for (const auto& [name, series] : all_) {
      if (is_own(name)) continue;
      for (const auto& [attributes, one] : series) complaints_.add(name + attributes + ": is not expected");
    }
  }

 private:
  AllSeries& all_;
  Complaints& complaints_;
};

void expect_transactions(MetricCheck& check, const OrdersInput& input) {
  const json queue{{"messaging.system", "jsonl"},
                   {"messaging.destination.name", "orders"},
                   {"messaging.operation.name", "process"}};
  for (const Fate fate : {Fate::charged, Fate::not_decoded, Fate::refused}) {
    json attributes{{"task", "OrderProcessor"}, {"status", fate == Fate::charged ? "success" : "exception"}};
    json messaging = queue;
    const std::string error_type = ExpectedOrder{.fate = fate}.error_type();
    if (!error_type.empty()) attributes["error.type"] = messaging["error.type"] = error_type;
    check.expect("consumer.transactions.total", "{transaction}", attributes, input.count(fate));
    check.expect("consumer.transactions.duration", "s", attributes, input.count(fate));
    check.expect("messaging.process.duration", "s", messaging, input.count(fate));
  }
}

}  // namespace

Complaints check_metrics(const Arrived& arrived, const OrdersInput& input, std::size_t batch_size) {
  Complaints complaints;
  AllSeries all = last_points(arrived, complaints);
  MetricCheck check(all, complaints);
  const std::size_t lines = input.orders.size();
  const std::size_t ok = input.count(Fate::charged);
  const std::size_t batches = (lines + batch_size - 1) / batch_size;
  const json task{{"task", "OrderProcessor"}};
  const auto with = [&](json more) {
    more.update(task);
    return more;
  };
  expect_transactions(check, input);
  for (const auto& [currency, count] : input.charged_by_currency) {
    check.expect("orders.charged", "{order}", {{"currency", currency}}, static_cast<std::size_t>(count));
  }
  const json process{{"stage", "process"}};
  check.expect("consumer.lifecycle.duration", "s", with(process), lines);
  check.expect("consumer.lifecycle.outcome", "{stage}", with({{"stage", "process"}, {"outcome", "ok"}}), ok);
  check.expect("consumer.lifecycle.outcome", "{stage}", with({{"stage", "process"}, {"outcome", "error"}}),
               lines - ok);
  check.expect("consumer.batches.total", "{batch}", with({{"streaming", false}}), batches);
  const json fetch = with({{"connector", "orders"}, {"success", true}});
  const auto& sizes = all["consumer.fetch.batch_size"];
  if (complaints.expect(sizes.contains(fetch.dump()), "consumer.fetch.batch_size", "is missing")) {
    complaints.expect(sizes.at(fetch.dump()).point.at("sum") == static_cast<double>(lines), "fetched",
                      sizes.at(fetch.dump()).point.at("sum").dump());
  }
  check.expect("consumer.fetch.total", "{fetch}", fetch, batches + kLoopThreads);
  check.expect("consumer.fetch.duration", "s", fetch, batches + kLoopThreads);
  check.expect("consumer.fetch.batch_size", "{transaction}", fetch, batches + kLoopThreads);
  check.expect("consumer.transactions.in_flight", "{transaction}", task, 0);
  check.expect("consumer.loop.slots", "{slot}", task, 0);
  check.expect_nothing_else();
  check_own(all, input, batch_size, complaints);
  return complaints;
}

std::map<std::string, std::int64_t> last_counts(const Arrived& arrived, const std::string& metric,
                                                const char* attribute) {
  Complaints ignored;
  AllSeries all = last_points(arrived, ignored);
  std::map<std::string, std::int64_t> counts;
  for (const auto& [attributes, series] : all[metric]) {
    counts[text(series.point.at("attributes"), attribute)] += series.point.at("value").get<std::int64_t>();
  }
  return counts;
}

}  // namespace ergon::test
