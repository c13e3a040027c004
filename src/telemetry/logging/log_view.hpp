#pragma once

#include <cstdint>
#include <source_location>
#include <string_view>

#include <protozero/pbf_reader.hpp>

#include <ergon/config/level.hpp>

#include "base/pbf_view.hpp"
#include "telemetry/record/any_value_text.hpp"

namespace ergon::inline v0::telemetry {

/// One log record as it lies in a buffer: what a filter looks at and a line is made of, without a copy. Ids
/// are empty where there was no span.
struct LogView {
  std::uint64_t unix_nanoseconds{0};
  Level level{Level::trace};
  std::string_view logger{};
  std::string_view text{};  // the message, UTF-8
  std::string_view trace_id{};
  std::string_view span_id{};
  std::uint8_t trace_flags{0};
  std::string_view event_name{};
  std::uint32_t dropped_attributes{0};
  std::string_view fields{};  // of OTLP's LogRecord: attributes, and what else is among them
  // Beyond OTLP, so of lines alone.
  std::uint32_t thread_id{0};
  std::source_location source{};
};

/// Of OTLP's LogRecord.
[[nodiscard]] LogView view_log(std::string_view message, std::string_view logger);

/// The event name in fields of OTLP's LogRecord; empty where there is none.
[[nodiscard]] std::string_view find_event_name(std::string_view fields);

/// Calls `visit(key, value)` for each attribute, the value an AnyValue.
template <class Visit>
void for_each_attribute(const LogView& log, Visit visit) {
  constexpr protozero::pbf_tag_type kAttributes = 6;
  protozero::pbf_reader fields(log.fields.data(), log.fields.size());
  while (fields.next(kAttributes)) {
    const AttributeView attribute = view_attribute(base::view_of(fields.get_view()));
    visit(attribute.key, attribute.value);
  }
}

/// The value of the attribute with this key, an AnyValue; empty when there is none.
[[nodiscard]] std::string_view find_attribute(const LogView& log, std::string_view key);

/// Calls `visit(log)` for each record of an ExportLogsServiceRequest, in order. What is malformed, which only
/// a bug of ours could make, throws protozero's exceptions.
template <class Visit>
void for_each_log(std::string_view request, Visit visit) {
  using protozero::pbf_reader;
  pbf_reader message(request.data(), request.size());
  while (message.next(1)) {
    pbf_reader resource_logs = message.get_message();
    while (resource_logs.next(2)) {
      std::string_view logger;
      for (pbf_reader scope_logs = resource_logs.get_message(); scope_logs.next();) {
        if (scope_logs.tag() == 1) {
          pbf_reader scope = scope_logs.get_message();
          logger = scope.next(1) ? base::view_of(scope.get_view()) : std::string_view();
        } else if (scope_logs.tag() == 2) {
          visit(view_log(base::view_of(scope_logs.get_view()), logger));
        } else {
          scope_logs.skip();
        }
      }
    }
  }
}

}  // namespace ergon::inline v0::telemetry
