#include "telemetry/logging/redactor.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include <protozero/pbf_reader.hpp>

#include "base/pbf_view.hpp"
#include "base/wildcard.hpp"
#include "base/wire.hpp"
#include "telemetry/record/any_value_text.hpp"

namespace ergon::inline v0::telemetry {

namespace wire = base::wire;
using protozero::pbf_reader;

Redactor::Redactor(const RedactConfig& config) : config_(config) {
  for (const std::string& pattern : config.patterns) patterns_.emplace_back(pattern);
}

void Redactor::redact_log(std::string& message) {
  scratch_.clear();
  rewrite(Kind::log, message, scratch_);
  message.swap(scratch_);
}

void Redactor::redact_span(std::string& message) {
  scratch_.clear();
  rewrite(Kind::span, message, scratch_);
  message.swap(scratch_);
}

Redactor::Kind Redactor::kind_of(Kind message, std::uint32_t field) {
  struct Row {
    Kind message;
    std::uint32_t field;
    Kind content;
  };
  static constexpr std::array kRows{
      Row{Kind::log, 5, Kind::any_value},   Row{Kind::log, 6, Kind::pair},
      Row{Kind::span, 9, Kind::pair},       Row{Kind::span, 11, Kind::event},
      Row{Kind::span, 13, Kind::link},      Row{Kind::span, 15, Kind::status},
      Row{Kind::event, 3, Kind::pair},      Row{Kind::link, 4, Kind::pair},
      Row{Kind::status, 2, Kind::text},     Row{Kind::any_value, 1, Kind::text},
      Row{Kind::any_value, 5, Kind::array}, Row{Kind::any_value, 6, Kind::map},
      Row{Kind::array, 1, Kind::any_value}, Row{Kind::map, 1, Kind::pair},
  };
  const auto* const row = std::ranges::find_if(
      kRows, [&](const Row& one) { return one.message == message && one.field == field; });
  return row != kRows.end() ? row->content : Kind::other;
}

// Field by field; what is of no interest is copied as it is.
void Redactor::rewrite(Kind kind, std::string_view message, std::string& out) const {
  pbf_reader reader(message.data(), message.size());
  while (reader) {
    const char* const start = reader.data().data();
    static_cast<void>(reader.next());
    const std::uint32_t field = reader.tag();
    const Kind content = kind_of(kind, field);
    if (content == Kind::other) {
      reader.skip();
      out.append(start, reader.data().data());
    } else {
      wire::append_field(out, field, rewritten(content, base::view_of(reader.get_view())));
    }
  }
}

std::string Redactor::rewritten(Kind kind, std::string_view content) const {
  if (kind == Kind::text) return without_patterns(content);
  std::string out;
  kind == Kind::pair ? rewrite_pair(content, out) : rewrite(kind, content, out);
  return out;
}

// KeyValue, {key = 1, value = 2}
void Redactor::rewrite_pair(std::string_view pair, std::string& out) const {
  const auto [key, value] = view_attribute(pair);
  wire::append_field(out, 1, key);
  if (!hides(key)) return wire::append_field(out, 2, rewritten(Kind::any_value, value));
  std::string replaced;
  wire::append_field(replaced, 1, config_.replacement);
  wire::append_field(out, 2, replaced);
}

std::string Redactor::without_patterns(std::string_view text) const {
  std::string result(text);
  for (const base::RegularExpression& pattern : patterns_) {
    if (auto replaced = pattern.replace_in(result, config_.replacement)) result = std::move(*replaced);
  }
  return result;
}

bool Redactor::hides(std::string_view key) const {
  return std::ranges::any_of(config_.keys,
                             [key](const std::string& one) { return base::matches_wildcard(one, key); });
}

}  // namespace ergon::inline v0::telemetry
