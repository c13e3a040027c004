#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <ergon/telemetry.hpp>
#include <ergon/telemetry/propagation.hpp>
#include <ergon/testing/in_memory_store.hpp>

#include "telemetry/export/otlp_reader.hpp"
#include "telemetry/logging/level_text.hpp"
#include "unit/support_engine/child_status.hpp"
#include "unit/support_engine/memory_session.hpp"

// `logging.on_error`, as a program meets it.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using telemetry::Counts;
using telemetry::Signal;
using Lines = std::vector<std::string>;

TelemetryConfig replaying(ReplayOnError on_error = {}) {
  TelemetryConfig config = everything();
  config.logging->level = Level::info;
  config.logging->on_error = on_error;
  return config;
}

// "DEBUG looked *" is a record of level debug that was replayed.
std::string line_of(const testing::RecordedLog& log) {
  const bool is_replayed = std::ranges::any_of(log.attributes, [](const auto& attribute) {
    return attribute.first == "ergon.log.replayed" && attribute.second == "true";
  });
  return std::string(telemetry::level_name(log.level)) + " " + log.message + (is_replayed ? " *" : "");
}

Lines lines_of(MemorySession& session) {
  Lines lines;
  for (const std::string& request : session.take(Signal::logs)) {
    for (const auto& log : telemetry::read_logs(request).logs) lines.push_back(line_of(log));
  }
  return lines;
}

Logger logger() { return get_logger("replay"); }

// A transaction with logs of two levels.
void charge(int order, StatusCode outcome) {
  auto root = get_tracer("replay").scoped_span("transaction");
  logger().debug("look {}", order);
  {
    const auto child = get_tracer("replay").scoped_span("charge");
    logger().info("charge {}", order);
    logger().with({{"order", order}}).debug("charged {}", order);
  }
  root.set_status(outcome);
}

TEST(Replay, EmitsWhatWasHeldBackOfATransactionThatFails) {
  MemorySession session(replaying());
  charge(1, StatusCode::ok);
  charge(2, StatusCode::error);
  charge(3, StatusCode::unset);
  EXPECT_EQ(lines_of(session), (Lines{"INFO charge 1", "INFO charge 2", "DEBUG look 2 *", "DEBUG charged 2 *",
                                      "INFO charge 3"}));
  const Counts logs = session.statistics().logs.total;
  EXPECT_EQ(logs.created, 9U);
  EXPECT_EQ(logs.delivered, 5U);
  EXPECT_EQ(logs.sampled_out, 4U);
  EXPECT_EQ(logs.queued, 0U);
  EXPECT_TRUE(logs.closes());
}

TEST(Replay, IsBroughtAboutByAnErrorBeforeItAndFollowedAtOnce) {
  MemorySession session(replaying());
  {
    const auto root = get_tracer("replay").scoped_span("transaction");
    logger().debug("before");
    logger().error("refused");
    logger().debug("after");
    logger().trace("too low");
  }
  EXPECT_EQ(lines_of(session), (Lines{"DEBUG before *", "ERROR refused", "DEBUG after *"}));
}

TEST(Replay, KeepsTheLastOfEachTransaction) {
  MemorySession session(replaying({.replay = Level::trace, .keep = 3}));
  {
    auto root = get_tracer("replay").scoped_span("transaction");
    for (int i = 0; i < 10; ++i) logger().trace("step {}", i);
    root.set_status(StatusCode::error);
  }
  EXPECT_EQ(lines_of(session), (Lines{"TRACE step 7 *", "TRACE step 8 *", "TRACE step 9 *"}));
  EXPECT_EQ(session.statistics().logs.total.sampled_out, 7U);
}

// Two transactions that continue one trace of another process, as those of a batch may.
TEST(Replay, TellsTransactionsOfOneTraceApart) {
  MemorySession session(replaying());
  const SpanContext remote{
      .trace_id = {{1}}, .span_id = {{2}}, .trace_flags = SpanContext::kSampled, .is_remote = true};
  auto good = get_tracer("replay").start_span("good", {}, {.parent = &remote});
  auto bad = get_tracer("replay").start_span("bad", {}, {.parent = &remote});
  {
    const auto current = attach(current_context().with_span_context(good.context()));
    logger().debug("good");
  }
  {
    const auto current = attach(current_context().with_span_context(bad.context()));
    logger().debug("bad");
  }
  good.end();
  bad.set_status(StatusCode::error);
  bad.end();
  EXPECT_EQ(lines_of(session), (Lines{"DEBUG bad *"}));
}

