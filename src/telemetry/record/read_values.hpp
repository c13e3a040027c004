#pragma once

#include <cstring>
#include <string_view>

#include <ergon/extend/span_data.hpp>

namespace ergon::inline v0::telemetry {

// Our own bytes, read back as values. What is malformed, which only a bug of ours could make, throws
// protozero's exceptions.

/// OTLP's AnyValue.
[[nodiscard]] DataValue read_data_value(std::string_view message);

/// OTLP's KeyValue.
[[nodiscard]] DataAttribute read_data_attribute(std::string_view message);

/// A list of KeyValue, as a Resource has it.
[[nodiscard]] DataAttributes read_data_attributes(std::string_view message);

/// OTLP's InstrumentationScope, which has no schema URL.
[[nodiscard]] ScopeData read_scope_data(std::string_view message);

/// A TraceId or SpanId; what has not its length leaves it as it was.
template <class Id>
void read_id(Id& id, std::string_view bytes) {
  if (bytes.size() == id.bytes.size()) std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
}

}  // namespace ergon::inline v0::telemetry
