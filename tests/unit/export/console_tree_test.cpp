#include "telemetry/export/console_tree.hpp"

#include <gmock/gmock.h>

#include <cstddef>
#include <regex>
#include <string>
#include <vector>

#include "unit/export/console_batch.hpp"

namespace ergon::telemetry::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kTime = "[0-9-]* [0-9:]*";             // local time
const std::string kColumns = R"( +\+[0-9.]+[num]*s +)";  // an offset, and where the line goes on

std::string id_of(const SpanContext& context) { return "span_id=" + context.span_id.to_hex(); }

std::string span_line(const std::string& indentation, const std::string& rest) {
  return kColumns + "[0-9.]+[num]*s  " + indentation + rest;
}

TEST(ConsoleTree, ShowsBytesAsBase64) {
  MemorySession session;
  const std::vector<std::byte> one(1, std::byte{0xFF});
  const std::vector<std::byte> three{std::byte{'M'}, std::byte{'a'}, std::byte{'n'}};
  const std::vector<std::byte> five{std::byte{'M'}, std::byte{'a'}, std::byte{'n'}, std::byte{0},
                                    std::byte{1}};
  get_tracer("t").scoped_span("s", {{"one", one}, {"three", three}, {"five", five}}).end();
  EXPECT_THAT(spans_as_text(batch_of(session, Signal::spans)),
              HasSubstr(" one=\"/w==\" three=\"TWFu\" five=\"TWFuAAE=\"\n"));
}

TEST(ConsoleTree, ShowsATraceWithAllOfItsSpans) {
  MemorySession session;
  const auto tracer = get_tracer("t");
  SpanContext root_context;
  SpanContext child_context;
  const SpanContext linked{.trace_id = {{1}}, .span_id = {{2}}};
  {
    auto root =
        tracer.scoped_span("order", {{"order.id", "o-1"}, {"items", 2}}, {.kind = SpanKind::consumer});
    root.add_link(linked, {{"from", "batch"}});
    root_context = root.context();
    {
      auto child = tracer.scoped_span("charge");
      child_context = child.context();
      child.record_exception("my::Error", "no money");
    }
    const auto last = tracer.scoped_span("ack");
  }
  EXPECT_THAT(
      lines_of(spans_as_text(batch_of(session, Signal::spans))),
      ElementsAre(
          MatchesRegex(R"(\[trace\] )" + root_context.trace_id.to_hex() + " service=test start=" + kTime),
          MatchesRegex(span_line("", "order CONSUMER " + id_of(root_context))),
          MatchesRegex(" +order.id=o-1 items=2"),
          MatchesRegex(R"( +\[link\] trace_id=01[0]{30} span_id=02[0]{14} from=batch)"),
          MatchesRegex(span_line("  ", R"(charge ERROR\(no money\) )" + id_of(child_context))),
          MatchesRegex(" +error.type=my::Error"),
          MatchesRegex(kColumns +
                       R"(\[event\] exception exception.type=my::Error exception.message=no money)"),
          MatchesRegex(span_line("  ", "ack span_id=[0-9a-f]*"))));
}

TEST(ConsoleTree, MeasuresOffsetsFromTheStartOfTheTrace) {
  MemorySession session;
  {
    const auto root = get_tracer("t").scoped_span("root");
    const auto child = get_tracer("t").scoped_span("child");
  }
  const auto lines = lines_of(spans_as_text(batch_of(session, Signal::spans)));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[1], StartsWith("      +0ns "));
  EXPECT_THAT(lines[2], Not(StartsWith("      +0ns ")));
}

TEST(ConsoleTree, PutsEachTraceTogether) {
  MemorySession session;
  const auto tracer = get_tracer("t");
  auto first = tracer.start_span("first");
  auto second = tracer.start_span("second", {}, {.root = true});
  const SpanContext first_context = first.context();
  const SpanContext second_context = second.context();
  tracer.start_span("below second", {}, {.parent = &second_context}).end();
  tracer.start_span("below first", {}, {.parent = &first_context}).end();
  second.end();
  first.end();
  EXPECT_THAT(
      lines_of(spans_as_text(batch_of(session, Signal::spans))),
      ElementsAre(StartsWith("[trace] " + first_context.trace_id.to_hex()), HasSubstr("s  first "),
                  HasSubstr("s    below first "), StartsWith("[trace] " + second_context.trace_id.to_hex()),
                  HasSubstr("s  second "), HasSubstr("s    below second ")));
}

