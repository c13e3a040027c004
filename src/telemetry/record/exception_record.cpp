#include "telemetry/record/exception_record.hpp"

#include <exception>

#include <ergon/telemetry/span.hpp>

#include "base/type_name.hpp"
#include "telemetry/record/event_log.hpp"
#include "telemetry/record/scope_registry.hpp"
#include "telemetry/record/span_fields.hpp"

namespace ergon {

namespace telemetry {

namespace {

// Of a repeated key the last value is kept: what the program says wins.
std::vector<Attribute> joined(std::string_view type, std::string_view message,
                              std::span<const Attribute> more) {
  std::vector<Attribute> all{{"exception.type", type}, {"exception.message", message}};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace

ExceptionRecord::ExceptionRecord(std::string_view type, std::string_view message,
                                 std::span<const Attribute> more)
    : type_(type),
      message_(message),
      attributes_(joined(type, message, more)),
      event_attributes_(encoded_for(AttributeTag::event, attributes_)) {}

void ExceptionRecord::mark(detail::LiveSpan& span) const noexcept {
  span.set_status(StatusCode::error, message_);
  span.set_attribute("error.type", type_);
  add_event(span, "exception", event_attributes_);
}

void ExceptionRecord::log(const detail::Scope& scope, const SpanContext& context,
                          std::string_view operation) const {
  std::string text(operation);
  text.append(" failed: ").append(type_);
  if (!message_.empty()) text.append(": ").append(message_);
  const SpanScope current(context);  // which a span that can be moved need not be
  record_event_log(ScopeRegistry::instance().logger(scope), Level::error,
                   std::string(operation) + ".exception", text, attributes_);
}

std::string operation_of(const detail::LiveSpan& span) {
  return span.is_recording ? std::string(name_of(span.body)) : span.scope->name;
}

ExceptionText exception_text(const std::exception& error) { return {base::type_of(error), error.what()}; }

ExceptionText current_exception_text() {
  if (std::current_exception() == nullptr) return {};
  std::string type = base::type_of_current_exception();
  if (type.empty()) type = "unknown";  // of another language
  try {
    throw;
  } catch (const std::exception& error) {
    return {std::move(type), error.what()};
  } catch (...) {
    return {std::move(type), {}};
  }
}

}  // namespace telemetry

using namespace telemetry;

namespace detail {

void LiveSpan::record_exception(std::string_view type, std::string_view message, Attributes attributes,
                                std::string_view operation) noexcept try {
  if (!is_open) return;
  const ExceptionRecord record(type, message, attributes);
  if (is_recording) record.mark(*this);
  record.log(*scope, context, operation.empty() ? operation_of(*this) : operation);
} catch (...) {  // no memory
}

void LiveSpan::record_exception(const std::exception& error, Attributes attributes) noexcept try {
  const ExceptionText text = exception_text(error);
  record_exception(text.type, text.message, attributes, {});
} catch (...) {
}

void LiveSpan::record_current_exception(Attributes attributes) noexcept try {
  const ExceptionText text = current_exception_text();
  if (!text.type.empty()) record_exception(text.type, text.message, attributes, {});
} catch (...) {
}

void record_passing_exception(ScopedSpan& span) noexcept try {
  if (!span.live_.is_recording) return;
  const ExceptionText text = current_exception_text();
  if (!text.type.empty()) ExceptionRecord(text.type, text.message, {}).mark(span.live_);
} catch (...) {
}

}  // namespace detail
}  // namespace ergon
