#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>

#include "conformance/trace/recorded.hpp"

// trace/sdk.md#id-generators, trace/api.md#spancontext; W3C trace context level 2, the random flag.
namespace ergon::test {
namespace {

const Tracer& tracer() {
  static const Tracer kTracer = get_tracer("conformance.ids");
  return kTracer;
}

TEST(Ids, AreNeverZeroAndNeverTwice) {
  constexpr std::size_t kSpans = 20'000;
  MemorySession session;
  std::set<std::string> traces;
  std::set<std::string> spans;
  for (std::size_t i = 0; i < kSpans; ++i) {
    const auto span = tracer().scoped_span("s", {}, {.root = true});
    ASSERT_TRUE(span.context().is_valid());
    traces.insert(span.context().trace_id.to_hex());
    spans.insert(span.context().span_id.to_hex());
  }
  EXPECT_EQ(traces.size(), kSpans);
  EXPECT_EQ(spans.size(), kSpans);
}

TEST(RandomFlag, IsSetOnRoots) {
  MemorySession session;
  EXPECT_EQ(tracer().scoped_span("s").context().trace_flags, SpanContext::kSampled | SpanContext::kRandom);
}

// "Never set or unset in the middle of a trace", and flags that have no meaning yet are sent as 0.
TEST(RandomFlag, IsTheParentsOnChildren) {
  MemorySession session;
  SpanContext parent;
  parent.trace_id.bytes.fill(0xAB);
  parent.span_id.bytes.fill(0xCD);
  parent.is_remote = true;
  for (const unsigned flags : {0x00U, 0x01U, 0x02U, 0x03U, 0xFFU}) {
    parent.trace_flags = static_cast<std::uint8_t>(flags);
    const auto child = tracer().scoped_span("child", {}, {.parent = &parent});
    EXPECT_EQ(child.context().trace_flags, flags & 0x03U) << flags;
    EXPECT_EQ(child.context().trace_id, parent.trace_id);
    EXPECT_NE(child.context().span_id, parent.span_id);
  }
}

}  // namespace
}  // namespace ergon::test