TEST(Replay, HoldsWhatOtherThreadsLogInTheTransaction) {
  MemorySession session(replaying());
  {
    auto root = get_tracer("replay").scoped_span("transaction");
    std::thread(bind_context([] { logger().debug("elsewhere"); })).join();
    logger().debug("here");
    root.set_status(StatusCode::error);
  }
  EXPECT_EQ(lines_of(session), (Lines{"DEBUG elsewhere *", "DEBUG here *"}));
}

TEST(Replay, DecidesOnWhatComesAfterTheEndAsOnTheRest) {
  MemorySession session(replaying());
  for (const StatusCode outcome : {StatusCode::error, StatusCode::ok}) {
    Context late;
    {
      auto root = get_tracer("replay").scoped_span("transaction");
      late = current_context();
      root.set_status(outcome);
    }
    const auto current = attach(late);
    logger().debug("late {}", static_cast<int>(outcome));
  }
  EXPECT_EQ(lines_of(session),
            (Lines{"DEBUG late " + std::to_string(static_cast<int>(StatusCode::error)) + " *"}));
  EXPECT_TRUE(session.statistics().logs.total.closes());
}

// Without a status of the spans, as none is recorded, errors in the log say it.
TEST(Replay, NeedsNoSpanThatIsRecorded) {
  for (const bool has_tracing : {true, false}) {
    TelemetryConfig config = replaying();
    if (has_tracing) config.tracing->sampler = AlwaysOff{};
    if (!has_tracing) config.tracing.reset();
    MemorySession session(config);
    for (const bool fails : {false, true}) {
      const auto root = get_tracer("replay").scoped_span("transaction");
      logger().debug("look {}", fails);
      if (fails) logger().critical("no");
    }
    EXPECT_EQ(lines_of(session), (Lines{"DEBUG look true *", "CRITICAL no"})) << has_tracing;
    const Counts logs = session.statistics().logs.total;
    EXPECT_EQ(logs.sampled_out, 1U) << "the end of a root that is not recorded is noticed, too";
    EXPECT_EQ(logs.queued, 0U);
  }
}

TEST(Replay, LeavesOutWhatIsInNoTransaction) {
  MemorySession session(replaying());
  logger().debug("outside {}", 1);
  logger().debug(fmt::runtime("outside {}"), 2);
  logger().error("failed outside");
  logger().debug("outside {}", 3);
  EXPECT_EQ(lines_of(session), (Lines{"ERROR failed outside"}));
  EXPECT_EQ(session.statistics().logs.total.created, 1U) << "nothing that is not held back costs anything";
}

TEST(Replay, FollowsTheLevelsOfLoggers) {
  TelemetryConfig config = replaying();
  config.logging->levels = {{"replay.quiet", Level::off}, {"replay.loud", Level::trace}};
  MemorySession session(config);
  EXPECT_TRUE(get_logger("replay").enabled(Level::debug));
  EXPECT_FALSE(get_logger("replay").enabled(Level::trace));
  EXPECT_FALSE(get_logger("replay.quiet").enabled(Level::critical));
  {
    const auto root = get_tracer("replay").scoped_span("transaction");
    get_logger("replay.loud").debug("loud");
    get_logger("replay.quiet").debug("quiet");
  }
  EXPECT_EQ(lines_of(session), (Lines{"DEBUG loud"}));
}

