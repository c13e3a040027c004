#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <ergon/telemetry/live_span.hpp>

#include "telemetry/record/append_attribute.hpp"

namespace ergon::telemetry {

/// An exception on its way to a span and to a log. Its attributes are encoded before the span is touched.
/// Cold: it allocates, and throws std::bad_alloc.
class ExceptionRecord {
 public:
  ExceptionRecord(std::string_view type, std::string_view message, std::span<const Attribute> more);

  /// Status Error, `error.type`, and the event, on a span that is recording.
  void mark(detail::LiveSpan& span) const noexcept;
  /// An error log with the ids of the span; what failed is the operation.
  void log(const detail::Scope& scope, const SpanContext& context, std::string_view operation) const;

 private:
  std::string_view type_;
  std::string_view message_;
  std::vector<Attribute> attributes_;
  EncodedAttributes event_attributes_;
};

/// What failed, where the program doesn't say: the span's name; of a span that isn't recorded its scope's.
[[nodiscard]] std::string operation_of(const detail::LiveSpan& span);

/// Type and message of an exception.
struct ExceptionText {
  std::string type;
  std::string message;
};
[[nodiscard]] ExceptionText exception_text(const std::exception& error);
/// Of the exception being handled; without a type where there is none.
[[nodiscard]] ExceptionText current_exception_text();

}  // namespace ergon::telemetry
