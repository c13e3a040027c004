#include <ergon/bridge/spdlog.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

#include <ergon/telemetry.hpp>
#include <ergon/testing/in_memory_store.hpp>

namespace ergon::test {
namespace {

using namespace std::chrono_literals;

class SpdlogBridge : public ::testing::Test {
 protected:
  SpdlogBridge() {
    spdlog::drop_all();
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(""));
    spdlog::set_level(spdlog::level::trace);
    store_.clear();
  }

  [[nodiscard]] std::vector<testing::RecordedLog> logs() {
    session_.flush(10s);
    return store_.logs();
  }

  telemetry::Session session_ = telemetry::start(
      {.logging = LoggingConfig{.level = Level::debug,
                                .levels = {{"quiet", Level::error}},
                                .handlers = {OtlpHandler{.level = Level::trace,
                                                         .exporter = InMemoryExporter{.store = "spdlog"}}}},
       .tracing = TracingConfig{
           .processors = {BatchSpanProcessor{.exporter = InMemoryExporter{.store = "spdlog"}}}}});
  testing::InMemoryStore store_{"spdlog"};
};

TEST_F(SpdlogBridge, ForwardsWhatIsLoggedWithTheCurrentSpan) {
  forward_spdlog();
  SpanContext context;
  {
    const auto span = get_tracer("t").scoped_span("s");
    context = span.context();
    spdlog::warn("charged {} {}", 12, "EUR");
  }
  spdlog::trace("below the threshold");
  const auto logs = this->logs();
  ASSERT_EQ(logs.size(), 1U);
  EXPECT_EQ(logs[0].message, "charged 12 EUR");
  EXPECT_EQ(logs[0].level, Level::warning);
  EXPECT_EQ(logs[0].logger, "app");
  EXPECT_EQ(logs[0].context.span_id, context.span_id);
}

TEST_F(SpdlogBridge, KeepsNamesLevelsAndPlaces) {
  const auto orders = std::make_shared<spdlog::logger>("orders", std::make_shared<SpdlogSink>());
  const auto quiet = std::make_shared<spdlog::logger>("quiet", std::make_shared<SpdlogSink>());
  orders->log(spdlog::source_loc{"orders.cpp", 7, "charge"}, spdlog::level::critical, "a {{brace}}");
  quiet->warn("not even this");
  quiet->error("this");
  const auto logs = this->logs();
  ASSERT_EQ(logs.size(), 2U);
  EXPECT_EQ(logs[0].logger, "orders");
  EXPECT_EQ(logs[0].level, Level::critical);
  EXPECT_EQ(logs[0].message, "a {{brace}}") << "spdlog makes no format of a text without arguments";
  EXPECT_EQ(testing::find(logs[0].attributes, "code.file.path"), "orders.cpp");
  EXPECT_EQ(testing::find(logs[0].attributes, "code.line.number"), "7");
  EXPECT_EQ(testing::find(logs[0].attributes, "code.function.name"), "charge");
  EXPECT_EQ(logs[1].message, "this");
  EXPECT_TRUE(logs[1].attributes.empty());
}

}  // namespace
}  // namespace ergon::test
