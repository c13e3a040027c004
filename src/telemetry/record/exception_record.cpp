#include "telemetry/record/exception_record.hpp"

#include <exception>
#include <utility>

#include <ergon/telemetry/span.hpp>

#include "base/type_name.hpp"
#include "telemetry/record/scope_registry.hpp"
#include "telemetry/record/span_fields.hpp"

namespace ergon::inline v0 {

namespace telemetry {

namespace {

constexpr std::size_t kMostCauses = 16;

std::string line_of(const ExceptionText& text) {
  return text.message.empty() ? text.type : text.type + ": " + text.message;
}

ExceptionText type_and_message_of_current() {
  std::string type = base::type_of_current_exception();
  if (type.empty()) type = "unknown";  // of another language
  try {
    throw;
  } catch (const std::exception& error) {
    return {std::move(type), error.what(), {}};
  } catch (...) {
    return {std::move(type), {}, {}};
  }
}

std::vector<std::string> causes_from(std::exception_ptr cause) {
  std::vector<std::string> causes;
  while (cause != nullptr && causes.size() < kMostCauses) {
    try {
      std::rethrow_exception(cause);
    } catch (...) {
      causes.push_back(line_of(type_and_message_of_current()));
      cause = base::cause_of_current_exception();
    }
  }
  return causes;
}

}  // namespace

std::vector<Attribute> exception_attributes(const ExceptionView& exception, std::span<const Attribute> more) {
  std::vector<Attribute> all{{"exception.type", exception.type}, {"exception.message", exception.message}};
  if (!exception.causes.empty()) all.push_back({"ergon.exception.causes", exception.causes});
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

ExceptionRecord::ExceptionRecord(const ExceptionView& exception, std::span<const Attribute> more)
    : exception_(exception),
      attributes_(exception_attributes(exception_, more)),
      event_attributes_(encoded_for(AttributeTag::event, attributes_)) {}

void ExceptionRecord::mark(detail::LiveSpan& span) const noexcept {
  span.set_status(StatusCode::error, exception_.message);
  span.set_attribute("error.type", exception_.type);
  add_event(span, "exception", event_attributes_);
}

void ExceptionRecord::log(const detail::Scope& scope, const SpanContext& context,
                          std::string_view operation) const {
  const detail::LoggerState& logger = ScopeRegistry::instance().logger(scope);
  if (!logger.is_enabled(Level::error)) return;
  std::string text(operation);
  text.append(" failed: ").append(exception_.type);
  if (!exception_.message.empty()) text.append(": ").append(exception_.message);
  const std::string event_name = std::string(operation) + ".exception";
  const SpanScope current(context);  // which a span that can be moved need not be
  const detail::LogDetails details{.attributes = attributes_, .event_name = event_name};
  const detail::OpenLog log = detail::begin_log({&logger, Level::error, text, nullptr, 0}, details);
  if (log.arguments != nullptr) detail::commit_log(log);
}

std::string operation_of(const detail::LiveSpan& span) {
  return span.is_recording ? std::string(name_of(span.body)) : span.scope->name;
}

ExceptionText exception_text(const std::exception& error) {
  return {base::type_of(error), error.what(), causes_from(base::cause_of(error))};
}

ExceptionText current_exception_text() {
  if (std::current_exception() == nullptr) return {};
  ExceptionText text = type_and_message_of_current();
  text.causes = causes_from(base::cause_of_current_exception());
  return text;
}

}  // namespace telemetry

using namespace telemetry;

namespace detail {

namespace {

void record_on(LiveSpan& span, const ExceptionView& exception, Attributes attributes,
               std::string_view operation) {
  if (!span.is_open) return;
  const ExceptionRecord record(exception, attributes);
  if (span.is_recording) record.mark(span);
  record.log(*span.scope, span.context, operation.empty() ? operation_of(span) : operation);
}

}  // namespace

void LiveSpan::record_exception(std::string_view type, std::string_view message, Attributes attributes,
                                std::string_view operation) noexcept try {
  record_on(*this, {type, message}, attributes, operation);
} catch (...) {  // no memory
}

void LiveSpan::record_exception(const std::exception& error, Attributes attributes) noexcept try {
  record_on(*this, view_of(exception_text(error)), attributes, {});
} catch (...) {
}

void LiveSpan::record_current_exception(Attributes attributes) noexcept try {
  const ExceptionText text = current_exception_text();
  if (!text.type.empty()) record_on(*this, view_of(text), attributes, {});
} catch (...) {
}

void record_passing_exception(ScopedSpan& span) noexcept try {
  if (!span.live_.is_recording) return;
  const ExceptionText text = current_exception_text();
  if (!text.type.empty()) ExceptionRecord(view_of(text), {}).mark(span.live_);
} catch (...) {
}

}  // namespace detail
}  // namespace ergon::inline v0