// A batch may end in the midst of a trace, and a `simple` processor's always does.
TEST(ConsoleTree, NamesAParentThatIsInNoneOfItsSpans) {
  MemorySession session;
  const auto root = get_tracer("t").scoped_span("root");
  get_tracer("t").start_span("child").end();
  const auto lines = lines_of(spans_as_text(batch_of(session, Signal::spans)));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[1], MatchesRegex(span_line("", R"(child span_id=[0-9a-f]* \(parent )" +
                                                       root.context().span_id.to_hex() + R"(\))")));
}

TEST(ConsoleTree, BreaksLinesBetweenAttributes) {
  MemorySession session;
  const std::string long_value(200, 'x');
  get_tracer("t")
      .start_span(
          "s",
          {{"a", std::string(50, 'a')}, {"b", std::string(50, 'b')}, {"c", 1}, {"d", long_value}, {"e", 2}})
      .end();
  EXPECT_THAT(lines_of(spans_as_text(batch_of(session, Signal::spans))),
              ElementsAre(StartsWith("[trace] "), HasSubstr(" s span_id="), MatchesRegex(" +a=a{50}"),
                          MatchesRegex(" +b=b{50} c=1"), MatchesRegex(" +d=x{200}"), MatchesRegex(" +e=2")));
}

void descend(int levels) {
  const auto span = get_tracer("t").scoped_span("level");
  if (levels > 1) descend(levels - 1);
}

TEST(ConsoleTree, DoesNotIndentForEver) {
  MemorySession session;
  descend(500);
  const auto lines = lines_of(spans_as_text(batch_of(session, Signal::spans)));
  ASSERT_EQ(lines.size(), 501U);
  const auto column_of = [&](std::size_t line) { return lines[line].find("level"); };
  EXPECT_EQ(column_of(33), column_of(1) + 64);
  EXPECT_THAT(lines[33], Not(HasSubstr("(parent ")));
  EXPECT_EQ(column_of(34), column_of(33));
  EXPECT_THAT(lines[34], HasSubstr("(parent "));
  EXPECT_EQ(column_of(500), column_of(33));
}

TEST(ConsoleTree, LetsNoSpanForgeALine) {
  MemorySession session;
  {
    auto span = get_tracer(nasty()).scoped_span(nasty(), {{nasty(), nasty()}});
    span.add_event(nasty(), {{nasty(), nasty()}});
    span.add_link(span.context(), {{nasty(), nasty()}});
    span.set_status(StatusCode::error, nasty());
  }
  const auto lines = lines_of(spans_as_text(batch_of(session, Signal::spans)));
  EXPECT_EQ(lines.size(), 5U);
  for (const std::string& line : lines) EXPECT_TRUE(is_harmless(line)) << line;
}

// What a terminal shows is the plain text; colours come from us alone and end with each line.
TEST(ConsoleTree, ColoursWhatATerminalShows) {
  MemorySession session;
  {
    auto span = get_tracer("t").scoped_span("failed", {{"k", "\x1b[31mred"}});
    span.set_status(StatusCode::error, "bad");
  }
  get_tracer("t").start_span("fine").set_status(StatusCode::ok);
  const ExportBatch batch = batch_of(session, Signal::spans);
  const std::string coloured = spans_in_colour(batch);
  EXPECT_THAT(coloured, AllOf(HasSubstr("\x1b[31m ERROR(bad)\x1b[0m"), HasSubstr("\x1b[32m OK\x1b[0m"),
                              HasSubstr("\x1b[1mfailed\x1b[0m")));
  for (const std::string& line : lines_of(coloured))
    EXPECT_TRUE(line.ends_with("\x1b[0m") || line.starts_with("\x1b[1;36m[trace]")) << line;
  EXPECT_EQ(std::regex_replace(coloured, std::regex("\x1b\\[[0-9;]*m"), ""), spans_as_text(batch));
}

TEST(ConsoleTree, ReadsARequestThatIsCutOff) {
  MemorySession session;
  {
    auto span = get_tracer("t").scoped_span("s", {{"a", Map{{"b", std::vector<int>{1}}}}});
    span.add_event("e", {{"k", "v"}});
    span.add_link(span.context(), {{"k", "v"}});
    span.set_status(StatusCode::error, "bad");
  }
  const ExportBatch whole = batch_of(session, Signal::spans);
  for (std::size_t size = kPayloadOffset; size < whole.payload.size(); ++size) {
    ExportBatch cut;
    cut.payload = whole.payload.substr(0, size);
    static_cast<void>(spans_as_text(cut));
  }
}

}  // namespace
}  // namespace ergon::telemetry::test
