#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

#include "telemetry/record/scope_registry.hpp"
#include "telemetry/record/thread_block.hpp"
#include "unit/support_engine/memory_session.hpp"

namespace ergon::test {
namespace {

using ergon::testing::find;
using ergon::testing::RecordedLog;
using ergon::testing::Recorder;
using ergon::testing::Recording;

TelemetryConfig logging_from(Level level) {
  TelemetryConfig config;
  config.logging = LoggingConfig{.level = level, .handlers = {OtlpHandler{.level = Level::trace}}};
  return config;
}

void log_each_level(const Logger& log) {
  log.trace("t");
  log.debug("d");
  log.info("i");
  log.warning("w");
  log.error("e");
  log.critical("c");
}

TEST(Logger, RecordsItsLevelAndWhatIsAbove) {
  for (int level = 0; level <= 6; ++level) {
    MemorySession session(logging_from(static_cast<Level>(level)));
    const Logger log = get_logger("levels");
    log_each_level(log);
    for (int other = 0; other < 6; ++other) EXPECT_EQ(log.enabled(static_cast<Level>(other)), other >= level);
    session.flush();
    const telemetry::Counts counts = session.statistics().logs.total;
    EXPECT_EQ(counts.created, static_cast<std::uint64_t>(6 - level));
    EXPECT_EQ(counts.delivered, counts.created);
  }
}

TEST(Logger, HasTheLevelOfTheSessionWheneverItWasMade) {
  const Logger before = get_logger("made before");
  MemorySession session(logging_from(Level::error));
  const Logger during = get_logger("made during");
  for (const Logger& log : {before, during}) {
    EXPECT_FALSE(log.enabled(Level::warning));
    EXPECT_TRUE(log.enabled(Level::error));
  }
}

TEST(Logger, GivesEachLineItsLevelNameAndText) {
  Recorder recorder;
  log_each_level(get_logger("orders.payment"));
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.logs().size(), 6U);
  std::string texts;
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(recording.logs()[i].level, static_cast<Level>(i));
    EXPECT_EQ(recording.logs()[i].logger, "orders.payment");
    texts += recording.logs()[i].message;
  }
  EXPECT_EQ(texts, "tdiwec");
}

TEST(Logger, LogsWithALevelKnownAtRunTime) {
  Recorder recorder;
  get_logger("run time").log(Level::warning, "{}", 1);
  get_logger("run time").with({{"a", 1}}).log(Level::error, "{}", 2);
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.logs().size(), 2U);
  EXPECT_EQ(recording.logs()[0].level, Level::warning);
  EXPECT_EQ(recording.logs()[1].level, Level::error);
}

// Texts of 4 GiB and more, whose sizes would wrap to small ones. Nothing of them may be read: they are not
// there.
TEST(Logger, DropsWhatIsFarTooLarge) {
  MemorySession session(logging_from(Level::trace));
  const std::string text = "hello";
  const auto of_size = [&](std::size_t size) { return std::string_view(text.data(), size); };
  constexpr std::size_t kWraps = std::size_t{1} << 32U;
  const Logger log = get_logger("large");
  log.info("{}", of_size(kWraps + 5));
  log.info("{}", of_size(kWraps - 20));
  log.info("{} {}", of_size(kWraps / 2), of_size(kWraps / 2));
  const detail::LoggerState& state = detail::intern_logger("large", {});
  EXPECT_EQ(detail::begin_log({&state, Level::info, of_size(kWraps), nullptr, 0}).arguments, nullptr);
  log.info("{}", text);
  EXPECT_TRUE(session.flush());
  const telemetry::Counts books = session.statistics().logs.total;
  EXPECT_EQ(books.created, 5U);
  EXPECT_EQ(books.delivered, 1U);
  EXPECT_EQ(books.dropped[static_cast<std::size_t>(telemetry::DropReason::too_large)], 4U);
}

