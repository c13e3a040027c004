#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include <opentelemetry/exporters/otlp/otlp_recordable.h>
#include <opentelemetry/sdk/trace/batch_span_processor.h>
#include <opentelemetry/sdk/trace/batch_span_processor_options.h>
#include <opentelemetry/sdk/trace/exporter.h>
#include <opentelemetry/sdk/trace/sampler.h>
#include <opentelemetry/sdk/trace/samplers/always_on.h>
#include <opentelemetry/sdk/trace/samplers/parent.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>

#include "sides.hpp"

namespace ergon::bench {

namespace api = opentelemetry;
namespace otlp = opentelemetry::exporter::otlp;
namespace sdk = opentelemetry::sdk;

inline constexpr std::size_t kPeerQueue = 8'192;

/// Counts into `taken` what it exports.
template <class Base, class Record, class Made>
class DroppingExporter final : public Base {
 public:
  explicit DroppingExporter(std::atomic<std::uint64_t>& taken) : taken_(taken) {}
  std::unique_ptr<Record> MakeRecordable() noexcept override { return std::make_unique<Made>(); }
  sdk::common::ExportResult Export(
      const api::nostd::span<std::unique_ptr<Record>>& records) noexcept override {
    taken_ += records.size();
    return sdk::common::ExportResult::kSuccess;
  }
  bool ForceFlush(std::chrono::microseconds) noexcept override { return true; }
  bool Shutdown(std::chrono::microseconds) noexcept override { return true; }

 private:
  std::atomic<std::uint64_t>& taken_;
};
using DroppingSpans =
    DroppingExporter<sdk::trace::SpanExporter, sdk::trace::Recordable, otlp::OtlpRecordable>;

inline std::unique_ptr<sdk::trace::Sampler> always_on() {
  return std::make_unique<sdk::trace::ParentBasedSampler>(std::make_shared<sdk::trace::AlwaysOnSampler>());
}

inline std::unique_ptr<sdk::trace::TracerProvider> make_tracer_provider(
    std::atomic<std::uint64_t>& taken, std::unique_ptr<sdk::trace::Sampler> sampler) {
  sdk::trace::BatchSpanProcessorOptions options;
  options.max_queue_size = kPeerQueue;
  return std::make_unique<sdk::trace::TracerProvider>(
      std::make_unique<sdk::trace::BatchSpanProcessor>(std::make_unique<DroppingSpans>(taken), options),
      sdk::resource::Resource::Create({}), std::move(sampler));
}

}  // namespace ergon::bench
