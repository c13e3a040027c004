#pragma once

#include <string>
#include <string_view>

#include <ergon/testing/recording.hpp>

namespace ergon::inline v0::telemetry {

// Parts of records as text, for all who write lines of them. What is not ours is put on one line.

/// ` key=value`
void append_attribute(std::string& out, std::string_view key, std::string_view value);
void append_attributes(std::string& out, const testing::RecordedAttributes& attributes);

/// ` trace_id=… span_id=…`; nothing for an invalid context.
void append_ids(std::string& out, const SpanContext& context);

/// ` OK` or ` ERROR(message)`; nothing for a status that is unset.
void append_status(std::string& out, const testing::RecordedSpan& span);

/// `CONSUMER`
[[nodiscard]] std::string_view kind_name(SpanKind kind);

/// `850ns`, `12.5us`, `3.25ms`, `1.50s`
[[nodiscard]] std::string duration_text(std::uint64_t nanoseconds);

}  // namespace ergon::inline v0::telemetry
