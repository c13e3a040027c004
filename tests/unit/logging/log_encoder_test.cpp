#include "telemetry/logging/log_encoder.hpp"
#include "telemetry/logging/level_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"

namespace ergon::telemetry {
namespace {

// A record as it lies in a ring, of a text that is the message or of arguments to decode.
class StoredLog {
 public:
  StoredLog(std::string_view text, const detail::LogArguments* stored, std::string_view arguments)
      : bytes_(sizeof(LogRecord) + (stored == nullptr ? text.size() : arguments.size())) {
    LogRecord& record = *new (bytes_.data()) LogRecord{};
    record.text = stored == nullptr ? nullptr : text.data();
    record.text_bytes = static_cast<std::uint32_t>(text.size());
    record.stored = stored;
    record.level = Level::info;
    const std::string_view after = stored == nullptr ? text : arguments;
    std::ranges::copy(std::as_bytes(std::span(after)), bytes_.data() + sizeof(LogRecord));
  }

  [[nodiscard]] const LogRecord& record() const { return *reinterpret_cast<const LogRecord*>(bytes_.data()); }

 private:
  struct alignas(16) Unit {
    std::byte bytes[16];
  };
  struct Bytes {
    explicit Bytes(std::size_t size) : units((size + 15) / 16) {}
    [[nodiscard]] std::byte* data() { return units.data()->bytes; }
    [[nodiscard]] const std::byte* data() const { return units.data()->bytes; }
    std::vector<Unit> units;
  } bytes_;
};

std::string message_of(const StoredLog& log) { return std::string(MessageText().format(log.record())); }

TEST(LogEncoder, TakesACopiedTextAsTheMessage) {
  EXPECT_EQ(message_of(StoredLog("as {it} is", nullptr, {})), "as {it} is");
  EXPECT_EQ(message_of(StoredLog("", nullptr, {})), "");
}

TEST(LogEncoder, DecodesArgumentsInTheOrderOfTheirBytes) {
  const std::array<int, 2> numbers{7, 8};
  const std::string_view bytes(reinterpret_cast<const char*>(numbers.data()), sizeof numbers);
  EXPECT_EQ(message_of(StoredLog("{1} {0}", &detail::kLogArguments<int, int>, bytes)), "8 7");
}

TEST(LogEncoder, RepairsTheMessage) {
  EXPECT_EQ(message_of(StoredLog("caf\xE9", nullptr, {})), "caf\xEF\xBF\xBD");
}

void throw_something(detail::LogSink&, std::string_view, const std::byte*) { throw 42; }

void write_half_and_throw(detail::LogSink& sink, std::string_view, const std::byte*) {
  sink.format("half", fmt::make_format_args());
  throw std::runtime_error("broke \xE9");
}

TEST(LogEncoder, NotesWhatAFormatterThrows) {
  constexpr detail::LogArguments kThrowing{&throw_something, {}};
  constexpr detail::LogArguments kThrowingLate{&write_half_and_throw, {}};
  const std::string foreign = message_of(StoredLog("text {}", &kThrowing, {}));
  EXPECT_NE(foreign.find("text {}"), std::string::npos);
  EXPECT_NE(foreign.find("not formatted"), std::string::npos);
  const std::string half = message_of(StoredLog("text {}", &kThrowingLate, {}));
  EXPECT_NE(half.find("broke"), std::string::npos);
  EXPECT_TRUE(base::is_valid_utf8(half));
}

TEST(LogEncoder, MapsLevelsToSeveritiesAndBack) {
  constexpr std::array<std::pair<Level, std::uint32_t>, 6> kSeverities{{{Level::trace, 1},
                                                                        {Level::debug, 5},
                                                                        {Level::info, 9},
                                                                        {Level::warning, 13},
                                                                        {Level::error, 17},
                                                                        {Level::critical, 21}}};
  for (const auto& [level, number] : kSeverities) {
    EXPECT_EQ(severity_number(level), number);
    for (std::uint32_t finer = 0; finer < 4; ++finer) EXPECT_EQ(level_of_severity(number + finer), level);
  }
  EXPECT_EQ(level_of_severity(0), Level::trace);
  EXPECT_EQ(level_of_severity(1'000), Level::critical);
}

TEST(LogEncoder, NamesLevels) {
  EXPECT_EQ(level_name(Level::trace), "TRACE");
  EXPECT_EQ(level_name(Level::warning), "WARNING");
  EXPECT_EQ(level_name(Level::critical), "CRITICAL");
}

}  // namespace
}  // namespace ergon::telemetry