TEST(Logger, CarriesTheIdsOfTheCurrentSpanAndNoOther) {
  Recorder recorder;
  SpanContext inner;
  get_logger("ids").info("outside");
  {
    const auto outer_span = get_tracer("ids").scoped_span("outer");
    const auto span = get_tracer("ids").scoped_span("inner");
    inner = span.context();
    get_logger("ids").info("inside");
    std::thread([] { get_logger("ids").info("elsewhere"); }).join();
  }
  std::map<std::string, SpanContext> by_message;
  const Recording recording = recorder.stop();
  for (const RecordedLog& log : recording.logs()) by_message[log.message] = log.context;
  ASSERT_EQ(by_message.size(), 3U);
  EXPECT_EQ(by_message["inside"], inner);
  EXPECT_FALSE(by_message["outside"].is_valid());
  EXPECT_FALSE(by_message["elsewhere"].is_valid());
}

TEST(Logger, CarriesIdsWithTracingOff) {
  TelemetryConfig config = logging_from(Level::trace);
  MemorySession session(config);
  const auto span = get_tracer("ids").scoped_span("not recorded");
  get_logger("ids").info("inside");
  const auto requests = session.take(telemetry::Signal::logs);
  ASSERT_EQ(requests.size(), 1U);
  const auto& id = span.context().trace_id.bytes;
  EXPECT_NE(requests[0].find(std::string(reinterpret_cast<const char*>(id.data()), id.size())),
            std::string::npos);
}

TEST(Logger, TakesAttributesForOneCall) {
  Recorder recorder;
  const Logger log = get_logger("attributes");
  log.with({{"order.id", "o-1"}, {"amount", 12.5}, {"order.id", "o-2"}, {"", "no key"}})
      .info("charged {}", 1);
  log.info("plain");
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.logs().size(), 2U);
  EXPECT_EQ(recording.logs()[0].message, "charged 1");
  EXPECT_EQ(recording.logs()[0].attributes.size(), 2U);
  EXPECT_EQ(find(recording.logs()[0].attributes, "order.id"), "o-2");
  EXPECT_TRUE(recording.logs()[1].attributes.empty());
}

TEST(Logger, IsTheSameForTheSameName) {
  EXPECT_EQ(&detail::intern_logger("same", {}), &detail::intern_logger("same", {}));
  EXPECT_NE(&detail::intern_logger("same", {}), &detail::intern_logger("other", {}));
  EXPECT_NE(&detail::intern_logger("same", {}), &detail::intern_logger("same", {.version = "2"}));
  EXPECT_EQ(&detail::intern_scope("s", {.attributes = {{"a", 1}}}),
            &detail::intern_scope("s", {.attributes = {{"a", 1}}}));
  EXPECT_NE(&detail::intern_scope("s", {.attributes = {{"a", 1}}}),
            &detail::intern_scope("s", {.attributes = {{"a", 2}}}));
  EXPECT_NE(&detail::intern_scope("s", {.schema_url = "u"}), &detail::intern_scope("s", {}));
}

TEST(SuppressedThread, RecordsNothing) {
  MemorySession session;
  std::thread([] {
    telemetry::suppress_telemetry_on_this_thread();
    auto span = get_tracer("quiet").scoped_span("span", {{"a", 1}});
    EXPECT_FALSE(span.is_recording());
    EXPECT_FALSE(span.context().is_valid());
    EXPECT_FALSE(current_span_context().is_valid());
    span.set_attribute("a", 1);
    Span movable = get_tracer("quiet").start_span("movable");
    movable.set_attribute("a", 1);
    const SpanScope scope = movable.make_current();
    EXPECT_FALSE(movable.context().is_valid());
    get_logger("quiet").critical("{}", 1);
    get_logger("quiet").with({{"a", 1}}).critical("{}", 1);
    get_meter("quiet").counter("quiet.counter").add(1);
    get_meter("quiet").histogram("quiet.histogram").record(1);
  }).join();
  session.flush();
  const telemetry::Statistics books = session.statistics();
  EXPECT_EQ(books.spans.total.created, 0U);
  EXPECT_EQ(books.logs.total.created, 0U);
  for (const std::string& request : session.take(telemetry::Signal::metric_points)) {
    EXPECT_EQ(request.find("quiet."), std::string::npos);
  }
}

}  // namespace
}  // namespace ergon::test
