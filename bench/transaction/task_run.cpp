#include "task_run.hpp"

#include <fmt/core.h>

#include <chrono>
#include <utility>

#include <ergon/telemetry/process_metrics.hpp>

#include "task/start_telemetry.hpp"
#include "task/worker.hpp"
#include "task/worker_resource.hpp"

namespace ergon::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 60s;
// {Task}.transaction, {Task}.process, {Task}.handle_success, {connector}.ack.
constexpr std::uint64_t kSpansOfTransaction = 4;
// {Task}.batch, {connector}.fetch.
constexpr std::uint64_t kSpansOfBatch = 2;
// {Task}.run, connectors.init, services.init, execute, exit, and of the last fetch, which brings nothing,
// two.
constexpr std::uint64_t kSpansOfRun = 5 + kSpansOfBatch;

TaskConfig config_of(Sinks& sinks, Sections sections) {
  TaskConfig config;
  const OtlpGrpcExporter exporter{.endpoint = sinks.records.endpoint()};
  if (sections.tracing)
    config.tracing = TracingConfig{.processors = {BatchSpanProcessor{.exporter = exporter}}};
  config.logging = LoggingConfig{.level = Level::off};
  if (sections.logging) {
    config.logging =
        LoggingConfig{.handlers = {OtlpHandler{.processors = {BatchLogProcessor{.exporter = exporter}}}}};
  }
  if (sections.metrics) {
    config.metrics = MetricsConfig{.readers = {PeriodicReader{.exporter = OtlpGrpcMetricExporter{
                                                                  .endpoint = sinks.metrics.endpoint()}}}};
  }
  return config;
}

// What a worker process is, but for the process: src/task/run_worker.cpp.
std::string live(const TaskConfig& config, Load& load, telemetry::Session& session) {
  detail::WorkerPlan plan{.task = "Orders", .roles = detail::task_roles<NoopOrders>(), .config = config};
  const detail::ConnectorType type = detail::part_type<Connector, BatchSource>("bench");
  BatchSource::use(load);
  plan.connector = {"orders", &type, {}};
  const detail::Board board(1, detail::loop_count(plan));
  const detail::WorkerSeat seat{.board = board};
  const TaskIdentity identity = detail::make_identity(plan.task, seat);
  session = detail::start_telemetry(config, {.default_service_name = plan.task,
                                             .config_is_from_file = true,
                                             .environment_is_ignored = true,
                                             .injected_resource = detail::worker_resource(identity)});
  if (!session) return "telemetry could not be started";
  CallbackRegistration process_metrics;
  if (config.metrics) process_metrics = telemetry::observe_process();
  detail::AttemptWatch watch{{}};
  detail::Worker worker(plan, identity, seat, watch, std::stop_source());
  std::string failure = worker.live();
  session.shutdown(kPatience);
  return failure;
}

// Of the last collection, all points, less what earlier runs had.
std::uint64_t count_transactions(Sinks& sinks) {
  std::uint64_t total = 0;
  for (const auto& metric : sinks.metrics.metrics()) {
    if (metric.at("name") != "consumer.transactions.total") continue;
    total = 0;
    for (const auto& point : metric.at("points")) total += point.at("value").get<std::uint64_t>();
  }
  return total - std::exchange(sinks.counted, total);
}

// Empty, or a sentence.
std::string look(const TaskRun& run, const Load& load, const telemetry::Statistics& books,
                 Sections sections) {
  const auto differs = [](const char* what, std::uint64_t found, std::uint64_t wanted) {
    return found == wanted ? std::string() : fmt::format("{}: {}, not {}; ", what, found, wanted);
  };
  const std::uint64_t spans =
      run.transactions * kSpansOfTransaction + load.fetches * kSpansOfBatch + kSpansOfRun;
  return differs("transactions", load.acks, run.transactions) +
         differs("spans", run.spans, sections.tracing ? spans : 0) +
         differs("logs", run.logs, sections.logging ? run.transactions : 0) +
         differs("metric points", run.metric_points, books.metric_points.total.delivered) +
         differs("consumer.transactions.total", run.counted, sections.metrics ? run.transactions : 0) +
         differs("dropped", run.dropped, 0);
}

}  // namespace

TaskRun run_orders(Sinks& sinks, Sections sections, Sender sender, std::size_t bursts) {
  sinks.records.clear();
  sinks.metrics.clear();
  telemetry::Session session;
  Load load{.bursts = bursts, .sender = sender};
  load.settle = [&] { static_cast<void>(session.flush(kPatience)); };
  TaskRun run{.wrong = live(config_of(sinks, sections), load, session)};
  const telemetry::Statistics books = session.statistics();
  const test::ReceivedCounts records = sinks.records.count();
  run.best = load.best;
  run.transactions = load.fetches * kBatch;
  run.spans = records.spans;
  run.logs = records.logs;
  run.metric_points = sinks.metrics.count().metric_points;
  if (sections.metrics) run.counted = count_transactions(sinks);
  for (const auto* signal : {&books.spans, &books.logs, &books.metric_points})
    run.dropped += signal->total.dropped_total() + signal->total.rejected + signal->total.queued;
  run.wrong += look(run, load, books, sections);
  return run;
}

}  // namespace ergon::bench
