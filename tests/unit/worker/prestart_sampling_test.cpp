#include "telemetry/worker/prestart_sampling.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>

namespace ergon::telemetry::test {
namespace {

// Samples every other span that it is asked about, and says which question that was.
class AlternatingSampler final : public SpanSampler {
 public:
  void should_sample(const SamplingInput& /*input*/, SamplingResult& result) const override {
    const int question = ++questions;
    result.set_attribute("question", question);
    if (question % 2 == 1) result.decision = SamplingDecision::record_and_sample;
  }
  mutable std::atomic<int> questions{0};
};

SpanRecord early_span(std::uint8_t trace, std::uint8_t id, std::uint8_t parent,
                      bool parent_is_remote = false) {
  SpanRecord record{};
  record.header.kind = RecordKind::span;
  record.header.is_prestart = true;
  record.context.trace_id.bytes[0] = trace;
  record.context.span_id.bytes[0] = id;
  record.parent_span_id.bytes[0] = parent;
  record.parent_is_remote = parent_is_remote;
  return record;
}

class EarlySpans : public testing::Test {
 protected:
  PrestartSampling::Verdict expect_one_question(const SpanRecord& record, int questions) {
    const auto verdict = sampling_.decide(record);
    const auto again = sampling_.decide(record);
    EXPECT_EQ(again.is_sampled(), verdict.is_sampled());
    EXPECT_EQ(again.fields, verdict.fields);
    EXPECT_EQ(sampler_->questions, questions);
    return verdict;
  }

  std::shared_ptr<AlternatingSampler> sampler_ = std::make_shared<AlternatingSampler>();
  PrestartSampling sampling_{sampler_};
};

// As one that is held back for lack of memory does.
TEST_F(EarlySpans, AreDecidedOnceHoweverOftenTheyCome) {
  const SpanRecord root = early_span(1, 1, 0);
  const SpanRecord* const root_record = &root;
  const RecordHeader* const header = &root_record->header;
  sampling_.look_at({&header, 1});
  EXPECT_TRUE(expect_one_question(root, 1).is_sampled());
  EXPECT_FALSE(expect_one_question(early_span(1, 2, 1), 2).is_sampled());
  EXPECT_TRUE(expect_one_question(early_span(1, 3, 1), 3).is_sampled());
}

TEST_F(EarlySpans, StandForTheirRootWithOneQuestion) {
  EXPECT_TRUE(expect_one_question(early_span(1, 2, 1), 1).is_sampled()) << "its root is still open";
  EXPECT_FALSE(expect_one_question(early_span(1, 3, 1), 2).is_sampled());
}

// Two calls of one sender's: each is a local root in the same trace.
TEST_F(EarlySpans, WithARemoteParentHaveAVerdictOfTheirOwn) {
  const auto first = expect_one_question(early_span(1, 2, 9, true), 1);
  const auto second = expect_one_question(early_span(1, 3, 9, true), 2);
  EXPECT_NE(first.is_sampled(), second.is_sampled());
  EXPECT_NE(first.fields, second.fields);
}

TEST_F(EarlySpans, AreForgottenWhenTheyHaveBeenTaken) {
  expect_one_question(early_span(1, 1, 0), 1);
  const SpanRecord child = early_span(1, 2, 1);
  expect_one_question(child, 2);
  sampling_.forget(child);
  expect_one_question(child, 3);
}

}  // namespace
}  // namespace ergon::telemetry::test
