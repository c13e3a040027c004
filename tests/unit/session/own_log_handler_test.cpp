#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include <ergon/extend/exporter.hpp>
#include <ergon/extend/log_handler.hpp>
#include <ergon/extend/register_extension.hpp>
#include <ergon/telemetry.hpp>

#include "unit/support_engine/journal.hpp"

// Handlers of logs of the program's own.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using telemetry::DropReason;
using ::testing::ElementsAre;

Journal g_journal;

class JournalingHandler : public LogHandler {
 public:
  struct Options {
    std::string label{"own"};
    ERGON_OPTIONS(Options, label);
  };
  explicit JournalingHandler(Options options) : label_(std::move(options.label)) {}

  void handle(const LogData& record) override {
    if (record.message == "refused") throw std::runtime_error("not this one");
    std::string line = label_ + " " + record.scope->name + ": " + record.message;
    for (const DataAttribute& one : record.attributes)
      line += " " + one.key + "=" + *one.value.get_if<std::string>();
    if (!record.event_name.empty()) line += " event " + record.event_name;
    if (record.context.is_valid()) line += " in a span";
    g_journal.note(line);
    get_logger("of the handler").error("never seen");
  }
  bool force_flush(Deadline /*deadline*/) override {
    g_journal.note(label_ + " flushed");
    return true;
  }
  void shutdown(Deadline /*deadline*/) override { g_journal.note(label_ + " shut down"); }

 private:
  std::string label_;
};

TEST(OwnLogHandler, HasTheRecordsOneByOne) {
  telemetry::register_extension<JournalingHandler>("journal");
  auto session = telemetry::start(
      {.logging = LoggingConfig{.handlers = {Custom("journal", JournalingHandler::Options{.label = "a"})}}});
  ASSERT_TRUE(session);
  get_logger("x").with({{"k", "v"}}).info("one");
  get_logger("y").event("e").info("two");
  get_logger("x").info("refused");
  {
    const auto span = get_tracer("t").scoped_span("s");
    get_logger("x").info("three");
  }
  EXPECT_TRUE(session.flush(10s));
  session.shutdown(10s);
  EXPECT_THAT(g_journal.take(), ElementsAre("a x: one k=v", "a y: two event e", "a x: three in a span",
                                            "a flushed", "a flushed", "a shut down"));
  const auto books = session.statistics().logs.destinations.at(0);
  EXPECT_EQ(books.name, "journal");
  EXPECT_EQ(books.counts.delivered, 3U);
  EXPECT_EQ(books.counts.dropped[static_cast<std::size_t>(DropReason::non_retryable)], 1U);
}

TEST(OwnLogHandler, MayHaveALevelAndFilters) {
  telemetry::register_extension<JournalingHandler>("journal");
  auto session =
      telemetry::start({.logging = LoggingConfig{
                            .handlers = {CustomHandler{
                                .level = Level::error, .filters = {"orders"}, .handler = Custom("journal")}},
                            .filters = {{"orders", MatchFilter{.loggers = {"orders.*"}}}}}});
  ASSERT_TRUE(session);
  get_logger("orders.x").error("taken");
  get_logger("orders.x").info("too low");
  get_logger("mail").error("another's");
  session.shutdown(10s);
  EXPECT_THAT(g_journal.take(), ElementsAre("own orders.x: taken", "own flushed", "own shut down"));
}

TEST(OwnLogHandler, OfNoNameIsRefused) {
  const auto session = telemetry::start({.logging = LoggingConfig{.handlers = {CustomHandler{}}}});
  EXPECT_FALSE(session);
  EXPECT_THAT(session.errors(), ElementsAre(::testing::HasSubstr("logging.handlers[0].custom.handler")));
}

TEST(OwnLogHandler, OfAnUnknownNameIsRefused) {
  ::testing::internal::CaptureStderr();
  const auto session = telemetry::start({.logging = LoggingConfig{.handlers = {Custom("jornal")}}});
  ::testing::internal::GetCapturedStderr();
  EXPECT_FALSE(session);
  EXPECT_THAT(session.errors(), ElementsAre(::testing::HasSubstr("logging.handlers[0]")));
}

class ListingExporter : public TelemetryExporter {
 public:
  bool export_batch(const ExportedBatch& batch) override {
    for (const LogData& log : batch.logs()) g_journal.note("exported " + log.message);
    return true;
  }
};

TEST(ExportedBatch, HasLogsAsValues) {
  telemetry::register_extension<ListingExporter>("listing");
  auto session =
      telemetry::start({.logging = LoggingConfig{.handlers = {OtlpHandler{.exporter = Custom("listing")}}}});
  get_logger("x").info("one");
  session.shutdown(10s);
  EXPECT_THAT(g_journal.take(), ElementsAre("exported one"));
}

}  // namespace
}  // namespace ergon::test
