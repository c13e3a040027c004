#include "connectors/jsonl/line_reader.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <ergon/task/errors.hpp>

#include "unit/connectors/fifo.hpp"
#include "unit/connectors/temporary_file.hpp"

namespace ergon::detail {
namespace {

using test::Fifo;
using test::TemporaryFile;
using Wait = LineReader::Wait;

std::vector<std::string> lines_of(const std::string& text) {
  const TemporaryFile file(text);
  LineReader reader(file.path());
  std::vector<std::string> lines;
  while (const auto line = reader.next(Wait::yes)) {
    EXPECT_EQ(line->number, lines.size() + 1);
    lines.push_back(line->is_too_long ? "<too long>" : std::string(line->text));
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(LineReader, EndsLinesAtNewlines) {
  EXPECT_EQ(lines_of(""), Lines{});
  EXPECT_EQ(lines_of("a"), Lines{"a"});
  EXPECT_EQ(lines_of("a\n"), Lines{"a"});
  EXPECT_EQ(lines_of("a\n\nb"), (Lines{"a", "", "b"}));
}

TEST(LineReader, PassesOverAnEmptyLastLine) {
  EXPECT_EQ(lines_of("\n"), Lines{});
  EXPECT_EQ(lines_of("a\n\n"), Lines{"a"});
  EXPECT_EQ(lines_of("a\n\n\n"), (Lines{"a", ""}));
  EXPECT_EQ(lines_of("a\r\n\r"), Lines{"a"});
}

TEST(LineReader, TakesCarriageReturnsOff) {
  EXPECT_EQ(lines_of("a\r\nb\r\rc\r\n\r\n"), (Lines{"a", "b\r\rc"}));
}

TEST(LineReader, KeepsAnyByte) {
  const std::string text("\0\xff\x80 x", 5);
  EXPECT_EQ(lines_of(text + "\n" + text), (Lines{text, text}));
}

TEST(LineReader, CarriesLinesOverTheEdgeOfItsBuffer) {
  Lines lines;
  std::string text;
  for (std::size_t size = 0; size < 2'000; ++size) {
    lines.emplace_back(size, static_cast<char>('a' + size % 26));
    text += lines.back() + "\n";
  }
  lines.emplace_back(1U << 20U, 'x');
  EXPECT_EQ(lines_of(text + lines.back()), lines);
}

TEST(LineReader, PassesOverLinesThatAreTooLong) {
  const std::string longest(LineReader::kLongestLine, 'x');
  EXPECT_EQ(lines_of("a\n" + longest + "\nb\n"), (Lines{"a", longest, "b"}));
  EXPECT_EQ(lines_of("a\n" + longest + "x\nb\n"), (Lines{"a", "<too long>", "b"}));
  EXPECT_EQ(lines_of("a\n" + longest + longest + longest), (Lines{"a", "<too long>"}));
}

std::string text_of(const std::optional<LineReader::Line>& line) {
  return line ? std::string(line->text) : "none";
}

TEST(LineReader, ReadsAPipeAsItComes) {
  const Fifo fifo;
  LineReader reader(fifo.path());
  EXPECT_EQ(text_of(reader.next(Wait::no)), "none");
  auto writer = fifo.open_writer();
  writer << "a\nb" << std::flush;
  EXPECT_EQ(text_of(reader.next(Wait::yes)), "a");
  EXPECT_EQ(text_of(reader.next(Wait::no)), "none");  // it may go on
  writer << "c\n\n" << std::flush;
  EXPECT_EQ(text_of(reader.next(Wait::no)), "bc");
  EXPECT_EQ(text_of(reader.next(Wait::no)), "none");  // it may be the last
  writer << "d" << std::flush;
  EXPECT_EQ(text_of(reader.next(Wait::no)), "");
  writer.close();
  EXPECT_EQ(text_of(reader.next(Wait::yes)), "d");
  EXPECT_EQ(text_of(reader.next(Wait::yes)), "none");
}

TEST(LineReader, HasEndedForGood) {
  const Fifo fifo;
  LineReader reader(fifo.path());
  fifo.open_writer() << "a\n";
  EXPECT_EQ(text_of(reader.next(Wait::yes)), "a");
  EXPECT_EQ(text_of(reader.next(Wait::yes)), "none");
  auto another = fifo.open_writer();
  EXPECT_EQ(text_of(reader.next(Wait::yes)), "none");
}

TEST(LineReader, StopsWaitingWhenAsked) {
  const Fifo fifo;
  std::stop_source stop;
  LineReader reader(fifo.path(), stop.get_token());
  auto writer = fifo.open_writer();
  writer << "half a li" << std::flush;
  const std::jthread asking([&] { stop.request_stop(); });
  EXPECT_EQ(text_of(reader.next(Wait::yes)), "none");
}

TEST(LineReader, SaysWhatItCanNotOpen) {
  try {
    LineReader reader("/nonexistent/orders.jsonl");
    FAIL();
  } catch (const SystemError& error) {
    EXPECT_STREQ(error.what(), "cannot open /nonexistent/orders.jsonl: No such file or directory");
  }
  try {
    LineReader reader("/");
    FAIL();
  } catch (const SystemError& error) {
    EXPECT_STREQ(error.what(), "cannot open /: Is a directory");
  }
}

}  // namespace
}  // namespace ergon::detail
