#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

#include "telemetry/export/otlp_reader.hpp"
#include "unit/support_engine/fresh_process.hpp"
#include "unit/support_engine/memory_session.hpp"

namespace ergon::test {

enum Plain : int { plain_one = 1 };
enum class Named : std::uint8_t { red, green };
enum Spoken : int { spoken_one = 1 };        // with a formatter of its own
enum Converted : int { converted_one = 1 };  // with format_as
inline int format_as(Converted value) { return value + 10; }

enum class Unspoken : std::uint8_t { nothing };

struct Point {
  int x{0};
  int y{0};
};
struct Thrower {};
struct Views {  // has a pointer to what may be gone later, and is trivially copyable
  const char* text{nullptr};
};
struct Convertible {
  operator std::string_view() const { return "as text"; }  // NOLINT: implicit on purpose
};

std::thread::id g_formatted_on;

}  // namespace ergon::test

template <>
struct fmt::formatter<ergon::test::Named> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(ergon::test::Named value, Context& context) const {
    return fmt::formatter<std::string_view>::format(value == ergon::test::Named::red ? "red" : "green",
                                                    context);
  }
};
template <>
struct fmt::formatter<ergon::test::Spoken> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(ergon::test::Spoken, Context& context) const {
    return fmt::formatter<std::string_view>::format("one", context);
  }
};
template <>
struct fmt::formatter<ergon::test::Point> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const ergon::test::Point& value, Context& context) const {
    ergon::test::g_formatted_on = std::this_thread::get_id();
    return fmt::format_to(context.out(), "({}, {})", value.x, value.y);
  }
};
template <>
struct fmt::formatter<ergon::test::Thrower> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const ergon::test::Thrower&, Context& context) const {
    throw std::runtime_error("no words");
    return context.out();
  }
};
template <>
struct fmt::formatter<ergon::test::Views> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const ergon::test::Views& value, Context& context) const {
    return fmt::formatter<std::string_view>::format(value.text, context);
  }
};
template <>
struct fmt::formatter<ergon::test::Convertible> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const ergon::test::Convertible&, Context& context) const {
    return fmt::formatter<std::string_view>::format("as formatted", context);
  }
};

