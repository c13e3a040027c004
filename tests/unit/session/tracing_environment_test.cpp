#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include <ergon/telemetry.hpp>

#include "unit/connectors/temporary_file.hpp"
#include "unit/session/environment.hpp"

namespace ergon::test {
namespace {

bool is_sampling(const telemetry::Session& session) {
  EXPECT_TRUE(session);
  return get_tracer("test").scoped_span("span").is_recording();
}

TEST(TracingEnvironment, IsForSessionsFromCodeAndFromFiles) {
  const Variable sampler("OTEL_TRACES_SAMPLER", "always_off");
  EXPECT_FALSE(is_sampling(telemetry::start({.tracing = TracingConfig{.sampler = AlwaysOn{}}})));
  const TemporaryFile silent("tracing: {processors: [{batch: {exporter: {console: }}}]}");
  EXPECT_FALSE(is_sampling(telemetry::start_from_file(silent.path())));
  const TemporaryFile outspoken(
      "tracing: {sampler: {always_on: }, processors: [{batch: {exporter: {console: }}}]}");
  EXPECT_TRUE(is_sampling(telemetry::start_from_file(outspoken.path())));
}

}  // namespace
}  // namespace ergon::test
