// What the engine tells recording threads.
#include <algorithm>
#include <utility>

#include "telemetry/metrics/instrument_registry.hpp"
#include "telemetry/record/read_span.hpp"
#include "telemetry/record/scope_registry.hpp"
#include "telemetry/session/engine.hpp"
#include "telemetry/session/running.hpp"

namespace ergon::inline v0::telemetry {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds kLongestBlock{3'600'000};

}  // namespace

void Engine::publish(const RecordingPlan& plan) {
  g_recording.blocks_when_full.store(options_.on_full == OnFull::block, std::memory_order_relaxed);
  g_recording.max_block_nanoseconds.store(
      static_cast<std::uint64_t>(
          std::chrono::nanoseconds(std::clamp(options_.max_block, 0ms, kLongestBlock)).count()),
      std::memory_order_relaxed);
  longest_wait_.store(plan.longest_wait, std::memory_order_relaxed);
  for (std::size_t i = 0; i < kSignals; ++i)
    g_recording.waits_for_export[i].store(plan.waits_for_export[i], std::memory_order_relaxed);
  publish_sampler(plan);
  g_recording.wake_descriptor.store(running_->mailbox->wake_descriptor(), std::memory_order_relaxed);
  g_recording.span_attributes.store(plan.capacity.attributes, std::memory_order_relaxed);
  g_recording.event_attributes.store(plan.capacity.event_attributes, std::memory_order_relaxed);
  g_recording.link_attributes.store(plan.capacity.link_attributes, std::memory_order_relaxed);
  g_recording.replays_logs.store(plan.replays_logs, std::memory_order_relaxed);
  g_recording.log_attributes.store(plan.log_attributes, std::memory_order_relaxed);
  g_recording.event_limit.store(plan.capacity.events, std::memory_order_relaxed);
  g_recording.link_limit.store(plan.capacity.links, std::memory_order_relaxed);
  g_recording.phase.store(Phase::active, std::memory_order_release);
}

void Engine::publish_processors(const std::shared_ptr<const SpanProcessors>& processors) {
  if (processors != nullptr) {
    prepare_reading_of_live_spans();
    processors_.push_back(processors);
  }
  g_recording.processors.store(processors.get(), std::memory_order_release);  // pairs with who calls them
}

// With processors or an id generator the sampler is asked as an object, however plain: that is where they are
// looked for.
void Engine::publish_sampler(const RecordingPlan& plan) {
  if (plan.id_generator != nullptr) id_generators_.push_back(plan.id_generator);
  g_recording.id_generator.store(plan.id_generator.get(),
                                 std::memory_order_release);  // pairs with its caller
  const bool has_processors = g_recording.processors.load(std::memory_order_relaxed) != nullptr;
  if (plan.plain_sampling && !has_processors && plan.id_generator == nullptr) {
    g_recording.follows_parent.store(plan.plain_sampling->follows_parent, std::memory_order_relaxed);
    g_recording.root_threshold.store(plan.plain_sampling->root_threshold, std::memory_order_relaxed);
    g_recording.sampler.store(nullptr, std::memory_order_relaxed);
  } else {
    samplers_.push_back(plan.sampler);
    g_recording.sampler.store(plan.sampler.get(), std::memory_order_release);  // pairs with who asks it
  }
}

void Engine::publish_tracers() {
  ScopeRegistry::instance().set_tracers(recording_.records_spans, config_.tracing
                                                                      ? config_.tracing->tracer_configurator
                                                                      : TracerConfigurator{});
}

void Engine::publish_levels() {
  const auto& logging = config_.logging;
  LoggerLevels levels{.level = Level::off};
  if (logging) levels = {logging->level, logging->levels, {}};
  if (logging && logging->on_error) levels.replay = logging->on_error->replay;
  ScopeRegistry::instance().set_levels(std::move(levels));
}

// Delta readers of a later session begin where it does.
void Engine::publish_metrics(bool begins_now) {
  MetricsPlan plan = recording_.metrics;
  plan.begins_now = begins_now;
  InstrumentRegistry::instance().configure(std::move(plan));
}

void Engine::leave_metrics_as_before() { InstrumentRegistry::instance().configure({}); }

}  // namespace ergon::inline v0::telemetry
