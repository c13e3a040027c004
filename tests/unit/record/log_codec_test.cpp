#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

#include "telemetry/export/otlp_reader.hpp"
#include "unit/support_engine/fresh_process.hpp"
#include "unit/support_engine/memory_session.hpp"

// Arguments of the program's own types: those with a LogCodec, which wait for the worker, and those without.
namespace ergon::test {

struct CodedPoint {
  std::int32_t x{0};
  std::int16_t y{0};
};

// Of no fixed size, and behind a pointer.
struct Names {
  std::unique_ptr<std::vector<std::string>> all = std::make_unique<std::vector<std::string>>();
};

struct Undecodable {};

// Records telemetry while it is encoded.
struct Chatty {};

struct MoveOnly {
  explicit MoveOnly(int of) : value(std::make_unique<int>(of)) {}
  std::unique_ptr<int> value;
};

std::atomic<std::thread::id> g_point_formatted_on{};

}  // namespace ergon::test

template <>
struct ergon::LogCodec<ergon::test::CodedPoint> : ergon::CopyLogCodec<ergon::test::CodedPoint> {};

template <>
struct ergon::LogCodec<ergon::test::Chatty> {
  static std::size_t size(const test::Chatty& /*value*/) noexcept { return 0; }
  static void encode(const test::Chatty& /*value*/, std::byte* /*to*/) noexcept {
    const auto span = get_tracer("codec").scoped_span("encoding");
    get_logger("codec").info("encoding {}", 1);
  }
  static std::string decode(std::span<const std::byte> /*bytes*/) { return "recorded"; }
};

// Decoded as a text: a codec may answer another type.
template <>
struct ergon::LogCodec<ergon::test::Names> {
  static std::size_t size(const test::Names& names) noexcept {
    std::size_t size = 0;
    for (const std::string& name : *names.all) size += name.size() + 1;
    return size;
  }
  static void encode(const test::Names& names, std::byte* to) noexcept {
    for (const std::string& name : *names.all) {
      std::memcpy(to, name.c_str(), name.size());
      to[name.size()] = std::byte{'|'};
      to += name.size() + 1;
    }
  }
  static std::string_view decode(std::span<const std::byte> bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

template <>
struct ergon::LogCodec<ergon::test::Undecodable> {
  static std::size_t size(const test::Undecodable& /*value*/) noexcept { return 0; }
  static void encode(const test::Undecodable& /*value*/, std::byte* /*to*/) noexcept {}
  static int decode(std::span<const std::byte> /*bytes*/) { throw std::runtime_error("no such version"); }
};

template <>
struct fmt::formatter<ergon::test::CodedPoint> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const ergon::test::CodedPoint& value, Context& context) const {
    ergon::test::g_point_formatted_on = std::this_thread::get_id();
    return fmt::format_to(context.out(), "({}, {})", value.x, value.y);
  }
};
template <>
struct fmt::formatter<ergon::test::Names> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const ergon::test::Names& value, Context& context) const {
    return fmt::format_to(context.out(), "{} names at the call", value.all->size());
  }
};
template <>
struct fmt::formatter<ergon::test::Undecodable> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const ergon::test::Undecodable& /*value*/, Context& context) const {
    return context.out();
  }
};
template <>
struct fmt::formatter<ergon::test::Chatty> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const ergon::test::Chatty& /*value*/, Context& context) const {
    return context.out();
  }
};
template <>
struct fmt::formatter<ergon::test::MoveOnly> : fmt::formatter<int> {
  template <class Context>
  auto format(const ergon::test::MoveOnly& value, Context& context) const {
    return fmt::formatter<int>::format(*value.value, context);
  }
};

