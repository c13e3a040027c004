#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "base/ticks.hpp"
#include "telemetry/record/read_span.hpp"
#include "telemetry/record/read_values.hpp"
#include "telemetry/record/record_body.hpp"
#include "telemetry/record/scope_registry.hpp"
#include "telemetry/record/span_fields.hpp"

namespace ergon::inline v0::telemetry {

namespace {

// Of the rate of the ticks only, good enough for as long as a span lives: it is never calibrated again.
const base::WallClock& rate_of_ticks() {
  static const base::WallClock kClock;
  return kClock;
}

class LiveTimes {
 public:
  explicit LiveTimes(const detail::LiveSpan& span)
      : source_(static_cast<base::TickSource>(span.clock_source)),
        now_(std::chrono::system_clock::now()),
        ticks_now_(base::read_ticks(source_)) {}

  // As the program gave it, else by the ticks.
  [[nodiscard]] Timestamp at(std::uint64_t given, std::uint64_t ticks) const {
    if (given == 0) return at(ticks);
    return Timestamp(std::chrono::duration_cast<Timestamp::duration>(std::chrono::nanoseconds(given)));
  }
  [[nodiscard]] Timestamp at(std::uint64_t ticks) const {
    const std::chrono::nanoseconds ago(rate_of_ticks().duration_nanoseconds(source_, ticks_now_ - ticks));
    return now_ - std::chrono::duration_cast<Timestamp::duration>(ago);
  }

 private:
  base::TickSource source_;
  Timestamp now_;
  std::uint64_t ticks_now_;
};

void set_event_times(SpanData& data, const detail::LiveSpan& span, const LiveTimes& times) {
  auto event = data.events.begin();
  for (std::uint32_t at = 0; at < span.body.size;) {
    const BodyField field = field_at(span.body, at);
    at += field.size;
    if (field.tag != kSpanEventTag) continue;
    if (field.content.front() == kEventTimeTag) {  // the time is still ticks
      std::uint64_t ticks = 0;
      std::memcpy(&ticks, field.content.data() + 1, sizeof ticks);
      event->time = times.at(ticks);
    }
    ++event;
  }
}

}  // namespace

SpanData read_live_span(const detail::LiveSpan& span) {
  const std::string_view body(reinterpret_cast<const char*>(span.body.data), span.body.size);
  SpanData data = read_span_data(body);
  data.context = span.context;
  data.parent_span_id = span.parent_span_id;
  data.parent_is_remote = span.parent_is_remote;
  data.kind = span.kind;
  data.status = span.status;
  data.dropped_attributes = span.dropped_attributes;
  data.dropped_events = span.dropped_events;
  data.dropped_links = span.dropped_links;
  const LiveTimes times(span);
  data.start = times.at(span.start_unix, span.start_ticks);
  if (!span.is_open) data.end = std::max(data.start, times.at(span.end_unix, span.end_ticks));
  set_event_times(data, span, times);
  ScopeData scope = read_scope_data(span.scope->encoded);
  scope.schema_url = span.scope->schema_url;
  data.scope = std::make_shared<const ScopeData>(std::move(scope));
  return data;
}

void prepare_reading_of_live_spans() { static_cast<void>(rate_of_ticks()); }

}  // namespace ergon::inline v0::telemetry
