#pragma once

#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/telemetry/live_span.hpp>

#include "telemetry/record/append_attribute.hpp"

namespace ergon::inline v0::telemetry {

/// What is told of an exception.
struct ExceptionText {
  std::string type;
  std::string message;
  std::vector<std::string> causes;  // what it is nested in front of, "type: message", the nearest first
};
[[nodiscard]] ExceptionText exception_text(const std::exception& error);
/// Of the exception being handled; without a type where there is none.
[[nodiscard]] ExceptionText current_exception_text();

/// The same, borrowed.
struct ExceptionView {
  std::string_view type;
  std::string_view message;
  std::span<const std::string> causes{};
};
[[nodiscard]] inline ExceptionView view_of(const ExceptionText& text) {
  return {text.type, text.message, text.causes};
}

/// The attributes of an event or a log about it, which borrow the view, and then those that are given: of a
/// repeated key the last value is kept.
[[nodiscard]] std::vector<Attribute> exception_attributes(const ExceptionView& exception,
                                                          std::span<const Attribute> more);

/// An exception on its way to a span and to a log. Its attributes are encoded before the span is touched.
/// Cold: it allocates, and throws std::bad_alloc.
class ExceptionRecord {
 public:
  ExceptionRecord(const ExceptionView& exception, std::span<const Attribute> more);
  ExceptionRecord(const ExceptionRecord&) = delete;
  ExceptionRecord& operator=(const ExceptionRecord&) = delete;

  /// Status Error, `error.type`, and the event, on a span that is recording.
  void mark(detail::LiveSpan& span) const noexcept;
  /// An error log with the ids of the span; what failed is the operation.
  void log(const detail::Scope& scope, const SpanContext& context, std::string_view operation) const;

 private:
  const ExceptionView exception_;
  std::vector<Attribute> attributes_;
  EncodedAttributes event_attributes_;
};

/// What failed, where the program doesn't say: the span's name; of a span that isn't recorded its scope's.
[[nodiscard]] std::string operation_of(const detail::LiveSpan& span);

}  // namespace ergon::inline v0::telemetry
