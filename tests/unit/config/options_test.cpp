#include <ergon/config/options.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <ergon/config/task_config.hpp>

namespace ergon {
namespace {

using namespace std::chrono_literals;

class PaymentService {
 public:
  struct Options {
    std::chrono::milliseconds timeout{500};
    std::vector<std::string> currencies{"EUR", "USD", "GBP"};
    ERGON_OPTIONS(Options, timeout, currencies);
  };
  explicit PaymentService(Options options) : options_(std::move(options)) {}

  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] AnyOptions any_options() const {
    return options_;
  }  // inside the class: the description is complete

 private:
  Options options_;
};

struct NoOptions {
  ERGON_OPTIONS(NoOptions);
};

struct ManyOptions {
  int a0{}, a1{}, a2{}, a3{}, a4{}, a5{}, a6{}, a7{}, a8{}, a9{}, b0{}, b1{}, b2{}, b3{}, b4{}, b5{};
  int b6{}, b7{}, b8{}, b9{}, c0{}, c1{}, c2{}, c3{}, c4{}, c5{}, c6{}, c7{}, c8{}, c9{}, d0{}, d1{};
  ERGON_OPTIONS(ManyOptions, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9,
                c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, d0, d1);
};

std::vector<std::string_view> keys_of(const config::TypeDescription& type) {
  std::vector<std::string_view> keys;
  for (const auto& field : std::get<config::ObjectType>(type.kind).fields) keys.push_back(field.name);
  return keys;
}

TEST(Options, StayAggregates) {
  static_assert(std::is_aggregate_v<PaymentService::Options>);
  static_assert(std::is_aggregate_v<NoOptions>);
  static_assert(std::is_aggregate_v<ManyOptions>);
  const PaymentService payments{{.timeout = 50ms}};
  EXPECT_EQ(payments.options().timeout, 50ms);
  EXPECT_EQ(payments.options().currencies.size(), 3U);
}

TEST(Options, AreDescribedByTheirMembers) {
  EXPECT_EQ(keys_of(config::type_of<PaymentService::Options>()),
            (std::vector<std::string_view>{"timeout", "currencies"}));
  EXPECT_TRUE(keys_of(config::type_of<NoOptions>()).empty());
  static_assert(config::Described<NoOptions>);
  static_assert(!config::Described<int>);
}

TEST(Options, HaveUpTo32Members) {
  const auto keys = keys_of(config::type_of<ManyOptions>());
  ASSERT_EQ(keys.size(), 32U);
  EXPECT_EQ(keys.front(), "a0");
  EXPECT_EQ(keys.back(), "d1");
}

TEST(AnyOptions, HoldWhatTheyWereMadeFrom) {
  const AnyOptions any = PaymentService::Options{.timeout = 50ms};
  ASSERT_NE(any.get_if<PaymentService::Options>(), nullptr);
  EXPECT_EQ(any.get_if<PaymentService::Options>()->timeout, 50ms);
  EXPECT_EQ(any.get_if<NoOptions>(), nullptr);
  EXPECT_EQ(any.description(), &config::type_of<PaymentService::Options>());
  EXPECT_EQ(any.type(), "");
  EXPECT_EQ(AnyOptions(NoOptions{}, "jsonl").type(), "jsonl");
}

TEST(AnyOptions, AreValues) {
  AnyOptions first = PaymentService::Options{.timeout = 50ms};
  AnyOptions second = first;
  static_cast<PaymentService::Options*>(second.data())->timeout = 1s;
  EXPECT_EQ(first.get_if<PaymentService::Options>()->timeout, 50ms);
  first = std::move(second);
  EXPECT_EQ(first.get_if<PaymentService::Options>()->timeout, 1s);
  auto& same = first;
  first = same;
  EXPECT_EQ(first.get_if<PaymentService::Options>()->timeout, 1s);
  first = NoOptions{};
  EXPECT_NE(first.get_if<NoOptions>(), nullptr);
}

TEST(AnyOptions, MayBeEmpty) {
  const AnyOptions empty;
  AnyOptions copy = empty;
  copy.set_type("memory");
  EXPECT_EQ(copy.type(), "memory");
  EXPECT_EQ(copy.description(), nullptr);
  EXPECT_EQ(copy.data(), nullptr);
  EXPECT_EQ(copy.get_if<NoOptions>(), nullptr);
}

TEST(TaskConfig, IsWrittenWithDesignatedInitializers) {
  const TaskConfig task{
      .connectors = {{"orders", NoOptions{}}},
      .services = {{"payments", PaymentService::Options{.timeout = 250ms}}},
      .policies = {.consumer = {.loop = {.concurrency = 4}, .fetch = {.batch = {.size = 10}}}},
      .resource = {.attributes = {{"service.version", "1.10"}}},
      .logging = LoggingConfig{.level = Level::debug, .handlers = {ConsoleHandler{.formatter = "json"}}},
      .metrics = MetricsConfig{.readers = {PeriodicReader{.interval = 10s}}},
      .tracing = TracingConfig{.sampler = TraceIdRatioBased{.ratio = 0.25},
                               .processors = {SimpleSpanProcessor{.exporter = ConsoleExporter{}}}}};
  static_assert(std::is_aggregate_v<TaskConfig>);
  EXPECT_EQ(task.workers, 1);
  EXPECT_EQ(task.services.at("payments").get_if<PaymentService::Options>()->timeout, 250ms);
  EXPECT_EQ(task.policies.consumer.fetch.batch.size, 10);
}

}  // namespace
}  // namespace ergon
