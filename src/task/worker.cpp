#include "task/worker.hpp"

#include <ranges>
#include <thread>
#include <utility>

#include <ergon/telemetry/context.hpp>

#include "task/task_error.hpp"

namespace ergon::detail {

namespace {

// With tracing off, too, transactions have a trace, for the logs.
RemoteParent remote_parent_of(const TaskConfig& config) {
  return config.tracing ? config.tracing->remote_parent : RemoteParent::parent;
}

// A later one may hold an earlier one; a vector goes front to back.
template <class Part>
void destroy_backwards(std::vector<std::unique_ptr<Part>>& parts) {
  while (!parts.empty()) parts.pop_back();
}

}  // namespace

Worker::Worker(const WorkerPlan& plan, const TaskIdentity& identity, const StopSignals& signals)
    : plan_(plan),
      stop_(signals.stop()),
      context_(identity, stop_.get_token()),
      telemetry_({plan.task, plan.connector.name, plan.connector.type->name}, remote_parent_of(plan.config)) {
}

Worker::~Worker() {
  loops_.clear();
  destroy_backwards(services_);
  destroy_backwards(connectors_);
}

std::string Worker::live() {
  auto span = telemetry_.tracer().scoped_span(telemetry_.spans().run, {{"ergon.task.name", plan_.task}},
                                              {.root = true});
  run_step("connectors.init", [this] { init_connectors(); });
  run_step("services.init", [this] { init_services(); });
  run_step("execute", [this] { execute(); });
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
  make_connector(plan_.connector);
  for (const auto& plan : plan_.other_connectors) make_connector(plan);
  const auto open = [this](const std::unique_ptr<Connector>& connector, const std::string& name) {
    doing_ = "connector '" + name + "'";
    connector->init();
    open_connectors_.push_back(connector.get());
  };
  open(connectors_.front(), plan_.connector.name);
  for (std::size_t i = 1; i < connectors_.size(); ++i)
    open(connectors_[i], plan_.other_connectors[i - 1].name);
  calls_ = std::make_unique<ConnectorCalls>(*connectors_.front(), telemetry_);
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
  const auto& policy = plan_.config.policies.consumer;
  doing_ = "task '" + plan_.task + "'";
  for (std::int64_t i = 0; i < policy.loop.concurrency; ++i) {
    loops_.push_back(
        std::make_unique<ConsumerLoop>(telemetry_, plan_.consumer, plan_.consumer.make(context_), *calls_,
                                       static_cast<std::size_t>(policy.fetch.batch.size), stop_.get_token()));
  }
  const auto start = Clock::now();
  run_loops();
  duration_ = Clock::now() - start;
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

void Worker::run_loop(ConsumerLoop& loop) noexcept {
  if (auto failure = loop.run()) {
    fail(std::move(*failure));
    stop_.request_stop();
  }
}

// Whatever was opened is closed, in reverse, whether the run succeeded or not.
void Worker::exit() {
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

Tally Worker::tally() const {
  Tally sum;
  for (const auto& loop : loops_) {
    sum.ok += loop->tally().ok;
    sum.failed += loop->tally().failed;
  }
  return sum;
}

}  // namespace ergon::detail
