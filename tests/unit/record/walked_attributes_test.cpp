#include <gtest/gtest.h>

#include <ranges>
#include <string>
#include <vector>

#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

// Attributes that are ranges: the program's own code walks them, and it may record in its turn.
namespace ergon::test {
namespace {

using ergon::testing::find;
using ergon::testing::RecordedLog;
using ergon::testing::RecordedSpan;
using ergon::testing::Recorder;
using ergon::testing::Recording;

template <class AnySpan>
void record_while_recording(AnySpan& span) {
  const std::vector<int> numbers{1, 2};
  const auto recording = numbers | std::views::transform([&](int number) {
                           span.add_event("seen", {{"number", number}});
                           span.set_attribute("seen", number);
                           return number;
                         });
  span.set_attribute("range", recording);
  span.set_attribute("range", recording);
  span.add_event("event", {{"range", recording}});
  span.add_link(span.context(), {{"range", recording}});
}

TEST(Span, MayBeRecordedOnByItsOwnAttributes) {
  Recorder recorder;
  const Tracer tracer = get_tracer("walked");
  {
    Span movable = tracer.start_span("movable");
    record_while_recording(movable);
    auto scoped = tracer.scoped_span("scoped");
    record_while_recording(scoped);
  }
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.spans().size(), 2U);
  for (const RecordedSpan& span : recording.spans()) {
    EXPECT_EQ(span.attributes.size(), 2U) << span.name;
    EXPECT_EQ(find(span.attributes, "range"), "[1,2]") << span.name;
    EXPECT_EQ(find(span.attributes, "seen"), "2") << span.name;
    ASSERT_EQ(span.events.size(), 9U) << span.name;
    EXPECT_EQ(find(span.events[6].attributes, "range"), "[1,2]") << span.name;
    ASSERT_EQ(span.links.size(), 1U) << span.name;
  }
}

TEST(Logger, KeepsItsAttributesWhileOneOfThemLogs) {
  Recorder recorder;
  const Logger log = get_logger("logger");
  const std::vector<int> numbers{1, 2};
  const auto logging = numbers | std::views::transform([&](int number) {
                         log.with({{"inner", std::string(600, 'i')}}).info("inner");
                         return number;
                       });
  log.with({{"first", "1"}, {"range", logging}, {"last", 3}}).info("outer");
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.logs().size(), 3U);
  const RecordedLog& outer = recording.logs().back();
  EXPECT_EQ(outer.attributes.size(), 3U);
  EXPECT_EQ(find(outer.attributes, "first"), "1");
  EXPECT_EQ(find(outer.attributes, "range"), "[1,2]");
  EXPECT_EQ(find(outer.attributes, "last"), "3");
  EXPECT_EQ(find(recording.logs().front().attributes, "inner"), std::string(600, 'i'));
}

}  // namespace
}  // namespace ergon::test
