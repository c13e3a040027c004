#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include <ergon/telemetry.hpp>
#include <ergon/testing/in_memory_store.hpp>

#include "telemetry/export/memory_sink.hpp"
#include "unit/support_engine/sinks.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;

TEST(InMemoryStore, HasAllPointsOfACollectionOfSeveralRequests) {
  testing::InMemoryStore store("in parts");
  store.clear();
  auto session = telemetry::start(
      {.metrics = MetricsConfig{
           .readers = {PeriodicReader{.max_export_batch_size = 1, .exporter = store.metric_exporter()}}}});
  get_meter("exporters").counter("in_parts.a").add(1);
  EXPECT_TRUE(session.flush(20s));
  get_meter("exporters").counter("in_parts.b").add(2);
  EXPECT_TRUE(session.flush(20s));
  double sum = 0;
  for (const auto& point : store.points()) {
    if (point.name.starts_with("in_parts.")) sum += point.value;
  }
  EXPECT_EQ(sum, 3) << "each once, of the last collection";
  session.shutdown(20s);
  store.clear();
}

TEST(InMemoryStore, KeepsAllSignalsBeyondTheSession) {
  testing::InMemoryStore store("in memory");
  store.clear();
  TelemetryConfig config;
  config.tracing = TracingConfig{.processors = {BatchSpanProcessor{.exporter = store.exporter()}}};
  config.logging = LoggingConfig{.handlers = {OtlpHandler{.exporter = store.exporter()}}};
  config.metrics = MetricsConfig{.readers = {PeriodicReader{.exporter = store.metric_exporter()}}};
  {
    auto session = telemetry::start(config);
    {
      const auto span = get_tracer("stores").scoped_span("order", {{"id", 7}});
      get_tracer("stores").scoped_span("s").end();
      get_logger("exporters").info("charged {}", 12);
    }
    get_meter("exporters").counter("in_memory.orders").add(3);
    EXPECT_TRUE(session.flush(20s));
    EXPECT_EQ(session.statistics().spans.destinations[0].name, "in_memory in memory");
  }
  EXPECT_EQ(store.spans().tree(), "order\n  s\n") << "kept beyond the session";
  ASSERT_EQ(store.logs().size(), 1U);
  EXPECT_EQ(store.logs()[0].message, "charged 12");
  bool has_found = false;
  for (const auto& point : store.points()) has_found |= point.name == "in_memory.orders" && point.value == 3;
  EXPECT_TRUE(has_found);
  EXPECT_TRUE(testing::InMemoryStore("another").spans().empty());
  store.clear();
  EXPECT_TRUE(store.spans().empty());
}

TEST(InMemoryStore, IsBounded) {
  const auto results = std::make_shared<telemetry::test::KeepingInbox>();
  telemetry::MemorySink sink;
  sink.answer_to(results);
  telemetry::ExportBatch batch;
  batch.count = 3;
  batch.payload.resize(telemetry::MemoryStore::kMostBytes);
  sink.submit(batch);
  sink.submit(batch);
  EXPECT_EQ(sink.take().size(), 1U);
  sink.submit(batch);
  const auto answers = results->wait_for(3);
  EXPECT_EQ(answers[0].delivered, 3U);
  EXPECT_EQ(answers[1].dropped, 3U);
  EXPECT_EQ(answers[1].reason, telemetry::DropReason::queue_full);
  EXPECT_EQ(answers[2].delivered, 3U) << "what was taken has made room";
}

}  // namespace
}  // namespace ergon::test
