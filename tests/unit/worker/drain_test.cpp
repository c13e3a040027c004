#include "telemetry/worker/drain.hpp"

#include <gtest/gtest.h>

#include <thread>

#include <ergon/telemetry.hpp>

#include "unit/support_engine/fresh_process.hpp"

namespace ergon::telemetry {
namespace {

void drain_after_threads_that_are_gone() {
  g_budget.set_limit(64U << 20U);
  std::thread([] {
    for (int i = 0; i < 5'000; ++i) const auto span = get_tracer("drain").scoped_span("burst");
  }).join();
  EXPECT_GT(g_budget.used(), 500'000U);
  Drain drain;
  for (int pass = 0; pass < 100; ++pass) {
    static_cast<void>(drain.collect());
    drain.release();
  }
  EXPECT_EQ(g_budget.used(), 0U);
}

TEST(Drain, FreesTheRingsOfThreadsThatAreGone) {
  ergon::test::run_in_fresh_process(&drain_after_threads_that_are_gone);
}

}  // namespace
}  // namespace ergon::telemetry
