#include <ergon/telemetry/span.hpp>

#include <sched.h>

#include <atomic>
#include <new>
#include <utility>

#include "telemetry/record/enqueue.hpp"
#include "telemetry/record/exception_record.hpp"
#include "telemetry/record/processors.hpp"
#include "telemetry/record/span_fields.hpp"
#include "telemetry/record/thread_block.hpp"

namespace ergon::inline v0 {

SpanContext current_span_context() noexcept {
  const SpanContext* current = telemetry::current_span();
  return current != nullptr ? *current : SpanContext{};
}

SpanScope::SpanScope(const SpanContext& context) noexcept
    : current_{context, {}, telemetry::t_thread.current} {
  if (!context.is_valid()) return;
  if (current_.enclosing != nullptr) current_.values = current_.enclosing->values;
  telemetry::t_thread.current = &current_;
}

SpanScope::~SpanScope() { telemetry::leave(current_); }

namespace detail {

// Storage of a movable span, kept by the thread that released it last.
struct PooledSpan {
  LiveSpan live;
  std::atomic_flag busy;
  PooledSpan* next;
};

namespace {

PooledSpan* take_pooled() noexcept {
  telemetry::ThreadBlock* block = telemetry::this_thread_block();
  if (block == nullptr) return nullptr;
  if (PooledSpan* span = block->free_spans) {
    block->free_spans = span->next;
    --block->free_span_count;
    return span;
  }
  return new (std::nothrow) PooledSpan;
}

void give_pooled(PooledSpan* span) noexcept {
  span->live.context.trace_state = {};
  span->live.context.local_root = 0;
  telemetry::ThreadBlock* block = telemetry::this_thread_block();
  // A thread that ends the spans of others would gather them for ever.
  if (block == nullptr || block->free_span_count == telemetry::ThreadBlock::kMostFreeSpans) {
    delete span;
    return;
  }
  span->next = block->free_spans;
  block->free_spans = span;
  ++block->free_span_count;
}

// Uncontended in all but odd programs, so it spins; the holder waits for nothing but room in a full ring
// under `on_full: block`, and runs no code of the program's but a processor's at the end: ranges are
// walked before. In the child of a fork the holder may be a thread of the parent's, which does not exist
// here: then a span of the parent's is left alone.
class FlagGuard {
 public:
  explicit FlagGuard(PooledSpan& span) noexcept : flag_(span.busy) {
    while (flag_.test_and_set(std::memory_order_acquire)) {
      if (!telemetry::began_here(span.live)) return;
      sched_yield();
    }
    is_held_ = true;
  }
  FlagGuard(const FlagGuard&) = delete;
  FlagGuard& operator=(const FlagGuard&) = delete;
  ~FlagGuard() {
    if (is_held_) flag_.clear(std::memory_order_release);  // pairs with the next holder's acquire
  }

  [[nodiscard]] explicit operator bool() const noexcept { return is_held_; }

