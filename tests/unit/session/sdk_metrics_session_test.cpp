#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "telemetry/export/otlp_reader.hpp"
#include "unit/support_engine/child_status.hpp"
#include "unit/support_engine/memory_session.hpp"

// The metrics `otel.sdk.*` of whole sessions.
namespace ergon::test {
namespace {

using testing::RecordedPoint;

TelemetryConfig with_sdk_metrics() {
  TelemetryConfig config = everything();
  config.metrics->views.clear();
  return config;
}

// The points of a collection of now.
std::vector<RecordedPoint> collect(MemorySession& session) {
  return telemetry::read_points(session.take(telemetry::Signal::metric_points).back()).points;
}

double sum_of(const std::vector<RecordedPoint>& points, std::string_view metric) {
  double sum = 0;
  for (const RecordedPoint& point : points) sum += point.name == metric ? point.value : 0;
  return sum;
}

void record(int count) {
  for (int i = 0; i < count; ++i) {
    const auto span = get_tracer("sdk").scoped_span("s");
    get_logger("sdk").info("l");
  }
}

TEST(SdkMetricsOfASession, AreItsStatistics) {
  for (const int count : {3, 5}) {  // of two sessions: each begins anew
    MemorySession session(with_sdk_metrics());
    record(count);
    ASSERT_TRUE(session.flush());
    const telemetry::Statistics books = session.statistics();
    const auto points = collect(session);
    EXPECT_EQ(books.spans.total.created, static_cast<std::uint64_t>(count));
    EXPECT_EQ(sum_of(points, "otel.sdk.span.started"), count);
    EXPECT_EQ(sum_of(points, "otel.sdk.log.created"), count);
    EXPECT_EQ(sum_of(points, "otel.sdk.exporter.span.exported"),
              static_cast<double>(books.spans.total.delivered));
    EXPECT_EQ(sum_of(points, "otel.sdk.exporter.log.exported"),
              static_cast<double>(books.logs.total.delivered));
    EXPECT_EQ(sum_of(points, "otel.sdk.exporter.metric_data_point.exported"),
              static_cast<double>(books.metric_points.total.delivered));
  }
}

TEST(SdkMetricsOfASession, SayWhatTheSamplerLeftOut) {
  TelemetryConfig config = with_sdk_metrics();
  config.tracing->sampler = AlwaysOff{};
  MemorySession session(config);
  record(4);
  double dropped = 0;
  for (const RecordedPoint& point : collect(session)) {
    if (point.name != "otel.sdk.span.started") continue;
    EXPECT_EQ(testing::find(point.attributes, "otel.span.sampling_result"), "DROP");
    dropped += point.value;
  }
  EXPECT_EQ(dropped, 4);
  EXPECT_EQ(session.statistics().spans.total.sampled_out, 4U);
}

TEST(SdkMetricsOfASession, AreNotThoseOfMetricsThatAViewDrops) {
  MemorySession session;
  record(1);
  get_meter("sdk").counter("sdk.counter").add(1);
  for (const RecordedPoint& point : collect(session))
    EXPECT_FALSE(point.name.starts_with("otel.")) << point.name;
}

TEST(SdkMetricsOfASession, BeginAnewInTheChildOfAFork) {
#if defined(ERGON_SANITIZED_THREAD)
  GTEST_SKIP() << "a forked child of a threaded parent aborts under ThreadSanitizer";
#endif
  MemorySession session(with_sdk_metrics());
  record(7);
  ASSERT_TRUE(session.flush());
  const int status = child_status([&] {
    record(2);
    if (!session.flush()) return 1;
    const auto points = collect(session);
    const bool is_own =
        sum_of(points, "otel.sdk.span.started") == 2 && sum_of(points, "otel.sdk.log.created") == 2;
    return is_own ? 0 : 2;
  });
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace ergon::test
