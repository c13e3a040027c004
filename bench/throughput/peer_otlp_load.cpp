// peer_otlp_load ENDPOINT SPANS BATCH: what otlp_load does, by the opentelemetry-cpp SDK. Its queue drops
// what it has no room for, so recording waits here until there is some.
#include <opentelemetry/exporters/otlp/otlp_grpc_exporter.h>
#include <opentelemetry/exporters/otlp/otlp_grpc_exporter_options.h>
#include <opentelemetry/sdk/trace/batch_span_processor.h>
#include <opentelemetry/sdk/trace/batch_span_processor_options.h>
#include <opentelemetry/sdk/trace/exporter.h>
#include <opentelemetry/sdk/trace/samplers/always_on.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/trace/scope.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "otlp_load.hpp"

namespace {

using namespace std::chrono_literals;
namespace api = opentelemetry;
namespace otlp = opentelemetry::exporter::otlp;
namespace trace = opentelemetry::sdk::trace;

constexpr std::size_t kQueuedBatches = 8;

// Counts what another exporter has taken or refused.
class CountingExporter final : public trace::SpanExporter {
 public:
  CountingExporter(std::unique_ptr<trace::SpanExporter> exporter, std::atomic<std::uint64_t>& done,
                   std::atomic<std::uint64_t>& failed)
      : exporter_(std::move(exporter)), done_(done), failed_(failed) {}

  std::unique_ptr<trace::Recordable> MakeRecordable() noexcept override {
    return exporter_->MakeRecordable();
  }
  api::sdk::common::ExportResult Export(
      const api::nostd::span<std::unique_ptr<trace::Recordable>>& spans) noexcept override {
    const auto result = exporter_->Export(spans);
    (result == api::sdk::common::ExportResult::kSuccess ? done_ : failed_) += spans.size();
    return result;
  }
  bool ForceFlush(std::chrono::microseconds timeout) noexcept override {
    return exporter_->ForceFlush(timeout);
  }
  bool Shutdown(std::chrono::microseconds timeout) noexcept override { return exporter_->Shutdown(timeout); }

 private:
  std::unique_ptr<trace::SpanExporter> exporter_;
  std::atomic<std::uint64_t>& done_;  // both: the SDK's thread writes, main reads
  std::atomic<std::uint64_t>& failed_;
};

class Load {
 public:
  Load(const std::string& endpoint, std::size_t batch)
      : queue_(kQueuedBatches * batch), provider_(provider(endpoint, batch)) {}

  void record(std::uint64_t spans) {
    const std::string currency("EUR");
    const std::string customer("customer-7");
    bench::OrderId order;
    for (std::uint64_t i = 0; i < spans; ++i) {
      const std::string_view id = order.next();
      const auto span =
          tracer_->StartSpan("payment.charge", {{"order.id", api::nostd::string_view(id.data(), id.size())},
                                                {"currency", currency},
                                                {"customer.id", customer}});
      {
        const api::trace::Scope scope(span);
        span->End();
      }
      if (++recorded_ % kCheckedEach == 0) wait_for_room();
    }
  }
  bool flush() { return provider_->ForceFlush(120s); }
  [[nodiscard]] std::uint64_t delivered() const { return done_; }
  [[nodiscard]] bool is_accounted() const { return done_ + failed_ == recorded_; }

 private:
  static constexpr std::uint64_t kCheckedEach = 64;

  std::unique_ptr<trace::TracerProvider> provider(const std::string& endpoint, std::size_t batch) {
    otlp::OtlpGrpcExporterOptions options;
    options.endpoint = endpoint;
    options.use_ssl_credentials = false;
    trace::BatchSpanProcessorOptions batches;
    batches.max_queue_size = queue_;
    batches.max_export_batch_size = batch;
    batches.schedule_delay_millis = 100ms;
    auto exporter =
        std::make_unique<CountingExporter>(std::make_unique<otlp::OtlpGrpcExporter>(options), done_, failed_);
    return std::make_unique<trace::TracerProvider>(
        std::make_unique<trace::BatchSpanProcessor>(std::move(exporter), batches),
        api::sdk::resource::Resource::Create({}), std::make_unique<trace::AlwaysOnSampler>());
  }

  // The SDK exports of its own accord once half of its queue is full; up to three quarters are ours to fill.
  void wait_for_room() const {
    while (recorded_ - done_ - failed_ > queue_ * 3 / 4) std::this_thread::sleep_for(100us);
  }

  std::size_t queue_;
  std::uint64_t recorded_{0};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::unique_ptr<trace::TracerProvider> provider_;
  api::nostd::shared_ptr<api::trace::Tracer> tracer_ = provider_->GetTracer("bench");
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  Load load(arguments[1], std::strtoull(arguments[3], nullptr, 10));
  load.record(1);
  if (!load.flush() || load.delivered() != 1) return 1;
  const bench::Stopwatch watch;
  load.record(std::strtoull(arguments[2], nullptr, 10));
  const bool is_flushed = load.flush();
  watch.print(load.delivered() - 1, is_flushed && load.is_accounted());
}
