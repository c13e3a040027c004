#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <ergon/telemetry/live_span.hpp>
#include <ergon/telemetry/span_context.hpp>

// What was recorded, as values: for processors and exporters of the program's own. All of it owns what it
// holds, so it may be kept and copied.
namespace ergon::inline v0 {

struct DataAttribute;

/// The value of an attribute: any kind that OTLP's AnyValue has; std::monostate is the empty value.
struct DataValue {
  using Bytes = std::vector<std::byte>;
  using Array = std::vector<DataValue>;
  using Map = std::vector<DataAttribute>;

  // Without an initializer, for which clang would need DataAttribute complete; it is the empty value anyway.
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Bytes, Array, Map> held;

  /// The value if it is a T, else null.
  template <class T>
  [[nodiscard]] const T* get_if() const noexcept {
    return std::get_if<T>(&held);
  }
};

struct DataAttribute {
  std::string key{};
  DataValue value{};
};

/// In the order in which they were set; no key twice.
using DataAttributes = std::vector<DataAttribute>;

/// The value of this key, or null.
[[nodiscard]] inline const DataValue* find(const DataAttributes& attributes, std::string_view key) noexcept {
  for (const DataAttribute& one : attributes) {
    if (one.key == key) return &one.value;
  }
  return nullptr;
}

struct EventData {
  std::string name{};
  Timestamp time{};
  DataAttributes attributes{};
  std::uint32_t dropped_attributes{0};
};

struct LinkData {
  SpanContext context{};
  DataAttributes attributes{};
  std::uint32_t dropped_attributes{0};
};

/// What `get_tracer` was given.
struct ScopeData {
  std::string name{};
  std::string version{};
  std::string schema_url{};
  DataAttributes attributes{};
};

/// A span as a value (specification: trace/sdk.md#additional-span-interfaces, readable span). Of one that
/// has not ended, what is known so far: its end is the epoch but in `on_ending`, it has no resource, and its
/// times are right to about a millisecond.
struct SpanData {
  SpanContext context{};
  SpanId parent_span_id{};  // invalid for the root of a trace
  bool parent_is_remote{false};
  SpanKind kind{SpanKind::internal};
  std::string name{};
  Timestamp start{};
  Timestamp end{};
  DataAttributes attributes{};
  std::vector<EventData> events{};
  std::vector<LinkData> links{};
  StatusCode status{StatusCode::unset};
  std::string status_message{};
  std::uint32_t dropped_attributes{0};
  std::uint32_t dropped_events{0};
  std::uint32_t dropped_links{0};
  /// Shared by the spans of one export; never null for a span that has ended.
  std::shared_ptr<const ScopeData> scope{};
  std::shared_ptr<const DataAttributes> resource{};
};

}  // namespace ergon::inline v0
