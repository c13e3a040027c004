#include "telemetry/worker/pipeline.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/wire.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "telemetry/record/recording_state.hpp"
#include "unit/support_engine/fresh_process.hpp"

namespace ergon::telemetry {
namespace {

using namespace std::chrono_literals;
using ergon::test::run_in_fresh_process;

const Clock::time_point kStart{1'000s};

std::string span_named(const std::string& name) {
  std::string message;
  base::wire::append_field(message, 5, name);
  return message;
}

const detail::Scope& scope(std::string_view name, std::string_view schema_url = {}) {
  return detail::intern_scope(name, {.schema_url = schema_url});
}

Pipeline make_pipeline(std::uint64_t max_records = 10, std::chrono::nanoseconds delay = 5s,
                       std::uint64_t max_queued = UINT64_MAX) {
  g_budget.set_limit(64U << 20U);
  std::string resource;
  std::string pair;
  base::wire::append_field(pair, 1, "service.name");
  std::string value;
  base::wire::append_field(value, 1, "test");
  base::wire::append_field(pair, 2, value);
  base::wire::append_field(resource, 1, pair);
  return Pipeline(3, {.name = "destination",
                      .signal = Signal::spans,
                      .max_records = max_records,
                      .delay = delay,
                      .sink = nullptr,
                      .resource = resource,
                      .max_queued = max_queued});
}

// Adds the record of this number; whether it was taken.
bool add(Pipeline& pipeline, const std::string& message, std::uint64_t number,
         const detail::Scope& its = scope("a"), Clock::time_point now = kStart) {
  return !pipeline.try_add(its, message, {number, 1}, now).has_value();
}

void forget(Pipeline& pipeline, const ExportBatch& batch) {
  pipeline.give_back(batch.charged_bytes);
  pipeline.settle({batch.id, batch.pipeline, batch.count, 0, 0, {}});
}

TEST(Pipeline, IsFullAtItsMostRecords) {
  Pipeline pipeline = make_pipeline(3);
  for (std::uint64_t i = 0; i < 3; ++i) {
    EXPECT_FALSE(pipeline.is_full());
    EXPECT_TRUE(add(pipeline, span_named("s"), i));
  }
  EXPECT_TRUE(pipeline.is_full());
  const ExportBatch batch = pipeline.take(7);
  EXPECT_EQ(batch.id, 7U);
  EXPECT_EQ(batch.pipeline, 3U);
  EXPECT_EQ(batch.count, 3U);
  EXPECT_TRUE(pipeline.is_empty());
  EXPECT_FALSE(pipeline.is_full());
  forget(pipeline, batch);
}

TEST(Pipeline, IsDueWhenItsFirstRecordHasWaited) {
  Pipeline pipeline = make_pipeline();
  EXPECT_FALSE(pipeline.due().has_value());
  add(pipeline, span_named("s"), 0, scope("a"), kStart);
  add(pipeline, span_named("s"), 1, scope("a"), kStart + 3s);
  EXPECT_EQ(pipeline.due(), kStart + 5s);
  forget(pipeline, pipeline.take(1));
  EXPECT_FALSE(pipeline.due().has_value());
  add(pipeline, span_named("s"), 2, scope("a"), kStart + 9s);
  EXPECT_EQ(pipeline.due(), kStart + 14s);
  forget(pipeline, pipeline.take(2));
}

TEST(Pipeline, GroupsByScopeAndNamesTheResource) {
  Pipeline pipeline = make_pipeline();
  for (std::uint64_t i = 0; i < 6; ++i) {
    add(pipeline, span_named(std::to_string(i)), i,
        i % 2 == 0 ? scope("even", "https://schema") : scope("odd"));
  }
  const ExportBatch batch = pipeline.take(1);
  const ReadSpans read = read_spans(batch.request());
  std::string order;
  for (const auto& span : read.spans) order += span.scope + span.name + " ";
  EXPECT_EQ(order, "even0 even2 even4 odd1 odd3 odd5 ");
  EXPECT_EQ(ergon::testing::find(read.resource.attributes, "service.name"), "test");
  EXPECT_NE(batch.payload.find("https://schema"), std::string::npos);
  forget(pipeline, batch);
  add(pipeline, span_named("again"), 6, scope("odd"));
  const ExportBatch next = pipeline.take(2);
  EXPECT_EQ(read_spans(next.request()).spans.size(), 1U) << "nothing of the last batch is left";
  forget(pipeline, next);
}

TEST(Pipeline, KnowsWhichRecordsItHolds) {
  Pipeline pipeline = make_pipeline();
  for (const std::uint64_t number : {5U, 6U, 7U, 10U, 11U, 20U}) add(pipeline, span_named("s"), number);
  pipeline.try_add(scope("a"), span_named("three points"), {21, 3}, kStart);
  const ExportBatch batch = pipeline.take(1);
  ASSERT_EQ(batch.records.size(), 3U);
  EXPECT_EQ(batch.records[0].first, 5U);
  EXPECT_EQ(batch.records[0].count, 3U);
  EXPECT_EQ(batch.records[1].count, 2U);
  EXPECT_EQ(batch.records[2].first, 20U);
  EXPECT_EQ(batch.records[2].count, 4U);
  EXPECT_EQ(batch.count, 9U);
  forget(pipeline, batch);
}

TEST(Pipeline, RefusesARecordThatNoRequestHolds) {
  Pipeline pipeline = make_pipeline();
  EXPECT_EQ(pipeline.try_add(scope("a"), span_named(std::string(kLargestRequest, 'x')), {0, 1}, kStart),
            DropReason::too_large);
  EXPECT_TRUE(pipeline.is_empty());
  EXPECT_EQ(pipeline.counts().created, 1U);
  EXPECT_EQ(pipeline.counts().dropped[static_cast<std::size_t>(DropReason::too_large)], 1U);
  EXPECT_TRUE(pipeline.counts().closes());
}

void refuse_what_the_memory_does_not_hold() {
  Pipeline pipeline = make_pipeline();
  const std::size_t before = g_budget.used();
  g_budget.set_limit(24'000);  // of which half is for batches, cells untouched
  EXPECT_TRUE(add(pipeline, span_named(std::string(6'000, 'x')), 0));
  EXPECT_EQ(pipeline.try_add(scope("a"), span_named(std::string(6'000, 'x')), {1, 1}, kStart),
            DropReason::queue_full);
  EXPECT_TRUE(pipeline.counts().closes());
  const ExportBatch batch = pipeline.take(1);
  EXPECT_GE(batch.charged_bytes, 6'000U);
  forget(pipeline, batch);
  EXPECT_EQ(g_budget.used(), before);
}

TEST(Pipeline, RefusesWhatTheMemoryDoesNotHold) {
  run_in_fresh_process(&refuse_what_the_memory_does_not_hold);
}

// Those under way count, too, until they are settled.
TEST(Pipeline, RefusesWhatGoesBeyondItsQueue) {
  Pipeline pipeline = make_pipeline(2, 5s, 3);
  EXPECT_TRUE(add(pipeline, span_named("s"), 0));
  EXPECT_TRUE(add(pipeline, span_named("s"), 1));
  const ExportBatch batch = pipeline.take(1);
  EXPECT_FALSE(pipeline.lacks_room(scope("a"), 10, 1));
  EXPECT_TRUE(add(pipeline, span_named("s"), 2));
  EXPECT_TRUE(pipeline.lacks_room(scope("a"), 10, 1)) << "under `on_full: block` the next one waits";
  EXPECT_EQ(pipeline.try_add(scope("a"), span_named("s"), {3, 1}, kStart), DropReason::queue_full);
  EXPECT_FALSE(pipeline.is_starved()) << "the batch under way will make room";
  forget(pipeline, batch);
  EXPECT_FALSE(pipeline.lacks_room(scope("a"), 10, 1));
  EXPECT_TRUE(add(pipeline, span_named("s"), 4));
  EXPECT_TRUE(pipeline.counts().closes());
  forget(pipeline, pipeline.take(2));
}

void be_starved_by_a_refusal() {
  Pipeline pipeline = make_pipeline(1'000, 1h);
  g_budget.set_limit(24'000);
  EXPECT_FALSE(pipeline.is_starved());
  EXPECT_TRUE(add(pipeline, span_named(std::string(6'000, 'x')), 0));
  EXPECT_FALSE(pipeline.is_starved());
  EXPECT_FALSE(add(pipeline, span_named(std::string(6'000, 'x')), 1));
  EXPECT_TRUE(pipeline.is_starved());
  forget(pipeline, pipeline.take(1));
  EXPECT_TRUE(add(pipeline, span_named("s"), 2));
  EXPECT_FALSE(pipeline.is_starved()) << "that was the batch before";
  forget(pipeline, pipeline.take(2));
}

TEST(Pipeline, IsStarvedByARefusalWhileItAloneHasTheMemory) {
  run_in_fresh_process(&be_starved_by_a_refusal);
}

TEST(Pipeline, ChargesAllThatARequestOfOneRecordTakes) {
  Pipeline pipeline = make_pipeline(1);
  ASSERT_TRUE(add(pipeline, span_named("s"), 0));
  const ExportBatch batch = pipeline.take(1);
  EXPECT_GE(batch.charged_bytes,
            batch.payload.size() + sizeof batch + batch.records.capacity() * sizeof(RecordRange));
  forget(pipeline, batch);
}

// Adds until the pipeline says that the next would be too much, as the worker does.
ExportBatch fill_up(Pipeline& pipeline, const std::string& message, std::size_t scopes) {
  std::vector<const detail::Scope*> all;
  for (std::size_t i = 0; i < scopes; ++i)
    all.push_back(&scope("a scope with a name of its own, number " + std::to_string(i)));
  for (std::uint64_t number = 0;; ++number) {
    const detail::Scope& its = *all[number % scopes];
    if (pipeline.would_overflow(its, message.size())) return pipeline.take(1);
    EXPECT_TRUE(add(pipeline, message, number, its));
  }
}

// A default Collector refuses more than 4 MiB for good: what surrounds the records counts as well.
TEST(Pipeline, MakesNoRequestThatIsTooLarge) {
  for (const std::size_t size : {1U, 10U, 100U, 130U, 20'000U, 1'000'000U}) {
    Pipeline pipeline = make_pipeline(UINT64_MAX);
    const ExportBatch batch = fill_up(pipeline, span_named(std::string(size, 'x')), 1);
    EXPECT_LE(batch.request().size(), kLargestRequest) << size;
    EXPECT_GT(batch.request().size(), kLargestRequest / 2) << size;
    forget(pipeline, batch);
  }
}

TEST(Pipeline, MakesNoRequestThatIsTooLargeOfManyScopes) {
  Pipeline pipeline = make_pipeline(UINT64_MAX);
  const ExportBatch batch = fill_up(pipeline, span_named(std::string(4'000, 'x')), 500);
  EXPECT_LE(batch.request().size(), kLargestRequest);
  EXPECT_EQ(read_spans(batch.request()).spans.size(), batch.count);
  forget(pipeline, batch);
}

TEST(Pipeline, KeepsItsBooksFromResultsInParts) {
  Pipeline pipeline = make_pipeline();
  for (std::uint64_t i = 0; i < 10; ++i) add(pipeline, span_named("s"), i);
  const ExportBatch batch = pipeline.take(1);
  EXPECT_EQ(pipeline.counts().queued, 10U);
  pipeline.settle({1, 3, 2, 1, 0, {}});
  pipeline.settle({1, 3, 0, 0, 3, DropReason::too_large});
  EXPECT_EQ(pipeline.counts().queued, 4U);
  EXPECT_TRUE(pipeline.counts().closes());
  pipeline.settle({1, 3, 0, 0, 4, DropReason::retry_exhausted});
  const Counts counts = pipeline.counts();
  EXPECT_EQ(counts.delivered, 2U);
  EXPECT_EQ(counts.rejected, 1U);
  EXPECT_EQ(counts.queued, 0U);
  EXPECT_EQ(counts.dropped[static_cast<std::size_t>(DropReason::too_large)], 3U);
  EXPECT_EQ(counts.dropped[static_cast<std::size_t>(DropReason::retry_exhausted)], 4U);
  EXPECT_TRUE(counts.closes());
  pipeline.give_back(batch.charged_bytes);
}

TEST(Pipeline, KnowsWhenAMessageOfSeveralRecordsWouldMakeTheBatchTooLarge) {
  Pipeline pipeline = make_pipeline(10);
  EXPECT_FALSE(pipeline.would_exceed(11)) << "there is nothing that could go before it";
  ASSERT_FALSE(pipeline.try_add(scope("a"), span_named("s"), {1, 7}, kStart).has_value());
  EXPECT_FALSE(pipeline.would_exceed(3));
  EXPECT_TRUE(pipeline.would_exceed(4));
  EXPECT_TRUE(pipeline.would_exceed(UINT64_MAX));
  forget(pipeline, pipeline.take(1));
  Pipeline unlimited = make_pipeline(UINT64_MAX);
  ASSERT_FALSE(unlimited.try_add(scope("a"), span_named("s"), {1, 7}, kStart).has_value());
  EXPECT_FALSE(unlimited.would_exceed(1'000'000));
  forget(unlimited, unlimited.take(1));
}

}  // namespace
}  // namespace ergon::telemetry
