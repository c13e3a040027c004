#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "telemetry/record/append_attribute.hpp"
#include "unit/otlp/decoded.hpp"

namespace ergon::test {
namespace {

constexpr int kLimit = telemetry::kValueDepthLimit;

// Arrays in arrays; the innermost is empty.
struct DeepArray {
  std::vector<DeepArray> items;

  [[nodiscard]] auto begin() const { return items.begin(); }
  [[nodiscard]] auto end() const { return items.end(); }
};

struct DeepEntry;
// Maps in maps; the innermost is empty.
struct DeepMap {
  std::vector<DeepEntry> entries;

  [[nodiscard]] const DeepEntry* begin() const;
  [[nodiscard]] const DeepEntry* end() const;
};
struct DeepEntry {
  std::string first;
  DeepMap second;
};
const DeepEntry* DeepMap::begin() const { return entries.data(); }
const DeepEntry* DeepMap::end() const { return entries.data() + entries.size(); }

DeepArray arrays(int levels) {
  DeepArray deep;
  for (int i = 1; i < levels; ++i) {
    DeepArray outer;
    outer.items.push_back(std::move(deep));
    deep = std::move(outer);
  }
  return deep;
}

DeepMap maps(int levels) {
  DeepMap deep;
  for (int i = 1; i < levels; ++i) {
    DeepMap outer;
    outer.entries.push_back({"level", std::move(deep)});
    deep = std::move(outer);
  }
  return deep;
}

int levels_of(const AnyValue& value) {
  if (value.has_array_value()) {
    return 1 + (value.array_value().values_size() > 0 ? levels_of(value.array_value().values(0)) : 0);
  }
  if (value.has_kvlist_value()) {
    return 1 +
           (value.kvlist_value().values_size() > 0 ? levels_of(value.kvlist_value().values(0).value()) : 0);
  }
  return 0;
}

// What a span's attribute keeps of so many levels.
template <class Deep>
int levels_kept(const Deep& deep) {
  MemorySession session;
  {
    auto span = get_tracer("deep").scoped_span("s", {{"deep", deep}});
  }
  const auto spans = spans_of(session);
  EXPECT_EQ(spans.size(), 1U);
  return spans.empty() ? 0 : levels_of(value_of(spans[0].attributes(), "deep"));
}

TEST(NestedValue, IsKeptWholeUpToTheLimit) {
  for (const int levels : {1, 2, 10, kLimit - 1, kLimit, kLimit + 1}) {
    EXPECT_EQ(levels_kept(arrays(levels)), levels);
    EXPECT_EQ(levels_kept(maps(levels)), levels);
  }
}

TEST(NestedValue, IsCutToAnEmptyOneBeyondTheLimit) {
  for (const int levels : {kLimit + 2, 64, 100, 1'000}) {
    EXPECT_EQ(levels_kept(arrays(levels)), kLimit + 1);
    EXPECT_EQ(levels_kept(maps(levels)), kLimit + 1);
  }
}

// A receiver in C++ or Java refuses a whole request that is nested deeper than 100 messages. `decode` reads
// with that default; the deepest place for an attribute is in an event or a link.
TEST(NestedValue, NeverCostsItsBatch) {
  MemorySession session;
  const DeepMap deep = maps(500);
  {
    auto span = get_tracer("deep").scoped_span("s", {{"deep", deep}});
    span.add_event("event", {{"deep", deep}});
    span.add_link(span.context(), {{"deep", deep}, {"wide", std::vector<DeepMap>(3, deep)}});
    get_logger("deep").with({{"deep", deep}}).info("log");
    get_meter("deep").counter("deep.counter").add(1, {{"deep", deep}});
    get_meter("deep").histogram("deep.histogram").record(1, {{"deep", deep}});
  }
  std::size_t requests = 0;
  for (const std::string& bytes : session.take(telemetry::Signal::spans)) {
    requests += decode<ExportTraceServiceRequest>(bytes).resource_spans_size();
  }
  EXPECT_EQ(requests, 1U);
  EXPECT_EQ(logs_of(session).size(), 1U);
  EXPECT_EQ(metrics_of(session).count("deep.counter"), 1U);
}

TEST(NestedValue, KeepsWhatStandsBesideTheTooDeepOne) {
  MemorySession session;
  {
    auto span = get_tracer("deep").scoped_span(
        "s", {{"map", Map{{"before", 1}, {"deep", arrays(200)}, {"after", 2}}}});
  }
  const auto spans = spans_of(session);
  ASSERT_EQ(spans.size(), 1U);
  const AnyValue map = value_of(spans[0].attributes(), "map");
  EXPECT_EQ(value_of(map.kvlist_value().values(), "before").int_value(), 1);
  EXPECT_EQ(value_of(map.kvlist_value().values(), "after").int_value(), 2);
}

}  // namespace
}  // namespace ergon::test
