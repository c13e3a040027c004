#include "telemetry/logging/own_filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "telemetry/record/scope_registry.hpp"
#include "unit/logging/log_requests.hpp"

namespace ergon::telemetry::test {
namespace {

using ::testing::HasSubstr;

// Keeps what it is asked about, and where that was.
class KeepingFilter final : public LogFilter {
 public:
  bool passes(const LogData& record) override {
    kept.push_back(record);
    addresses.push_back(&record);
    return record.message != "unwanted";
  }

  std::vector<LogData> kept{};
  std::vector<const LogData*> addresses{};
};

class ThrowingFilter final : public LogFilter {
 public:
  bool passes(const LogData& record) override {
    if (record.message == "a number") throw 7;
    throw std::runtime_error("out of order");
  }
};

const detail::Scope& scope_of(std::string_view name) {
  return ScopeRegistry::instance().scope(name, {.version = "1.2", .schema_url = "https://example.org/1"});
}

class OwnFilter : public ::testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<RecordFilter> of(std::shared_ptr<LogFilter> filter) const {
    return record_filter(std::move(filter), values_);
  }
  [[nodiscard]] static bool asked(RecordFilter& filter, const TestLog& log,
                                  std::string_view logger = "orders") {
    const std::string message = encoded(log);
    AskedRecord record(view_log(message, logger), scope_of(logger));
    return filter.passes(record);
  }

  const std::shared_ptr<LogValues> values_ =
      std::make_shared<LogValues>(resource_of({{"service.name", "billing"}}));
  const std::shared_ptr<KeepingFilter> keeping_ = std::make_shared<KeepingFilter>();
};

TEST_F(OwnFilter, HasTheRecordAsAValue) {
  const auto filter = of(keeping_);
  EXPECT_TRUE(asked(*filter, {.seconds = 7,
                              .level = Level::warning,
                              .message = "late",
                              .attributes = {{"order.id", string_value("o-1")}},
                              .trace_id = std::string(16, '\1'),
                              .span_id = std::string(8, '\2'),
                              .event_name = "delay",
                              .thread_id = 12}));
  EXPECT_FALSE(asked(*filter, {.message = "unwanted"}));
  ASSERT_EQ(keeping_->kept.size(), 2U);
  const LogData& record = keeping_->kept[0];
  EXPECT_EQ(record.time.time_since_epoch(), std::chrono::seconds(7));
  EXPECT_EQ(record.level, Level::warning);
  EXPECT_EQ(record.message, "late");
  EXPECT_EQ(record.event_name, "delay");
  ASSERT_EQ(record.attributes.size(), 1U) << "without the fields of lines";
  EXPECT_EQ(record.attributes[0].key, "order.id");
  const auto* const value = record.attributes[0].value.get_if<std::string>();
  ASSERT_NE(value, nullptr);
  EXPECT_EQ(*value, "o-1");
  EXPECT_EQ(record.context.trace_id.to_hex(), "01010101010101010101010101010101");
  EXPECT_EQ(record.context.span_id.to_hex(), "0202020202020202");
}

TEST_F(OwnFilter, SharesScopesAndTheResource) {
  const auto filter = of(keeping_);
  for (const char* logger : {"orders", "mail", "orders"}) EXPECT_TRUE(asked(*filter, {}, logger));
  const std::vector<LogData>& kept = keeping_->kept;
  ASSERT_EQ(kept.size(), 3U);
  for (const LogData& record : kept) {
    ASSERT_NE(record.scope, nullptr);
    ASSERT_NE(record.resource, nullptr);
    EXPECT_EQ(record.resource, kept[0].resource);
  }
  EXPECT_EQ(kept[0].scope->name, "orders");
  EXPECT_EQ(kept[0].scope->version, "1.2");
  EXPECT_EQ(kept[0].scope->schema_url, "https://example.org/1");
  EXPECT_EQ(kept[1].scope->name, "mail");
  EXPECT_EQ(kept[2].scope, kept[0].scope);
  const DataValue* const service = find(*kept[0].resource, "service.name");
  ASSERT_NE(service, nullptr);
  EXPECT_EQ(*service->get_if<std::string>(), "billing");
}

TEST_F(OwnFilter, ReadsARecordOnceForAll) {
  const auto first = of(keeping_);
  const auto second = of(keeping_);
  const std::string message = encoded({.message = "one"});
  AskedRecord record(view_log(message, "orders"), scope_of("orders"));
  EXPECT_TRUE(first->passes(record));
  EXPECT_TRUE(second->passes(record));
  ASSERT_EQ(keeping_->addresses.size(), 2U);
  EXPECT_EQ(keeping_->addresses[0], keeping_->addresses[1]);
}

TEST_F(OwnFilter, LetsPassWhatItThrowsAtAndSaysSoOnce) {
  const auto filter = of(std::make_shared<ThrowingFilter>());
  ::testing::internal::CaptureStderr();
  for (const char* message : {"one", "two", "a number"}) EXPECT_TRUE(asked(*filter, {.message = message}));
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(said, HasSubstr("a log filter failed, and lets the record pass: out of order"));
  EXPECT_EQ(std::ranges::count(said, '\n'), 1) << said;
}

}  // namespace
}  // namespace ergon::telemetry::test