namespace ergon::test {
namespace {

using ergon::testing::find;
using ergon::testing::RecordedLog;
using ergon::testing::Recorder;
using ergon::testing::Recording;

const Logger& logger() {
  static const Logger kLogger = get_logger("log.call");
  return kLogger;
}

std::vector<std::string> messages(Recorder& recorder) {
  std::vector<std::string> all;
  const Recording recording = recorder.stop();
  for (const RecordedLog& log : recording.logs()) all.push_back(log.message);
  return all;
}

template <class... Args>
void expect_as_formatted(detail::LogText<Args...> text, const Args&... args) {
  Recorder recorder;
  logger().info(text, args...);
  const std::string expected = fmt::format(fmt::runtime(text.text), args...);
  EXPECT_EQ(messages(recorder), std::vector{expected});
}

// The formatting of {fmt} itself is the oracle.
TEST(LogCall, FormatsNumbers) {
  expect_as_formatted("nothing to fill in");
  expect_as_formatted("{{}} {}", 1);
  expect_as_formatted("{} {} {}", std::int8_t{-5}, std::uint64_t{UINT64_MAX},
                      std::numeric_limits<std::int64_t>::min());
  expect_as_formatted("{:#x} {:>10} {:+} {:.3f} {}", 255, 42, 7, 3.14159, 1e300);
  expect_as_formatted("{} {:.2} {}", 1.5F, 2.5L, -0.0);
  expect_as_formatted("{1} {0} {1}", 1, 2);
  expect_as_formatted("{:{}}", 5, 10);
}

TEST(LogCall, FormatsCharactersTruthAndAddresses) {
  expect_as_formatted("{} {:d} {} {:d}", 'x', 'x', true, false);
  expect_as_formatted("{} {}", static_cast<const void*>(&logger()), nullptr);
  int number = 0;
  expect_as_formatted("{}", static_cast<void*>(&number));
  expect_as_formatted("{}", fmt::ptr(&number));
}

TEST(LogCall, FormatsTexts) {
  const std::string text(300, 'y');
  const char array[] = "array";
  expect_as_formatted("{} {} {:>8} {}", text, std::string_view("view"), std::string("right"), array);
  const char* pointer = "pointer";
  expect_as_formatted("{} {:.3}", pointer, pointer);
  expect_as_formatted("{}|{}", std::string(), std::string_view());
  expect_as_formatted("{}", std::string("nul \0 inside", 12));
}

TEST(LogCall, FormatsEnumsAndTimes) {
  expect_as_formatted("{} {} {}", Named::green, spoken_one, static_cast<int>(plain_one));
  expect_as_formatted("{}", converted_one);
#if FMT_VERSION < 100000  // later ones want a formatter for each enum
  expect_as_formatted("{}", plain_one);
#endif
  expect_as_formatted("{} {:%S}", std::chrono::milliseconds(1'500), std::chrono::seconds(7));
  expect_as_formatted("{:%Y}", std::chrono::system_clock::time_point{});
}

TEST(LogCall, TakesManyArguments) {
  expect_as_formatted("{} {} {} {} {} {} {} {} {} {} {} {}", 1, "2", '3', 4.0, std::string("5"), 6U, 7L, true,
                      9, "10", 11, std::string_view("12"));
}

// A char array that may be written to, as a stack buffer is.
TEST(LogCall, TakesABufferOfCharacters) {
  Recorder recorder;
  char buffer[32] = "hello";
  logger().info("{} {}", buffer, static_cast<char*>(buffer));
  EXPECT_EQ(messages(recorder), std::vector<std::string>{"hello hello"});
}

TEST(LogCall, SurvivesANullText) {
  Recorder recorder;
  const char* nothing = nullptr;
  logger().info("[{}]", nothing);
  const auto all = messages(recorder);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].starts_with("[")) << all[0];
}

TEST(LogCall, DefersOnlyWhatIsSafeToCopy) {
  using detail::kIsDeferrable;
  static_assert(kIsDeferrable<int> && kIsDeferrable<bool> && kIsDeferrable<char> && kIsDeferrable<double>);
  static_assert(!kIsDeferrable<std::chrono::system_clock::time_point>);
  static_assert(kIsDeferrable<Plain> && kIsDeferrable<std::chrono::nanoseconds> &&
                kIsDeferrable<const void*>);
  static_assert(kIsDeferrable<std::string> && kIsDeferrable<std::string_view> && kIsDeferrable<const char*>);
  static_assert(!kIsDeferrable<Named> && !kIsDeferrable<Point> && !kIsDeferrable<Views> &&
                !kIsDeferrable<int*>);
  static_assert(!kIsDeferrable<decltype(fmt::join(std::vector<int>{}, ","))>);
  static_assert(!kIsDeferrable<Convertible>, "its own formatter may say something else");
  static_assert(!kIsDeferrable<Spoken> && !kIsDeferrable<Converted>, "an enum's own formatter as well");
  static_assert(!kIsDeferrable<Unspoken>, "{fmt} itself refuses it");
}

TEST(LogCall, FormatsOtherTypesOnTheCallersThread) {
  Recorder recorder;
  logger().info("at {}", Point{1, 2});
  EXPECT_EQ(g_formatted_on, std::this_thread::get_id());
  logger().info("{}", Convertible{});
  logger().info("{}", fmt::join(std::vector{1, 2, 3}, "+"));
  EXPECT_EQ(messages(recorder), (std::vector<std::string>{"at (1, 2)", "as formatted", "1+2+3"}));
}

TEST(LogCall, LeavesANoteWhereAFormatterThrows) {
  Recorder recorder;
  logger().info("before {} after", Thrower{});
  logger().info("still logs");
  const auto all = messages(recorder);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_NE(all[0].find("before {} after"), std::string::npos);
  EXPECT_NE(all[0].find("no words"), std::string::npos);
}

TEST(LogCall, TakesTextsThatAreOnlyKnownAtRunTime) {
  Recorder recorder;
  {
    const std::string text = "{} of " + std::string(50, 'z') + " {}";
    logger().info(fmt::runtime(text), 1, "two");
  }
  logger().info(fmt::runtime("broken {"), 1);
  logger().info(fmt::runtime("{} {}"), 1);
  const auto all = messages(recorder);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0], "1 of " + std::string(50, 'z') + " two");
  EXPECT_NE(all[1].find("broken {"), std::string::npos);
  EXPECT_NE(all[2].find("not formatted"), std::string::npos);
}

// What is recorded before a session stays in the ring until one starts: by then the originals are gone.
void log_what_is_gone_at_the_start() {
  {
    std::string text = "a text that does not fit into a small string";
    auto owned =
        std::make_unique<std::string>("behind a pointer that is freed, and long enough for the heap");
    char buffer[] = "a buffer";
    const std::vector<int> numbers{1, 2, 3};
    logger().info("{}", text);
    logger().info("{}", std::string_view(*owned));
    logger().info("{}", owned->c_str());
    logger().info("{}", buffer);
    logger().info("{}", Views{owned->c_str()});
    logger().info("{}", fmt::join(numbers, ", "));
    logger().info(fmt::runtime(*owned));
    logger().with({{text, *owned}}).info("attributes");
    text.assign(text.size(), '#');
    owned->assign(owned->size(), '#');
    std::fill(std::begin(buffer), std::end(buffer), '#');
  }
  MemorySession session;
  std::vector<RecordedLog> logs;
  for (const std::string& request : session.take(telemetry::Signal::logs))
    std::ranges::move(telemetry::read_logs(request).logs, std::back_inserter(logs));
  const std::string freed = "behind a pointer that is freed, and long enough for the heap";
  const std::string text = "a text that does not fit into a small string";
  std::vector<std::string> all;
  for (const RecordedLog& log : logs) all.push_back(log.message);
  ASSERT_EQ(
      all, (std::vector<std::string>{text, freed, freed, "a buffer", freed, "1, 2, 3", freed, "attributes"}));
  EXPECT_EQ(find(logs.back().attributes, text), freed);
}

TEST(LogCall, CopiesWhatItRefersTo) { run_in_fresh_process(&log_what_is_gone_at_the_start); }

}  // namespace
}  // namespace ergon::test
