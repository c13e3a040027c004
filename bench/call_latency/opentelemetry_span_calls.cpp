#include <vector>

#include <opentelemetry/context/runtime_context.h>
#include <opentelemetry/sdk/trace/samplers/always_off.h>
#include <opentelemetry/trace/scope.h>

#include "opentelemetry_peer.hpp"

namespace ergon::bench {

namespace {

using LinkAttributes = std::vector<std::pair<api::nostd::string_view, api::common::AttributeValue>>;
using SpanHandle = api::nostd::shared_ptr<api::trace::Span>;

class SpanSide : public Side {
 public:
  explicit SpanSide(std::unique_ptr<sdk::trace::Sampler> sampler = always_on())
      : provider_(make_tracer_provider(taken_, std::move(sampler))), tracer_(provider_->GetTracer("bench")) {}
  void settle() override { provider_->ForceFlush(); }
  bool has_delivered(std::uint64_t calls) override { return taken_ == calls / calls_per_span_; }

 protected:
  SpanHandle start_charge() {
    return tracer_->StartSpan(
        "payment.charge",
        {{"order.id", values_.order_id}, {"currency", values_.currency}, {"customer.id", values_.customer}});
  }

  CallValues values_;
  std::uint64_t calls_per_span_{1};
  std::atomic<std::uint64_t> taken_{0};
  std::unique_ptr<sdk::trace::TracerProvider> provider_;
  api::nostd::shared_ptr<api::trace::Tracer> tracer_;
};

class Spans : public SpanSide {
 public:
  using SpanSide::SpanSide;
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) {
      const auto span = start_charge();
      const api::trace::Scope scope(span);
      span->End();
    }
  }
};

class SpansNotSampled final : public Spans {
 public:
  SpansNotSampled() : Spans(std::make_unique<sdk::trace::AlwaysOffSampler>()) {}
  bool has_delivered(std::uint64_t) override { return taken_ == 0; }
};

class DetachedSpans final : public SpanSide {
 public:
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) start_charge()->End();
  }
};

class Events final : public SpanSide {
 public:
  Events() { calls_per_span_ = kCallsPerSpan; }
  void burst() override {
    for (int i = 0; i < kBurstCalls / kCallsPerSpan; ++i) {
      const auto span = tracer_->StartSpan("payment.charge");
      const api::trace::Scope scope(span);
      for (int call = 0; call < kCallsPerSpan; ++call)
        span->AddEvent("charged", {{"currency", values_.currency}});
      span->End();
    }
  }
};

// All at the span's start: as packaged this SDK has no call that adds one later.
class Links final : public SpanSide {
 public:
  Links() { calls_per_span_ = kCallsPerSpan; }
  void burst() override {
    for (int i = 0; i < kBurstCalls / kCallsPerSpan; ++i) {
      const std::vector<std::pair<api::trace::SpanContext, LinkAttributes>> links(
          kCallsPerSpan, {linked_, {{"currency", values_.currency}}});
      const auto span = tracer_->StartSpan("payment.charge", LinkAttributes{}, links);
      const api::trace::Scope scope(span);
      span->End();
    }
  }

 private:
  std::atomic<std::uint64_t> linked_taken_{0};
  std::unique_ptr<sdk::trace::TracerProvider> others_ = make_tracer_provider(linked_taken_, always_on());
  api::trace::SpanContext linked_ = others_->GetTracer("bench")->StartSpan("linked")->GetContext();
};

class ContextHandovers final : public SpanSide {
 public:
  void burst() override {
    const api::trace::Scope scope(tracer_->StartSpan("order"));
    for (int i = 0; i < kBurstCalls; ++i) {
      auto job = [this, context = api::context::RuntimeContext::GetCurrent()] {
        const auto token = api::context::RuntimeContext::Attach(context);
        ++handed_over_;
      };
      job();
    }
  }
  bool has_delivered(std::uint64_t calls) override { return handed_over_ == calls; }

 private:
  std::uint64_t handed_over_{0};
};

}  // namespace

std::unique_ptr<Side> opentelemetry_spans() { return std::make_unique<Spans>(); }
std::unique_ptr<Side> opentelemetry_spans_not_sampled() { return std::make_unique<SpansNotSampled>(); }
std::unique_ptr<Side> opentelemetry_detached_spans() { return std::make_unique<DetachedSpans>(); }
std::unique_ptr<Side> opentelemetry_span_events() { return std::make_unique<Events>(); }
std::unique_ptr<Side> opentelemetry_span_links() { return std::make_unique<Links>(); }
std::unique_ptr<Side> opentelemetry_context_handovers() { return std::make_unique<ContextHandovers>(); }

}  // namespace ergon::bench
