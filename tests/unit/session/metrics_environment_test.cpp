#include <gtest/gtest.h>

#include <chrono>

#include <ergon/extend/exporter.hpp>
#include <ergon/extend/register_extension.hpp>
#include <ergon/telemetry.hpp>

#include "unit/connectors/temporary_file.hpp"
#include "unit/session/environment.hpp"
#include "unit/support_engine/journal.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;

Journal g_journal;

class CollectionNotingExporter final : public TelemetryExporter {
 public:
  bool export_batch(const ExportedBatch& /*batch*/) override {
    g_journal.note("collected");
    return true;
  }
};

// Without a flush: by its own interval, before the session ends.
bool collects_by_itself(const telemetry::Session& session) {
  EXPECT_TRUE(session);
  static_cast<void>(g_journal.take());
  get_meter("environment").counter("environment.counted").add(1);
  return g_journal.wait_for("collected");
}

TEST(MetricsEnvironment, IsForSessionsFromCodeAndFromFiles) {
  telemetry::register_extension<CollectionNotingExporter>("collection_noting");
  const Variable interval("OTEL_METRIC_EXPORT_INTERVAL", "5");
  const MetricsConfig in_code{
      .readers = {PeriodicReader{.interval = 24h, .exporter = Custom("collection_noting")}}};
  EXPECT_TRUE(collects_by_itself(telemetry::start({.metrics = in_code})));
  const TemporaryFile silent("metrics: {readers: [{periodic: {exporter: {collection_noting: }}}]}");
  EXPECT_TRUE(collects_by_itself(telemetry::start_from_file(silent.path())));
}

}  // namespace
}  // namespace ergon::test
