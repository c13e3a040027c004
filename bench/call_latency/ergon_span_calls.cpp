#include "ergon_session.hpp"

namespace ergon::bench {

namespace {

class SpanSide : public ErgonSide {
 public:
  using ErgonSide::ErgonSide;
  bool has_delivered(std::uint64_t calls) override {
    return stop().spans.total.delivered == calls / calls_per_span_;
  }

 protected:
  std::uint64_t calls_per_span_{1};
  Tracer tracer_ = get_tracer("bench");
};

class Spans : public SpanSide {
 public:
  using SpanSide::SpanSide;
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) {
      const auto span = tracer_.scoped_span("payment.charge", {{"order.id", values_.order_id},
                                                               {"currency", values_.currency},
                                                               {"customer.id", values_.customer}});
    }
  }
};

class SpansNotSampled final : public Spans {
 public:
  SpansNotSampled() : Spans(AlwaysOff{}) {}
  bool has_delivered(std::uint64_t calls) override { return stop().spans.total.sampled_out == calls; }
};

class DetachedSpans final : public SpanSide {
 public:
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) {
      Span span = tracer_.start_span("payment.charge", {{"order.id", values_.order_id},
                                                        {"currency", values_.currency},
                                                        {"customer.id", values_.customer}});
      span.end();
    }
  }
};

// Ten to a span, the price of whose start and end is in theirs.
class OfSpans : public SpanSide {
 public:
  OfSpans() { calls_per_span_ = kCallsPerSpan; }
  void burst() override {
    for (int i = 0; i < kBurstCalls / kCallsPerSpan; ++i) {
      auto span = tracer_.scoped_span("payment.charge");
      for (int call = 0; call < kCallsPerSpan; ++call) add_to(span);
    }
  }

 private:
  virtual void add_to(ScopedSpan& span) = 0;
};

class Events final : public OfSpans {
  void add_to(ScopedSpan& span) override { span.add_event("charged", {{"currency", values_.currency}}); }
};

class Links final : public OfSpans {
  void add_to(ScopedSpan& span) override { span.add_link(span.context(), {{"currency", values_.currency}}); }
};

// What a pool costs beyond its own queue: capturing the context, and running under it.
class ContextHandovers final : public SpanSide {
 public:
  void burst() override {
    const auto span = tracer_.scoped_span("order");
    for (int i = 0; i < kBurstCalls; ++i) {
      auto job = bind_context([this] { ++handed_over_; });
      job();
    }
  }
  bool has_delivered(std::uint64_t calls) override { return handed_over_ == calls; }

 private:
  std::uint64_t handed_over_{0};
};

}  // namespace

std::unique_ptr<Side> ergon_spans() { return std::make_unique<Spans>(); }
std::unique_ptr<Side> ergon_spans_not_sampled() { return std::make_unique<SpansNotSampled>(); }
std::unique_ptr<Side> ergon_detached_spans() { return std::make_unique<DetachedSpans>(); }
std::unique_ptr<Side> ergon_span_events() { return std::make_unique<Events>(); }
std::unique_ptr<Side> ergon_span_links() { return std::make_unique<Links>(); }
std::unique_ptr<Side> ergon_context_handovers() { return std::make_unique<ContextHandovers>(); }

}  // namespace ergon::bench
