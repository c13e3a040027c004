#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ergon/config/level.hpp>
#include <ergon/telemetry/live_span.hpp>
#include <ergon/telemetry/span_context.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0::testing {

/// Attributes as text, in the order in which they were set: strings as they are, other values as JSON.
using RecordedAttributes = std::vector<std::pair<std::string, std::string>>;

/// The text of an attribute; empty when there is none of this key.
[[nodiscard]] ERGON_API std::string_view find(const RecordedAttributes& attributes, std::string_view key);

struct RecordedEvent {
  std::string name;
  RecordedAttributes attributes;
  std::uint64_t unix_nanoseconds{0};
};

struct RecordedLink {
  SpanContext context;
  RecordedAttributes attributes;
};

struct RecordedSpan {
  std::string scope;
  std::string name;
  SpanContext context;
  SpanId parent_span_id;
  SpanKind kind{SpanKind::internal};
  StatusCode status{StatusCode::unset};
  std::string status_message;
  std::uint64_t start_unix_nanoseconds{0};
  std::uint64_t end_unix_nanoseconds{0};
  RecordedAttributes attributes;
  std::vector<RecordedEvent> events;
  std::vector<RecordedLink> links;
};

struct RecordedLog {
  std::string logger;
  Level level{Level::info};
  std::string message;
  SpanContext context;  // of the span that was current; invalid when none was
  std::uint64_t unix_nanoseconds{0};
  RecordedAttributes attributes;
  std::string event_name{};
};

enum class PointKind : std::uint8_t { sum, gauge, histogram, exponential_histogram };

/// Neighbouring buckets of an exponential histogram, the first being that of `offset`.
struct RecordedBuckets {
  std::int32_t offset{0};
  std::vector<std::uint64_t> counts;
};

/// One point of a metric: `value` of a sum or gauge, or `count`, `sum` and buckets of a histogram; of an
/// exponential one `positive`, `negative` and `zero_count` at `scale` instead of `buckets`.
struct RecordedPoint {
  std::string scope;
  std::string name;
  std::string unit;
  RecordedAttributes attributes;
  double value{0};
  std::uint64_t count{0};
  double sum{0};
  std::vector<std::uint64_t> buckets;
  PointKind kind{PointKind::sum};
  bool is_delta{false};  // of the time since the reader's last collection
  double minimum{0};     // of a histogram, as the maximum
  double maximum{0};
  std::int32_t scale{0};
  std::uint64_t zero_count{0};
  RecordedBuckets positive{};
  RecordedBuckets negative{};
};

struct SpanTreeOptions;

/// Spans in the order in which they ended.
class RecordedSpans : public std::vector<RecordedSpan> {
 public:
  /// The spans as a tree: a line each, children indented by two spaces below their parent, in order of start.
  /// A span whose parent is not among them is a root.
  [[nodiscard]] ERGON_API std::string tree() const;
  /// The same with more of each span, or less of all: `<ergon/testing/span_tree.hpp>`.
  [[nodiscard]] ERGON_API std::string tree(const SpanTreeOptions& options) const;
  /// The first span of this name, or null.
  [[nodiscard]] ERGON_API const RecordedSpan* find(std::string_view name) const;
};

/// Everything that was recorded between the start and the stop of a Recorder.
class Recording {
 public:
  [[nodiscard]] const RecordedSpans& spans() const { return spans_; }
  [[nodiscard]] const std::vector<RecordedLog>& logs() const { return logs_; }
  [[nodiscard]] const std::vector<RecordedPoint>& points() const { return points_; }

 private:
  friend class Recorder;

  RecordedSpans spans_;
  std::vector<RecordedLog> logs_;
  std::vector<RecordedPoint> points_;
};

/// A telemetry session that keeps all signals in memory, at every level and fully sampled: for tests. One at
/// a time, as any session. What telemetry tells of itself (`otel.sdk.*`) is left out. Where telemetry is
/// compiled out, the recording is empty.
class [[nodiscard]] Recorder {
 public:
  ERGON_API explicit Recorder(std::string_view service_name = "test");
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  ERGON_API ~Recorder();

  /// Stops the session and answers what it saw. Throws std::logic_error when another session was active.
  [[nodiscard]] ERGON_API Recording stop();

 private:
  struct State;
  [[maybe_unused]] State* state_;
};

#if defined(ERGON_TELEMETRY_OFF)
inline std::string_view find(const RecordedAttributes&, std::string_view) { return {}; }
inline std::string RecordedSpans::tree() const { return {}; }
inline std::string RecordedSpans::tree(const SpanTreeOptions&) const { return {}; }
inline const RecordedSpan* RecordedSpans::find(std::string_view) const { return nullptr; }
inline Recorder::Recorder(std::string_view) : state_(nullptr) {}
inline Recorder::~Recorder() = default;
inline Recording Recorder::stop() { return {}; }
#endif

}  // namespace ergon::inline v0::testing