 private:
  std::atomic_flag& flag_;
  bool is_held_{false};
};

// Calls the method on a span that is recording, under its flag.
template <class Call>
void with_recording(PooledSpan* span, Call call) noexcept {
  if (span == nullptr) return;
  const FlagGuard guard(*span);
  if (guard && span->live.is_recording) call(span->live);
}

void record_on(PooledSpan* span, const telemetry::ExceptionView& exception, Attributes attributes,
               std::string_view operation) {
  if (span == nullptr) return;
  const telemetry::ExceptionRecord record(exception, attributes);
  std::string failed(operation);
  const Scope* scope = nullptr;
  SpanContext context;
  {
    const FlagGuard guard(*span);
    if (!guard || !span->live.is_open) return;
    scope = span->live.scope;
    context = span->live.context;
    if (failed.empty()) failed = telemetry::operation_of(span->live);
    if (span->live.is_recording) record.mark(span->live);
  }
  record.log(*scope, context, failed);
}

}  // namespace
}  // namespace detail

using detail::LiveSpan;

Span::Span(const detail::Scope& scope, std::string_view name, Attributes attributes,
           const SpanOptions& options) noexcept
    : pooled_(detail::take_pooled()) {
  if (pooled_ != nullptr) pooled_->live.start(scope, name, attributes, options);
}

void Span::set_attribute(std::string_view key, const AttributeValue& value) noexcept {
  if (telemetry::is_walked(value)) [[unlikely]] {
    const Attribute one{key, value};
    const auto encoded = telemetry::encoded_for(telemetry::AttributeTag::span, {&one, 1});
    return detail::with_recording(pooled_, [&](LiveSpan& span) { telemetry::set_attribute(span, encoded); });
  }
  detail::with_recording(pooled_, [&](LiveSpan& span) { span.set_attribute(key, value); });
}

void Span::add_event(std::string_view name, Attributes attributes, Timestamp time) noexcept {
  if (telemetry::has_walked(attributes)) [[unlikely]] {
    const auto encoded = telemetry::encoded_for(telemetry::AttributeTag::event, attributes);
    return detail::with_recording(pooled_,
                                  [&](LiveSpan& span) { telemetry::add_event(span, name, encoded, time); });
  }
  detail::with_recording(pooled_, [&](LiveSpan& span) { span.add_event(name, attributes, time); });
}

void Span::add_link(const SpanContext& linked, Attributes attributes) noexcept {
  if (telemetry::has_walked(attributes)) [[unlikely]] {
    const auto encoded = telemetry::encoded_for(telemetry::AttributeTag::link, attributes);
    return detail::with_recording(pooled_,
                                  [&](LiveSpan& span) { telemetry::add_link(span, linked, encoded); });
  }
  detail::with_recording(pooled_, [&](LiveSpan& span) { span.add_link(linked, attributes); });
}

void Span::set_status(StatusCode code, std::string_view message) noexcept {
  detail::with_recording(pooled_, [&](LiveSpan& span) { span.set_status(code, message); });
}

void Span::update_name(std::string_view name) noexcept {
  detail::with_recording(pooled_, [&](LiveSpan& span) { span.update_name(name); });
}

void Span::record_exception(std::string_view type, std::string_view message, Attributes attributes,
                            std::string_view operation) noexcept try {
  detail::record_on(pooled_, {type, message}, attributes, operation);
} catch (...) {  // no memory
}

void Span::record_exception(const std::exception& error, Attributes attributes) noexcept try {
  detail::record_on(pooled_, view_of(telemetry::exception_text(error)), attributes, {});
} catch (...) {
}

void Span::record_current_exception(Attributes attributes) noexcept try {
  const telemetry::ExceptionText text = telemetry::current_exception_text();
  if (!text.type.empty()) detail::record_on(pooled_, view_of(text), attributes, {});
} catch (...) {
}

void Span::end(Timestamp time) noexcept {
  if (pooled_ == nullptr) return;
  bool is_recorded = false;
  {
    const detail::FlagGuard guard(*pooled_);
    if (guard) is_recorded = pooled_->live.end(time);
  }
  if (is_recorded) telemetry::wait_for_simple_export(telemetry::Signal::spans);
}

// The context is written once, before the handle exists, so it needs no flag.
SpanContext Span::context() const noexcept {
  return pooled_ == nullptr ? SpanContext{} : pooled_->live.context;
}

bool Span::is_recording() const noexcept {
  if (pooled_ == nullptr) return false;
  const detail::FlagGuard guard(*pooled_);
  return guard && pooled_->live.is_recording;
}

void Span::release() noexcept {
  if (pooled_ == nullptr) return;
  detail::PooledSpan* const span = std::exchange(pooled_, nullptr);
  bool is_recorded = false;
  {
    const detail::FlagGuard guard(*span);
    if (!guard) return;  // never to be used again
    is_recorded = span->live.end({});
  }
  detail::give_pooled(span);
  if (is_recorded) telemetry::wait_for_simple_export(telemetry::Signal::spans);
}

}  // namespace ergon::inline v0
