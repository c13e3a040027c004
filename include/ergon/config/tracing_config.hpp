#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ergon/config/exporters.hpp>
#include <ergon/config/one_of.hpp>
#include <ergon/config/resource_config.hpp>
#include <ergon/config/samplers.hpp>

namespace ergon::inline v0 {

/// Collects spans and exports them together, away from the caller's thread. In YAML: `batch`.
struct BatchSpanProcessor {
  /// The longest that an ended span waits for its batch to fill.
  std::chrono::milliseconds schedule_delay{5'000};
  /// Spans in one export request, at most.
  std::int64_t max_export_batch_size{512};
  /// Spans that wait for a batch or are on their way, at most; more are dropped (`queue_full`), or wait under
  /// `on_full: block`. Batches are no larger. None: bytes are what is limited (`memory_limit`).
  std::optional<std::int64_t> max_queue_size{};
  /// What the export of a batch may take, from its first attempt on, with all that follow: then its spans are
  /// dropped (`retry_exhausted`). Of exporters over OTLP, whose `timeout` and `retry` limit it as well; none,
  /// or 0: nothing else does.
  std::optional<std::chrono::milliseconds> export_timeout{};
  Exporter exporter{};
};

/// Exports each span on the thread that ends it, before `end` returns: for debugging. In YAML: `simple`.
struct SimpleSpanProcessor {
  Exporter exporter{};
};

/// What happens to spans. In YAML a map with one key: `{batch: {exporter: …}}`; one of the program's own
/// (`SpanProcessor`) by the name that it is registered under.
using SpanProcessorConfig = OneOf<BatchSpanProcessor, SimpleSpanProcessor, Custom>;
extern template class OneOf<BatchSpanProcessor, SimpleSpanProcessor, Custom>;

namespace detail {

ERGON_API std::vector<SpanProcessorConfig> default_span_processors();

}  // namespace detail

/// Keeps what matters: with it every span is recorded, and the worker decides what is exported of a trace's
/// local part when its local root, the first span here without a parent in this process, ends. What failed
/// or was slow is kept whole, whatever the sampler said; of the rest, what was sampled and is within the
/// ratio. Spans wait in at most 3/32 of the session's `memory_limit`; beyond that the oldest are decided
/// early, and what can't be kept is dropped (`keep_full`). The sampled flag that travels is the sampler's:
/// other processes decide for themselves. Not together with a `simple` processor. In YAML: `keep`.
struct KeepConfig {
  /// Traces in whose local part a span has status Error.
  bool errors{true};
  /// Those whose local root took longer; none: length doesn't matter.
  std::optional<std::chrono::milliseconds> slower_than{};
  /// The share of the rest, from 0 to 1, by the trace's randomness, so that all processes keep the same ones.
  double ratio{0.01};
};

/// What a span may hold; what is beyond it is left out, and counted on the span. The longest values are cut,
/// those nested too deep are empty (specification: trace/sdk.md#span-limits). In YAML: `limits`.
struct SpanLimits {
  /// Characters of a string and bytes of bytes, inside of arrays and maps, too; none: any length.
  std::optional<std::int64_t> attribute_value_length_limit{};
  /// Arrays and maps inside each other, at most 30 (docs/adr/0008).
  std::int64_t attribute_value_depth_limit{30};
  std::int64_t attribute_count_limit{128};
  std::int64_t event_count_limit{128};
  std::int64_t link_count_limit{128};
  std::int64_t event_attribute_count_limit{128};
  std::int64_t link_attribute_count_limit{128};
};

/// How a tracer behaves.
struct TracerConfig {
  /// Spans of one that is not are no spans of their own: their parents stay current.
  bool enabled{true};
};

/// The tracers of these names, and how they behave.
struct TracerMatcher {
  /// As given to `get_tracer`; `*` stands for any number of characters, `?` for one.
  std::string name{};
  TracerConfig config{};
};

/// Which tracers are on, by the names of their scopes: the first entry that a name matches decides, else the
/// default (specification: trace/sdk.md#tracerconfigurator). In YAML: `tracer_configurator/development`.
struct TracerConfigurator {
  TracerConfig default_config{};
  std::vector<TracerMatcher> tracers{};
};

/// Ids of random bits. In YAML: `random`.
struct RandomIds {};

/// Who makes the ids of traces and spans; one of the program's own (`IdGenerator`) by the name that it is
/// registered under. In YAML a map with one key.
using IdGeneratorConfig = OneOf<RandomIds, Custom>;
extern template class OneOf<RandomIds, Custom>;

/// What a transaction does with the trace that its metadata names, where it was sent from within one. In
/// YAML: `parent`, `link`.
enum class RemoteParent : std::uint8_t {
  parent,  // goes on with it: its span is a child of the sender's
  link,    // begins a trace of its own, linked to the sender's span
};

/// Traces. The default is useful as it is: every trace that the parent did not decide against, in batches, to
/// an OTLP backend on this machine. In YAML: `tracing`.
struct TracingConfig {
  Sampler sampler{ParentBased{}};
  /// None: what the sampler sampled is exported.
  std::optional<KeepConfig> keep{};
  /// Side by side: each takes every span that is recorded. By default a BatchSpanProcessor.
  std::vector<SpanProcessorConfig> processors = detail::default_span_processors();
  SpanLimits limits{};
  TracerConfigurator tracer_configurator{};
  /// In YAML `id_generator/development`.
  IdGeneratorConfig id_generator{};
  /// Of tasks' transactions; a program without tasks decides it where it calls `extract`.
  RemoteParent remote_parent{RemoteParent::parent};
  /// Of the resource, for this signal only.
  ResourceConfig resource{};
};

}  // namespace ergon::inline v0
