#include "unit/support_engine/memory_session.hpp"

#include <gtest/gtest.h>

namespace ergon::test {
namespace {

using telemetry::Signal;

TEST(MemorySession, KeepsTheOtherSignalsWhenOneIsTaken) {
  MemorySession session;
  get_tracer("test").scoped_span("span").end();
  get_logger("test").info("log");
  get_meter("test").counter("memory_session.test").add(1);
  EXPECT_EQ(session.take(Signal::logs).size(), 1U);
  EXPECT_TRUE(session.take(Signal::logs).empty());
  EXPECT_EQ(session.take(Signal::spans).size(), 1U);
  EXPECT_FALSE(session.take(Signal::metric_points).empty());
}

}  // namespace
}  // namespace ergon::test
