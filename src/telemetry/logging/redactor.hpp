#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <ergon/config/log_filters.hpp>

#include "base/regular_expression.hpp"

namespace ergon::inline v0::telemetry {

/// Replaces what is to leave the process under no circumstances in encoded records. The worker's alone.
class Redactor {
 public:
  explicit Redactor(const RedactConfig& config);

  /// In OTLP's LogRecord: its body and attributes.
  void redact_log(std::string& message);
  /// In OTLP's Span: its attributes, those of events and links, and the status's message.
  void redact_span(std::string& message);

 private:
  // What a field of a message holds, as far as anything is replaced in it.
  enum class Kind { other, text, any_value, array, map, pair, event, link, status, log, span };

  [[nodiscard]] static Kind kind_of(Kind message, std::uint32_t field);
  void rewrite(Kind kind, std::string_view message, std::string& out) const;
  void rewrite_pair(std::string_view pair, std::string& out) const;
  [[nodiscard]] std::string rewritten(Kind kind, std::string_view content) const;
  [[nodiscard]] std::string without_patterns(std::string_view text) const;
  [[nodiscard]] bool hides(std::string_view key) const;

  RedactConfig config_;
  std::vector<base::RegularExpression> patterns_;
  std::string scratch_;
};

}  // namespace ergon::inline v0::telemetry