namespace ergon::test {
namespace {

using ergon::testing::Recorder;
using ergon::testing::Recording;
using Messages = std::vector<std::string>;

const Logger& logger() {
  static const Logger kLogger = get_logger("log.codec");
  return kLogger;
}

Messages messages(Recorder& recorder) {
  Messages all;
  const Recording recording = recorder.stop();
  for (const auto& log : recording.logs()) all.push_back(log.message);
  return all;
}

TEST(LogCodec, DefersWhatHasOneAndNothingElse) {
  static_assert(detail::kIsDeferrable<CodedPoint> && detail::kIsDeferrable<Names>);
  static_assert(!detail::kIsDeferrable<MoveOnly>);
  static_assert(!detail::kIsDeferrable<std::vector<int>>);
  static_assert(!detail::kIsCoded<int> && !detail::kIsCoded<std::string>, "those need none");
}

TEST(LogCodec, LetsTheWorkerFormat) {
  Recorder recorder;
  logger().info("at {} of {}, {:>4}", CodedPoint{-7, 8}, "text", 9);
  EXPECT_EQ(messages(recorder), Messages{"at (-7, 8) of text,    9"});
  EXPECT_NE(g_point_formatted_on.load(), std::thread::id());
  EXPECT_NE(g_point_formatted_on.load(), std::this_thread::get_id());
}

// Each is stored behind others, so at any address.
TEST(LogCodec, KeepsTheOrderOfArgumentsOfAnySize) {
  Recorder recorder;
  Names names;
  logger().info("{}{}{}{}", 'a', CodedPoint{1, 2}, names, std::string("b"));
  for (int i = 0; i < 3; ++i) names.all->push_back(std::string(20, static_cast<char>('x' + i)));
  logger().with({{"key", 1}}).info("{} {} {}", names, true, CodedPoint{3, 4});
  const std::string all =
      std::string(20, 'x') + "|" + std::string(20, 'y') + "|" + std::string(20, 'z') + "|";
  EXPECT_EQ(messages(recorder), (Messages{"a(1, 2)b", all + " true (3, 4)"}));
}

TEST(LogCodec, TakesLargeOnes) {
  Recorder recorder;
  Names names;
  names.all->emplace_back(200'000, 'n');
  logger().info("{}", names);
  EXPECT_EQ(messages(recorder), Messages{std::string(200'000, 'n') + "|"});
}

TEST(LogCodec, RecordsNothingWhileItEncodes) {
  Recorder recorder;
  logger().info("{}, {}", Chatty{}, 1);
  logger().info("next");
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.logs().size(), 2U);
  EXPECT_EQ(recording.logs()[0].message, "recorded, 1");
  EXPECT_TRUE(recording.spans().empty());
}

TEST(LogCodec, LeavesANoteWhereItCantDecode) {
  Recorder recorder;
  logger().info("before {} after", Undecodable{});
  logger().info("still {}", CodedPoint{1, 1});
  EXPECT_EQ(messages(recorder),
            (Messages{"before {} after [not formatted: no such version]", "still (1, 1)"}));
}

// A text that is known at run time only is formatted at the call, and asks for no codec.
TEST(LogCodec, IsNotAskedWhereTheTextIsOfTheRunTime) {
  Recorder recorder;
  logger().info(fmt::runtime("{} {}"), Names{}, CodedPoint{1, 2});
  EXPECT_EQ(messages(recorder), Messages{"0 names at the call (1, 2)"});
  EXPECT_EQ(g_point_formatted_on.load(), std::this_thread::get_id());
}

// Before a session records stay in the rings: when they are formatted, the originals are gone.
void log_names_that_are_gone_at_the_start() {
  {
    Names names;
    names.all->emplace_back("long enough not to be in the string object itself");
    logger().info("{} {}", names, CodedPoint{5, 6});
    names.all->front().assign(40, '#');
  }
  MemorySession session;
  Messages all;
  for (const std::string& request : session.take(telemetry::Signal::logs)) {
    for (const auto& log : telemetry::read_logs(request).logs) all.push_back(log.message);
  }
  EXPECT_EQ(all, Messages{"long enough not to be in the string object itself| (5, 6)"});
}

TEST(LogCodec, CopiesWhatItStores) { run_in_fresh_process(&log_names_that_are_gone_at_the_start); }

// Neither copied nor kept: its formatter has run when the call returns.
TEST(LogArgument, MayBeMoveOnly) {
  Recorder recorder;
  MoveOnly kept(7);
  logger().info("{:>3}", kept);
  logger().with({{"key", 1}}).info("{} {}", MoveOnly(8), std::move(kept));
  ASSERT_NE(kept.value, nullptr) << "a call takes nothing away";  // NOLINT(bugprone-use-after-move)
  *kept.value = 9;
  EXPECT_EQ(messages(recorder), (Messages{"  7", "8 7"}));
}

}  // namespace
}  // namespace ergon::test
