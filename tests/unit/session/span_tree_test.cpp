#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>

#include <string>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>
#include <ergon/testing/span_tree.hpp>

namespace ergon::test {
namespace {

using testing::compare_trees;
using testing::RecordedSpans;
using testing::Recorder;

// An order that is refused, and an acknowledgement.
RecordedSpans order() {
  Recorder recorder;
  const auto tracer = get_tracer("t");
  {
    const auto root = tracer.scoped_span("order", {{"id", "o-1"}, {"n", 2}}, {.kind = SpanKind::consumer});
    {
      auto charge = tracer.scoped_span("charge", {{"id", "c-1"}});
      charge.set_status(StatusCode::error, "no money");
    }
    tracer.scoped_span("ack", {}, {.kind = SpanKind::client}).set_status(StatusCode::ok);
  }
  return recorder.stop().spans();
}

TEST(SpanTree, ShowsWhatItIsAskedFor) {
  const RecordedSpans spans = order();
  EXPECT_EQ(spans.tree(), "order\n  charge\n  ack\n");
  EXPECT_EQ(spans.tree({.kinds = true}), "order CONSUMER\n  charge INTERNAL\n  ack CLIENT\n");
  EXPECT_EQ(spans.tree({.status = true}), "order\n  charge ERROR(no money)\n  ack OK\n");
  EXPECT_EQ(spans.tree({.attributes = {"n", "id"}}), "order n=2 id=o-1\n  charge id=c-1\n  ack\n");
  EXPECT_EQ(spans.tree({.kinds = true, .status = true, .attributes = {"id"}}),
            "order CONSUMER id=o-1\n  charge INTERNAL ERROR(no money) id=c-1\n  ack CLIENT OK\n");
}

TEST(SpanTree, ShowsEventsInOrder) {
  Recorder recorder;
  {
    auto span = get_tracer("t").scoped_span("order");
    span.add_event("retried");
    span.record_exception("my::Error", "no money");
  }
  const RecordedSpans spans = recorder.stop().spans();
  EXPECT_EQ(spans.tree({.events = true}), "order [retried] [exception]\n");
  EXPECT_EQ(spans.tree(), "order\n");
  EXPECT_GE(spans[0].events[0].unix_nanoseconds, spans[0].start_unix_nanoseconds);
  EXPECT_LE(spans[0].events[1].unix_nanoseconds, spans[0].end_unix_nanoseconds);
}

TEST(SpanTree, KeepsEachSpanOnItsLine) {
  Recorder recorder;
  {
    auto span = get_tracer("t").scoped_span("one\ntwo", {{"k", "a\nb"}});
    span.add_event("c\nd");
  }
  EXPECT_EQ(recorder.stop().spans().tree({.attributes = {"k"}, .events = true}),
            "one\\ntwo k=a\\nb [c\\nd]\n");
}

void record_orders(int count) {
  const auto tracer = get_tracer("t");
  for (int i = 0; i < count; ++i) {
    const auto root = tracer.scoped_span("order");
    const auto charge = tracer.scoped_span("charge");
    for (int attempt = 0; attempt < 2; ++attempt) static_cast<void>(tracer.scoped_span("attempt"));
    if (i == 0) static_cast<void>(tracer.scoped_span("abandon"));
  }
}

TEST(SpanTree, MergesWhatIsEqualInAnyOrder) {
  Recorder recorder;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([] { record_orders(100); });
  threads.clear();
  EXPECT_TRUE(compare_trees(recorder.stop().spans().tree({.merges_equal = true}), R"(
order x4
  charge
    abandon
    attempt x2
order x396
  charge
    attempt x2
)"));
}

TEST(SpanTree, MergesOnlyWhatLooksTheSame) {
  Recorder recorder;
  for (int i = 0; i < 4; ++i) get_tracer("t").start_span("order", {{"odd", i % 2 == 1}}).end();
  const RecordedSpans spans = recorder.stop().spans();
  EXPECT_EQ(spans.tree({.merges_equal = true}), "order x4\n");
  EXPECT_EQ(spans.tree({.attributes = {"odd"}, .merges_equal = true}),
            "order odd=false x2\norder odd=true x2\n");
}

TEST(CompareTrees, TakesEqualOnesForEqual) {
  EXPECT_TRUE(compare_trees("a\n  b\n", "a\n  b\n"));
  EXPECT_TRUE(compare_trees("a\n  b\n", "\na\n  b"));
  EXPECT_TRUE(compare_trees("", ""));
  EXPECT_TRUE(compare_trees("", "\n"));
  EXPECT_EQ(compare_trees("a\n", "a").difference(), "");
  EXPECT_FALSE(compare_trees("a\n  b\n", "a\nb\n")) << "another depth";
  EXPECT_FALSE(compare_trees("a\n", "a\n\n"));
  EXPECT_FALSE(compare_trees("", "a\n"));
}

TEST(CompareTrees, MarksTheFirstLineThatDiffers) {
  EXPECT_EQ(
      compare_trees("1\n2\n3\n4\n5\nnew\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\nold\n6\n7\n8\n9\n").difference(),
      "the trees differ from line 6 on (- expected, + actual):\n"
      "  3\n  4\n  5\n- old\n+ new\n  6\n  7\n  8\n");
}

TEST(CompareTrees, ShowsLinesOfOneTreeAlone) {
  EXPECT_EQ(compare_trees("a\n  b\n", "a\n  b\n  c\n").difference(),
            "the trees differ from line 3 on (- expected, + actual):\n  a\n    b\n-   c\n");
  EXPECT_EQ(compare_trees("a\n  b\n", "").difference(),
            "the trees differ from line 1 on (- expected, + actual):\n+ a\n+   b\n");
  EXPECT_EQ(compare_trees("a\na\n", "a\n").difference(),
            "the trees differ from line 2 on (- expected, + actual):\n  a\n+ a\n");
}

TEST(CompareTrees, TellsGoogleTestTheDifference) {
  EXPECT_NONFATAL_FAILURE(EXPECT_TRUE(compare_trees("a\n  b\n", "a\n  c\n")), "-   c\n+   b\n");
  EXPECT_NONFATAL_FAILURE(EXPECT_FALSE(compare_trees("a\n", "a\n")), "Expected: false");
}

}  // namespace
}  // namespace ergon::test
