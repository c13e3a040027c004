#include <gtest/gtest.h>

#include <chrono>

#include "unit/config/everything.hpp"

namespace ergon::config {
namespace {

using namespace std::chrono_literals;

TEST(TaskPolicies, OfAConsumerAreReachedAll) {
  const ConsumerPolicy consumer = task_of_everything().policies.consumer;
  EXPECT_EQ(consumer.loop.concurrency, 4);
  EXPECT_TRUE(consumer.loop.streaming);
  EXPECT_EQ(consumer.loop.limit, 1'000);
  EXPECT_EQ(consumer.loop.timeout, 1h);
  EXPECT_EQ(consumer.fetch.batch.size, 50);
  EXPECT_EQ(consumer.fetch.connector, "orders");
  EXPECT_EQ(consumer.fetch.empty_backoff.initial, 50ms);
  EXPECT_EQ(consumer.fetch.empty_backoff.multiplier, 3);
  EXPECT_EQ(consumer.fetch.empty_backoff.cap, 2s);
  EXPECT_EQ(consumer.fetch.retry.max_attempts, 5);
  EXPECT_EQ(consumer.fetch.retry.timeout, 20s);
  const RetryPolicy& retry = consumer.process.retry;
  EXPECT_EQ(retry.max_attempts, 3);
  EXPECT_EQ(retry.timeout, 2s);
  EXPECT_EQ(retry.backoff, 20ms);
  EXPECT_EQ(retry.backoff_multiplier, 1.5);
  EXPECT_EQ(retry.backoff_cap, 1s);
  EXPECT_EQ(retry.jitter, 0.5);
  EXPECT_EQ(consumer.success.retry.max_attempts, 2);
  EXPECT_EQ(consumer.exception.retry.max_attempts, 4);
  EXPECT_TRUE(consumer.exception.retry.business_errors);
}

TEST(TaskPolicies, OfAProducerAreReachedAll) {
  const Policies policies = task_of_everything().policies;
  const ProducerPolicy& producer = policies.producer;
  EXPECT_EQ(producer.loop.concurrency, 2);
  EXPECT_EQ(producer.batch.size, 10);
  EXPECT_EQ(producer.connector, "results");
  EXPECT_EQ(producer.empty_backoff.initial, 10ms);
  EXPECT_EQ(producer.prepare.retry.max_attempts, 6);
  EXPECT_EQ(producer.dispatch.retry.max_attempts, 7);
  EXPECT_EQ(producer.success.retry.max_attempts, 8);
  EXPECT_EQ(producer.exception.retry.max_attempts, 9);
  EXPECT_EQ(policies.transaction.timeout, 30s);
  EXPECT_EQ(policies.transaction.max_deliveries, 5);
}

TEST(TaskPolicies, OfSupervisionAreReachedAll) {
  const SupervisionConfig supervision = task_of_everything().supervision;
  EXPECT_EQ(supervision.check_interval, 2s);
  EXPECT_EQ(supervision.startup_grace, 10s);
  EXPECT_EQ(supervision.unhealthy_grace, 45s);
  EXPECT_EQ(supervision.shutdown_grace, 20s);
  EXPECT_EQ(supervision.restart.max_restarts, 3);
  EXPECT_EQ(supervision.restart.backoff, 200ms);
  EXPECT_EQ(supervision.restart.backoff_multiplier, 4);
  EXPECT_EQ(supervision.restart.backoff_cap, 10s);
  EXPECT_EQ(supervision.max_transactions, 10'000);
  EXPECT_EQ(supervision.health.file, "health.json");
  EXPECT_EQ(supervision.health.port, 8'086);
  EXPECT_EQ(supervision.health.address, "127.0.0.1");
}

}  // namespace
}  // namespace ergon::config
