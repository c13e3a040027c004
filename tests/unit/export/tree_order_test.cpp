#include "telemetry/export/tree_order.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ergon::telemetry::test {
namespace {

using testing::RecordedSpan;

RecordedSpan span(std::uint8_t trace, std::uint8_t id, std::uint8_t parent, std::uint64_t start) {
  RecordedSpan span;
  span.context.trace_id.bytes[0] = trace;
  span.context.span_id.bytes[0] = id;
  span.parent_span_id.bytes[0] = parent;
  span.start_unix_nanoseconds = start;
  return span;
}

// Ids, each with its depth in front: "0:1 1:2".
std::string order_of(const std::vector<RecordedSpan>& spans) {
  std::string text;
  for (const auto& [span, depth] : in_tree_order(spans)) {
    if (!text.empty()) text.push_back(' ');
    text.append(std::to_string(depth)).append(":").append(std::to_string(span->context.span_id.bytes[0]));
  }
  return text;
}

TEST(TreeOrder, IsOfStartBelowEachParent) {
  EXPECT_EQ(order_of({span(1, 4, 2, 40), span(1, 3, 1, 30), span(1, 2, 1, 20), span(1, 1, 0, 10)}),
            "0:1 1:2 2:4 1:3");
}

TEST(TreeOrder, KeepsTracesTogether) {
  EXPECT_EQ(order_of({span(1, 1, 0, 10), span(2, 2, 0, 20), span(1, 3, 0, 30), span(2, 4, 2, 40)}),
            "0:1 0:3 0:2 1:4");
}

TEST(TreeOrder, TakesIdsOfAnotherTraceForNoParents) {
  EXPECT_EQ(order_of({span(1, 1, 0, 10), span(2, 2, 1, 20)}), "0:1 0:2");
}

TEST(TreeOrder, LeavesOutNoSpan) {
  EXPECT_EQ(order_of({}), "");
  EXPECT_EQ(order_of({span(1, 1, 1, 10)}), "0:1");
  EXPECT_EQ(order_of({span(1, 1, 2, 10), span(1, 2, 1, 20), span(1, 3, 2, 30)}), "0:1 1:2 2:3");
}

TEST(TreeOrder, GoesAsDeepAsTheSpans) {
  std::vector<RecordedSpan> spans;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    RecordedSpan& next = spans.emplace_back(span(1, 0, 0, i));
    next.context.span_id.bytes = {1, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8),
                                  static_cast<std::uint8_t>(i)};
    if (i > 0) next.parent_span_id = spans[i - 1].context.span_id;
  }
  EXPECT_EQ(in_tree_order(spans).back().depth, 99'999U);
}

}  // namespace
}  // namespace ergon::telemetry::test