// The handlers' own level is for what is not replayed; who takes no errors gets none of it.
TEST(Replay, GoesToHandlersThatTakeErrors) {
  const testing::InMemoryStore usual("replay usual");
  const testing::InMemoryStore critical("replay critical");
  TelemetryConfig config;
  config.logging =
      LoggingConfig{.handlers = {OtlpHandler{.level = Level::warning, .exporter = usual.exporter()},
                                 OtlpHandler{.level = Level::critical, .exporter = critical.exporter()}},
                    .on_error = ReplayOnError{}};
  auto session = telemetry::start(config);
  ASSERT_TRUE(session);
  {
    const auto root = get_tracer("replay").scoped_span("transaction");
    logger().debug("look");
    logger().info("charge");
    logger().error("refused");
  }
  ASSERT_TRUE(session.flush(20s));
  Lines lines;
  for (const auto& log : usual.logs()) lines.push_back(line_of(log));
  EXPECT_EQ(lines, (Lines{"DEBUG look *", "ERROR refused"}));
  EXPECT_TRUE(critical.logs().empty());
}

TEST(Replay, IsNotEndedBySpansOfATracerThatIsOff) {
  TelemetryConfig config = replaying();
  config.tracing->tracer_configurator.tracers = {{"replay.off", {.enabled = false}}};
  MemorySession session(config);
  {
    auto root = get_tracer("replay").scoped_span("transaction");
    logger().debug("before");
    get_tracer("replay.off").scoped_span("none").end();
    logger().debug("after");
    root.set_status(StatusCode::error);
  }
  EXPECT_EQ(lines_of(session), (Lines{"DEBUG before *", "DEBUG after *"}));
}

TEST(Replay, GoesTheWayOfAllRecords) {
  TelemetryConfig config = replaying();
  config.logging->source = true;
  config.redact = RedactConfig{.keys = {"card"}, .replacement = "***"};
  MemorySession session(config);
  {
    auto root = get_tracer("replay").scoped_span("transaction");
    logger().with({{"card", "4000 1234"}}).debug("charge");
    root.set_status(StatusCode::error);
  }
  const auto requests = session.take(Signal::logs);
  ASSERT_EQ(requests.size(), 1U);
  const testing::RecordedLog log = telemetry::read_logs(requests[0]).logs.at(0);
  const auto has = [&log](const std::string& key, const std::string& value) {
    return std::ranges::find(log.attributes, std::pair(key, value)) != log.attributes.end();
  };
  EXPECT_TRUE(has("card", "***"));
  EXPECT_TRUE(has("ergon.log.replayed", "true"));
  EXPECT_TRUE(std::ranges::any_of(log.attributes, [](const auto& one) {
    return one.first == "code.file.path" && one.second.ends_with("replay_test.cpp");
  }));
}

TEST(Replay, LeavesOutWhatIsStillOpenAtTheEnd) {
  MemorySession session(replaying());
  auto open = get_tracer("replay").scoped_span("transaction");
  logger().debug("look");
  ASSERT_TRUE(session.flush());
  EXPECT_EQ(session.statistics().logs.total.queued, 1U);
  ASSERT_TRUE(session.stop());
  const Counts logs = session.statistics().logs.total;
  EXPECT_EQ(logs.sampled_out, 1U);
  EXPECT_TRUE(logs.closes());
}

TEST(Replay, WorksInTheChildOfAFork) {
#if defined(ERGON_SANITIZED_THREAD)
  GTEST_SKIP() << "a forked child of a threaded parent aborts under ThreadSanitizer";
#endif
  testing::InMemoryStore store("replay forked");
  store.clear();
  TelemetryConfig config;
  config.logging =
      LoggingConfig{.handlers = {OtlpHandler{.exporter = store.exporter()}}, .on_error = ReplayOnError{}};
  auto session = telemetry::start(config);
  const auto root = get_tracer("replay").scoped_span("transaction");
  logger().debug("of the parent");
  EXPECT_EQ(child_status([&] {
              charge(1, StatusCode::ok);
              {
                const auto failed = get_tracer("replay").scoped_span("transaction");
                logger().debug("look 2");
                logger().error("refused");
              }
              if (!session.flush(20s)) return 1;
              Lines lines;
              for (const auto& log : store.logs()) lines.push_back(line_of(log));
              return lines == Lines{"INFO charge 1", "DEBUG look 2 *", "ERROR refused"} ? 0 : 2;
            }),
            0);
  EXPECT_TRUE(session.shutdown(20s));
}

}  // namespace
}  // namespace ergon::test
