#include "task/worker.hpp"

#include <algorithm>
#include <ranges>
#include <thread>
#include <utility>

#include <ergon/telemetry/context.hpp>

#include "task/connector_gauges.hpp"
#include "task/consumer_loop.hpp"
#include "task/plain_loop.hpp"
#include "task/producer_loop.hpp"
#include "task/stop_signals.hpp"
#include "task/task_error.hpp"
#include "task/transaction_runner.hpp"

namespace ergon::inline v0::detail {

namespace {

// With tracing off, too, transactions have a trace, for the logs.
// What is replayed is linked to the trace that it failed in.
RemoteParent remote_parent_of(const WorkerPlan& plan) {
  if (plan.is_replay) return RemoteParent::link;
  return plan.config.tracing ? plan.config.tracing->remote_parent : RemoteParent::parent;
}

TelemetryNames names_of(const WorkerPlan& plan) {
  return {plan.task, plan.connector.name,
          plan.connector.type != nullptr ? plan.connector.type->name : std::string()};
}

TaskTelemetry telemetry_of(const WorkerPlan& plan) {
  if (!plan.roles.consumer) return TaskTelemetry::without_consumer(names_of(plan));
  return TaskTelemetry(names_of(plan), remote_parent_of(plan), plan.config.policies.consumer.loop.streaming);
}

// Of what a loop may do in the run, what those before this worker have left.
std::optional<std::int64_t> left_of(const LoopPolicy& loop, const WorkerSeat& seat) {
  if (!loop.limit) return std::nullopt;
  return std::max<std::int64_t>(*loop.limit - static_cast<std::int64_t>(seat.transactions_before), 0);
}

Clock::time_point end_of(const LoopPolicy& loop, const WorkerSeat& seat) {
  return loop.timeout ? seat.run_start + *loop.timeout : Clock::time_point::max();
}

void require_health(Connector& connector) {
  const ConnectorHealth health = connector.health();
  if (!health.is_healthy) throw SystemError("it is not healthy: " + health.reason);
}

// A later one may hold an earlier one; a vector goes front to back.
template <class Part>
void destroy_backwards(std::vector<std::unique_ptr<Part>>& parts) {
  while (!parts.empty()) parts.pop_back();
}

}  // namespace

Worker::Worker(const WorkerPlan& plan, const TaskIdentity& identity, const WorkerSeat& seat,
               AttemptWatch& watch, std::stop_source stop)
    : plan_(plan),
      seat_(seat),
      watch_(watch),
      stop_(std::move(stop)),
      context_(identity, stop_.get_token(), seat.run_folder),
      lifetime_(plan.config.supervision.max_transactions),
      consumer_budget_(left_of(plan.config.policies.consumer.loop, seat),
                       end_of(plan.config.policies.consumer.loop, seat), &lifetime_),
      producer_budget_(left_of(plan.config.policies.producer.loop, seat),
                       end_of(plan.config.policies.producer.loop, seat), &lifetime_),
      telemetry_(telemetry_of(plan)) {}

Worker::~Worker() {
  connector_gauges_ = {};
  loops_.clear();
  destroy_backwards(services_);
  destroy_backwards(connectors_);
}

std::string Worker::live() {
  auto span = telemetry_.tracer().scoped_span(telemetry_.spans().run, {{"ergon.task.name", plan_.task}},
                                              {.root = true});
  run_step("connectors.init", [this] { init_connectors(); });
  run_step("services.init", [this] { init_services(); });
  seat_.board.worker(seat_.index).phase.store(WorkerPhase::running, std::memory_order_relaxed);
  run_step("execute", [this] { execute(); });
  seat_.board.worker(seat_.index).phase.store(WorkerPhase::closing, std::memory_order_relaxed);
  exit();
  if (const int signal = StopSignals::received(); signal != 0)
    span.set_attribute("ergon.stop.signal", signal);
  if (!failure_) return {};
  mark_failed(span, *failure_);
  return failure_->message;
}

// A step after one that failed is left out.
template <class Step>
void Worker::run_step(std::string_view span_name, const Step& step) {
  if (failure_) return;
  auto span = telemetry_.tracer().scoped_span(span_name);
  try {
    step();
  } catch (...) {
    return fail(had_by(doing_, telemetry_.record_current_exception(span, span_name, nullptr)));
  }
  if (failure_) mark_failed(span, *failure_);  // by a loop, where it is recorded
}

void Worker::init_connectors() {
  std::vector<std::string> names;
  const auto make = [&](const PartPlan<Connector>& plan) {
    make_connector(plan);
    names.push_back(plan.name);
  };
  if (plan_.connector.type != nullptr) make(plan_.connector);
  for (const auto& plan : plan_.other_connectors) make(plan);
  if (plan_.is_replay) open_dead_letters(names);
  for (std::size_t i = 0; i < connectors_.size(); ++i) {
    doing_ = "connector '" + names[i] + "'";
    connectors_[i]->init();
    open_connectors_.push_back(connectors_[i].get());
    require_health(*connectors_[i]);
  }
  if (connectors_.empty()) return;
  Connector& source = plan_.is_replay ? *connectors_.back() : *connectors_.front();
  calls_ = std::make_unique<ConnectorCalls>(source, telemetry_);
  if (plan_.config.metrics) connector_gauges_ = observe_connectors(names, connectors_);
}

void Worker::open_dead_letters(std::vector<std::string>& names) {
  doing_ = "connector '" + plan_.connector.name + "'";
  auto letters = connectors_.front()->dead_letters();
  if (letters == nullptr) throw SystemError("it has no dead-letter place to replay from");
  connectors_.push_back(std::move(letters));
  names.push_back(plan_.connector.name + ".dead_letters");
}

void Worker::make_connector(const PartPlan<Connector>& plan) {
  doing_ = "connector '" + plan.name + "'";
  connectors_.push_back(plan.type->make(plan.options, context_));
  dispatchers_.push_back(std::make_unique<TracedDispatcher>(*connectors_.back(), plan.name, plan.type->name,
                                                            telemetry_.tracer()));
  context_.add_connector(plan.name, *dispatchers_.back());
}

void Worker::init_services() {
  for (const auto& plan : plan_.services) {
    doing_ = "service '" + plan.name + "'";
    services_.push_back(plan.type->make(plan.options, context_));
    context_.add_service(plan.name, *services_.back());
  }
  for (std::size_t i = 0; i < services_.size(); ++i) {
    doing_ = "service '" + plan_.services[i].name + "'";
    services_[i]->init();
    open_services_.push_back(services_[i].get());
  }
}

void Worker::execute() {
  doing_ = "task '" + plan_.task + "'";
  if (plan_.only) return process_only(*plan_.only);
  add_consumer_loops();
  add_producer_loops();
  add_plain_loop();
  const auto start = Clock::now();
  run_loops();
  duration_ = Clock::now() - start;
}

void Worker::add_consumer_loops() {
  if (!plan_.roles.consumer) return;
  const Policies& policies = plan_.config.policies;
  for (std::int64_t i = 0; i < policies.consumer.loop.concurrency; ++i) {
    loops_.push_back(std::make_unique<ConsumerLoop>(telemetry_, *plan_.roles.consumer,
                                                    plan_.roles.consumer->make(context_), *calls_, policies,
                                                    next_thread(consumer_budget_)));
  }
}

void Worker::add_producer_loops() {
  if (!plan_.roles.producer || plan_.is_replay) return;
  const Policies& policies = plan_.config.policies;
  const auto other = std::ranges::find(plan_.other_connectors, plan_.sink, &PartPlan<Connector>::name);
  const bool is_main = other == plan_.other_connectors.end();
  const auto& sink = is_main ? plan_.connector : *other;
  const auto index = is_main ? 0 : 1 + (other - plan_.other_connectors.begin());
  producer_telemetry_.emplace(telemetry_, sink.name, sink.type->name, policies.producer.loop.streaming);
  for (std::int64_t i = 0; i < policies.producer.loop.concurrency; ++i) {
    loops_.push_back(std::make_unique<ProducerLoop>(
        *producer_telemetry_, *plan_.roles.producer, plan_.roles.producer->make(context_),
        *connectors_[static_cast<std::size_t>(index)], policies, next_thread(producer_budget_)));
  }
}

void Worker::add_plain_loop() {
  if (!plan_.roles.plain) return;
  loops_.push_back(std::make_unique<PlainLoop>(telemetry_, plan_.roles.plain->make(context_), context_,
                                               next_thread(consumer_budget_)));
}

// On the main thread, as the program's user waits for it.
void Worker::process_only(const OneTransaction& only) {
  std::optional<RawTransaction> raw;
  if (only.payload) {
    raw = {.id = only.id, .payload = *only.payload};
  } else {
    doing_ = "connector '" + plan_.connector.name + "'";
    raw = connectors_.front()->fetch_by_id(only.id);
    if (!raw) throw SystemError("it has no transaction '" + only.id + "'");
  }
  doing_ = "task '" + plan_.task + "'";
  const ConsumerType& type = *plan_.roles.consumer;
  const auto consumer = type.make(context_);
  LoopThread thread = next_thread(consumer_budget_);
  TransactionRunner transactions(telemetry_, type, *consumer, only.payload ? nullptr : calls_.get(),
                                 plan_.config.policies, thread);
  const auto start = Clock::now();
  auto end = transactions.run(*raw, nullptr);
  duration_ = Clock::now() - start;
  end.error ? thread.cell.count_failed() : thread.cell.count_ok();
  if (end.error) fail(had_by("transaction '" + only.id + "'", std::move(*end.error)));
  consumer->exit();
}

LoopThread Worker::next_thread(WorkBudget& budget) {
  return {watch_.add_slot(), seat_.board.loop(seat_.index, loops_.size()), budget, stop_.get_token()};
}

void Worker::run_loops() {
  std::vector<std::jthread> threads;  // joined when this ends, however it does
  try {
    for (const auto& loop : loops_) threads.emplace_back(bind_context([this, &loop] { run_loop(*loop); }));
  } catch (...) {
    stop_.request_stop();
    throw;
  }
}

void Worker::run_loop(Loop& loop) noexcept {
  if (auto failure = loop.run()) {
    fail(std::move(*failure));
    stop_.request_stop();
  }
}

// Whatever was opened is closed, in reverse, whether the run succeeded or not.
void Worker::exit() {
  connector_gauges_ = {};  // waits for a call that is under way
  auto span = telemetry_.tracer().scoped_span("exit");
  const auto close = [&](auto& part) {
    try {
      part.exit();
    } catch (...) {
      fail(had_by("exit", telemetry_.record_current_exception(span, "exit", nullptr)));
    }
  };
  for (const auto& loop : loops_) close(*loop);
  for (Service* service : open_services_ | std::views::reverse) close(*service);
  for (Connector* connector : open_connectors_ | std::views::reverse) close(*connector);
}

void Worker::fail(TaskError error) {
  const std::lock_guard lock(failure_mutex_);
  if (!failure_) failure_ = std::move(error);
}

}  // namespace ergon::inline v0::detail
