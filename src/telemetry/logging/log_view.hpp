#pragma once

#include <cstdint>
#include <string_view>

#include <protozero/pbf_reader.hpp>

#include <ergon/config/level.hpp>

#include "base/pbf_view.hpp"
#include "telemetry/record/any_value_text.hpp"

namespace ergon::telemetry {

/// One log record as it lies in a request: what a line is made of, without a copy. Ids are empty where there
/// was no span.
struct LogView {
  std::uint64_t unix_nanoseconds{0};
  Level level{Level::trace};
  std::string_view logger{};
  std::string_view body{};  // OTLP's AnyValue
  std::string_view trace_id{};
  std::string_view span_id{};
  std::uint8_t trace_flags{0};
  std::string_view event_name{};
  std::uint32_t dropped_attributes{0};
  // Of our own fields behind OTLP's (`LineField`), which only lines have.
  std::uint64_t thread_id{0};
  std::string_view source_file{};
  std::uint64_t source_line{0};
  std::string_view source_function{};
  std::string_view message{};  // OTLP's LogRecord itself, for its attributes
};

/// The fields that a record has behind OTLP's where lines are made of it.
enum class LineField : std::uint32_t { thread_id = 1'000, source_file, source_line, source_function };

[[nodiscard]] LogView view_log(std::string_view message, std::string_view logger);

/// Calls `visit(key, value)` for each attribute, the value an AnyValue.
template <class Visit>
void for_each_attribute(const LogView& log, Visit visit) {
  constexpr protozero::pbf_tag_type kAttributes = 6;
  protozero::pbf_reader message(log.message.data(), log.message.size());
  while (message.next(kAttributes)) {
    const AttributeView attribute = view_attribute(base::view_of(message.get_view()));
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

}  // namespace ergon::telemetry
