#include "connectors/jsonl/line_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <ergon/task/errors.hpp>

#include "unit/connectors/temporary_file.hpp"

namespace ergon::detail {
namespace {

using test::TemporaryFile;

std::vector<std::string> lines_of(const std::string& text) {
  const TemporaryFile file(text);
  LineReader reader(file.path());
  std::vector<std::string> lines;
  while (const auto line = reader.next()) {
    EXPECT_EQ(line->number, lines.size() + 1);
    lines.push_back(line->is_too_long ? "<too long>" : std::string(line->text));
  }
  EXPECT_TRUE(reader.is_at_end());
  return lines;
}

using Lines = std::vector<std::string>;

TEST(LineReader, EndsLinesAtNewlines) {
  EXPECT_EQ(lines_of(""), Lines{});
  EXPECT_EQ(lines_of("a"), Lines{"a"});
  EXPECT_EQ(lines_of("a\n"), Lines{"a"});
  EXPECT_EQ(lines_of("a\n\nb"), (Lines{"a", "", "b"}));
  EXPECT_EQ(lines_of("\n"), Lines{""});
}

TEST(LineReader, TakesCarriageReturnsOff) {
  EXPECT_EQ(lines_of("a\r\nb\r\rc\r\n\r\n"), (Lines{"a", "b\r\rc", ""}));
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
