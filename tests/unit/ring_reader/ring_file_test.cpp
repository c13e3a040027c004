#include "ring_reader/ring_file.hpp"

#include <fmt/chrono.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>

#include "base/wire.hpp"
#include "ring_reader/print_rings.hpp"
#include "ring_reader/stored_arguments.hpp"
#include "telemetry/buffer/ring.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "telemetry/logging/log_encoder.hpp"
#include "telemetry/record/enqueue.hpp"
#include "telemetry/session/ring_dump.hpp"
#include "telemetry/session/ring_dump_format.hpp"
#include "telemetry/worker/worker.hpp"

namespace ergon::ring_reader {
struct Coded {
  int value{0};
};
}  // namespace ergon::ring_reader

template <>
struct ergon::LogCodec<ergon::ring_reader::Coded> : ergon::CopyLogCodec<ergon::ring_reader::Coded> {};
template <>
struct fmt::formatter<ergon::ring_reader::Coded> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const ergon::ring_reader::Coded& coded, Context& context) const {
    return fmt::format_to(context.out(), "coded {}", coded.value);
  }
};

namespace ergon::ring_reader {
namespace {

using namespace std::chrono_literals;
using namespace telemetry;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

enum Colour : std::uint8_t { red, blue = 7 };

// What a worker that crashes now would leave, in the bytes of its file.
std::string dump(bool has_log_sources = false) {
  const base::WallClock clock;
  std::string resource;
  base::wire::append_field(resource, 1, "");  // an attribute without a name
  const RingDumpSource source{
      .resources = {resource, resource}, .folder = {}, .has_log_sources = has_log_sources};
  const int file = memfd_create("rings", MFD_CLOEXEC);
  EXPECT_TRUE(write_rings(file, source, clock));
  std::string bytes(static_cast<std::size_t>(lseek(file, 0, SEEK_END)), '\0');
  EXPECT_EQ(pread(file, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  close(file);
  return bytes;
}

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Sets a byte of every record, where it has so many, with a checksum to match.
void overwrite_each_record(std::string& bytes, std::size_t offset, std::uint8_t value) {
  RingDumpHead head;
  std::memcpy(&head, bytes.data(), sizeof head);
  std::size_t at = sizeof head + head.clock_bytes + head.resource_bytes[0] + head.resource_bytes[1];
  while (at < bytes.size()) {
    RingDumpEntry entry;
    std::memcpy(&entry, bytes.data() + at, sizeof entry);
    const auto sizes = entry.part_sizes();
    const std::size_t content = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
    if (offset < entry.record_bytes) bytes[at + sizeof entry + offset] = static_cast<char>(value);
    entry.checksum = checksum_of(std::string_view(bytes).substr(at + sizeof entry, content));
    std::memcpy(bytes.data() + at, &entry, sizeof entry);
    at += sizeof entry + content;
  }
}

class Rings : public ::testing::Test {
 protected:
  // Nothing drains before a session: what a test records stays in the rings.
  void SetUp() override { Worker::discard_leftovers(); }
  void TearDown() override { Worker::discard_leftovers(); }

  // As the worker would format them.
  static std::vector<std::string> messages_in_rings() {
    std::vector<std::string> messages;
    for (const ThreadBlock* block = g_threads.first(); block != nullptr; block = block->next) {
      Ring::Cursor cursor = block->ring.begin();
      while (const RecordHeader* record = block->ring.peek(cursor)) {
        if (record->kind == RecordKind::log)
          messages.emplace_back(MessageText().format(reinterpret_cast<const LogRecord&>(*resolve(record))));
      }
    }
    return messages;
  }

  static std::vector<std::string> messages_in(const RingFile& file) {
    std::vector<std::string> messages;
    for (const StoredRecord& record : file.records) {
      if (record.header().kind == RecordKind::log) messages.push_back(stored_message(record));
    }
    return messages;
  }

  const Logger log_ = get_logger("rings");
  const Tracer tracer_ = get_tracer("rings", {.version = "3", .schema_url = "https://schema.example/1"});
};

TEST_F(Rings, AStoredLogReadsAsTheWorkerWouldHaveFormattedIt) {
  const std::string text = "a string";
  log_.info("{} {} {} {}", true, 'x', std::int8_t{-8}, std::uint8_t{200});
  log_.info("{} {:x} {} {}", std::int16_t{-3}, std::uint16_t{0xbeef}, -1, 4'000'000'000U);
  log_.info("{:+} {} {:#b}", INT64_MIN, UINT64_MAX, 5);
  log_.info("{} {:.3f} {:e} {}", 0.1F, 1.0 / 3, 1e300, 0.25L);
  log_.info("{:>10}|{:*^9}|{}", text, std::string_view("view"), "literal");
  log_.info("{} {}", static_cast<const void*>(&text), nullptr);
  log_.info("{} {} {} {} {} {}", 3ns, 4us, 5ms, 6s, 7min, 8h);
  log_.info("{} {:%H:%M:%S} {}", std::chrono::duration<double>(1.5), 3'723s, std::chrono::days(2));
  log_.info("{} {}", std::chrono::duration<int, std::ratio<7, 3>>(4),
            std::chrono::duration<int, std::centi>(5));
  log_.info("{} {}", red, blue);
  log_.info("{1} {0} {{}}", 1, 2);
  log_.info("nothing to format");
  log_.info("caf\xE9 {}", "\xFF");
  log_.info(fmt::runtime("copied {}"), 1);
  const auto expected = messages_in_rings();
  ASSERT_EQ(expected.size(), 14U);
  EXPECT_EQ(messages_in(read_ring_file(dump())), expected);
}

TEST_F(Rings, LargeRecordsThatLieOnTheHeapAreThereToo) {
  const std::string large(50'000, 'x');
  log_.info("{}!", large);
  {
    tracer_.scoped_span("large").set_attribute("payload", large);
  }
  const RingFile file = read_ring_file(dump());
  ASSERT_EQ(file.records.size(), 2U);
  EXPECT_EQ(messages_in(file), std::vector{large + "!"});
  EXPECT_THAT(rings_as_text(file), HasSubstr("payload=" + large.substr(0, 20)));
}

TEST_F(Rings, SpansAndLogsOfAllThreadsAreShownAsOnAConsole) {
  {
    auto outer = tracer_.scoped_span("outer");
    outer.set_attribute("orders", 3);
    log_.with({{"key", "value"}}).warning("inside");
    auto inner = tracer_.scoped_span("inner", {}, {.kind = SpanKind::client});
    inner.add_event("tried", {{"attempt", 2}});
    inner.set_status(StatusCode::error, "refused");
  }
  std::thread([this] { log_.error("from another thread"); }).join();
  const std::string text = rings_as_text(read_ring_file(dump()));
  EXPECT_THAT(text, HasSubstr("[WARNING] [rings] inside key=value trace_id="));
  EXPECT_THAT(text, HasSubstr("[ERROR] [rings] from another thread\n"));
  EXPECT_THAT(text, HasSubstr(" outer span_id="));
  EXPECT_THAT(text, HasSubstr(" inner CLIENT"));
  EXPECT_THAT(text, HasSubstr("refused"));
  EXPECT_THAT(text, HasSubstr("orders=3"));
  EXPECT_THAT(text, HasSubstr("attempt=2"));
}

TEST_F(Rings, LogsSayWhereTheyWereMadeIfTheyAreTo) {
  log_.with({{"key", "value"}}).info("here {}", 1);
  const std::string line = std::to_string(__LINE__ - 1);
  const std::string text = rings_as_text(read_ring_file(dump(true)));
  EXPECT_THAT(text, HasSubstr("ring_file_test.cpp"));
  EXPECT_THAT(text, HasSubstr("code.line.number=" + line));
  EXPECT_THAT(text, HasSubstr("code.function.name="));
  EXPECT_THAT(rings_as_text(read_ring_file(dump(false))), ::testing::Not(HasSubstr("code.")));
}

TEST_F(Rings, OfAProgramsOwnTypeTheSizeIsShown) {
  log_.info("{} of {} and {}", Coded{7}, 1, "text");
  EXPECT_EQ(messages_in_rings(), std::vector<std::string>{"coded 7 of 1 and text"});
  EXPECT_EQ(messages_in(read_ring_file(dump())), std::vector<std::string>{"[4 bytes] of 1 and text"});
}

TEST_F(Rings, WrittenRequestsAreTheRecords) {
  log_.info("one");
  {
    const auto span = tracer_.scoped_span("a span");
  }
  const auto folder = std::filesystem::temp_directory_path() / ("rings-" + std::to_string(getpid()));
  const RingFile file = read_ring_file(dump());
  const auto names = write_requests(file, folder);
  const std::string beginning = (folder / std::to_string(getpid())).string();
  ASSERT_THAT(names, ElementsAre(beginning + "-logs-1.otlp", beginning + "-traces-1.otlp"));
  EXPECT_EQ(read_logs(contents(names[0])).logs.at(0).message, "one");
  EXPECT_EQ(read_spans(contents(names[1])).spans.at(0).name, "a span");
  EXPECT_EQ(std::filesystem::status(names[0]).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_THROW(write_requests(file, folder), std::system_error) << "they are there already";
  std::filesystem::remove_all(folder);
}

TEST_F(Rings, ACutFileIsReadAsFarAsItGoes) {
  for (int i = 0; i < 3; ++i) log_.info("{}", i);
  {
    tracer_.scoped_span("last").add_event("event");
  }
  const std::string whole = dump();
  std::size_t most = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    try {
      const RingFile file = read_ring_file(std::string_view(whole).substr(0, size));
      most = std::max(most, file.records.size());
      EXPECT_LT(file.records.size(), 4U);
      static_cast<void>(rings_as_text(file));
    } catch (const RingFileError& error) {
      EXPECT_THAT(error.what(), HasSubstr("ends in the middle"));
    }
  }
  EXPECT_EQ(most, 3U);
  EXPECT_EQ(read_ring_file(whole).damage, "");
}

TEST_F(Rings, NoDamagedByteGoesUnnoticed) {
  log_.with({{"key", "value"}}).info("{} {}", std::string("text"), 1);
  {
    tracer_.scoped_span("span").add_event("event");
  }
  const std::string whole = dump(true);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    if (at >= offsetof(RingDumpHead, process) && at < sizeof(RingDumpHead)) continue;  // only shown
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
    try {
      const RingFile file = read_ring_file(bytes);
      static_cast<void>(rings_as_text(file));
      EXPECT_NE(file.damage, "") << at;
    } catch (const RingFileError& error) {
      EXPECT_STRNE(error.what(), "") << at;
    }
  }
}

// What the program overwrote in its rings before it crashed has a right checksum.
TEST_F(Rings, OverwrittenRecordsAreShownOrCountedAndCostNoOther) {
  log_.with({{"key", "value"}}).info("{} {}", std::string("text"), 1);
  {
    tracer_.scoped_span("span", {{"key", 1}}).add_event("event");
  }
  log_.info("whole");
  const std::string whole = dump();
  static_assert(sizeof(LogRecord) <= sizeof(SpanRecord));
  for (std::size_t at = sizeof(RecordHeader::size); at < sizeof(LogRecord); ++at) {
    for (const std::uint8_t value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      std::string bytes = whole;
      overwrite_each_record(bytes, at, value);
      const RingFile file = read_ring_file(bytes);
      EXPECT_EQ(file.damage, "");
      EXPECT_EQ(file.records.size() + file.overwritten, 3U);
      static_cast<void>(rings_as_text(file));
    }
  }
}

TEST_F(Rings, AFileOfAnotherBuildIsRefusedWithItsVersion) {
  std::string bytes = dump();
  bytes.replace(offsetof(RingDumpHead, version), 5, "9.9.9");
  try {
    static_cast<void>(read_ring_file(bytes));
    FAIL();
  } catch (const RingFileError& error) {
    EXPECT_THAT(error.what(), HasSubstr("9.9.9"));
  }
}

TEST_F(Rings, OnlyTheWorkersThreadDumps) {
  const AnnouncedRingDump announced({.resources = {}, .folder = "/nowhere"});
  EXPECT_FALSE(dump_rings_of_crashed_worker());
}

}  // namespace
}  // namespace ergon::ring_reader
