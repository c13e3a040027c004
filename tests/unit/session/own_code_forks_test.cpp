#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>

#include <ergon/extend/exporter.hpp>
#include <ergon/extend/register_extension.hpp>
#include <ergon/extend/sampler.hpp>
#include <ergon/extend/span_processor.hpp>
#include <ergon/telemetry.hpp>
#include <ergon/testing/in_memory_store.hpp>

#include "unit/support_engine/child_status.hpp"
#include "unit/support_engine/journal.hpp"

// What is of the program's own around a fork.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;

Journal g_journal;
int g_made = 0;

Tracer tracer() { return get_tracer("forks"); }

// Says in which process an object was made.
class Maker {
 public:
  [[nodiscard]] std::string whose() const {
    return made_in_ == ::getpid() ? "by its own" : "by the parent's";
  }

 private:
  pid_t made_in_ = ::getpid();
};

// Records while it is made.
class CountedExporter final : public TelemetryExporter {
 public:
  CountedExporter() {
    ++g_made;
    tracer().scoped_span("making").end();
    tracer().scoped_span("unwanted").end();
  }

  bool export_batch(const ExportedBatch& batch) override {
    for (const SpanData& span : batch.spans()) g_journal.note("exported " + span.name + " " + maker_.whose());
    return true;
  }
  bool force_flush(Deadline /*deadline*/) override {
    g_journal.note("flushed " + maker_.whose());
    return true;
  }
  void shutdown(Deadline /*deadline*/) override { g_journal.note("shut down " + maker_.whose()); }

 private:
  Maker maker_;
};

class CountedProcessor final : public SpanProcessor {
 public:
  void on_start(WritableSpan& span, const Context& /*parent*/) override { note("started", span.name()); }
  void on_ending(WritableSpan& span) override { note("ending", span.name()); }
  void on_end(const SpanData& span) override { note("ended", span.name); }

 private:
  void note(const std::string& what, std::string_view name) const {
    g_journal.note(what + " " + std::string(name) + " " + maker_.whose());
  }
  Maker maker_;
};

class CountedSampler final : public SpanSampler {
 public:
  void should_sample(const SamplingInput& input, SamplingResult& result) const override {
    g_journal.note("sampled " + std::string(input.name) + " " + maker_.whose());
    if (input.name != "unwanted") result.decision = SamplingDecision::record_and_sample;
  }

 private:
  Maker maker_;
};

void register_all() {
  telemetry::register_extension<CountedExporter>("counted");
  telemetry::register_extension<CountedProcessor>("counted");
  telemetry::register_extension<CountedSampler>("counted");
}

// Answers what went wrong in the child, as its exit status.
int act_in_child(telemetry::Session& session) {
  static_cast<void>(g_journal.take());
  tracer().scoped_span("child's").end();
  if (!session.flush(20s)) return 1;
  for (const char* line :
       {"started child's by its own", "ending child's by its own", "ended child's by its own",
        "exported child's by its own", "flushed by its own", "sampled child's by its own",
        "sampled making by its own", "exported making by its own", "sampled unwanted by its own"}) {
    if (g_journal.count(line) != 1) return 2;
  }
  if (testing::InMemoryStore("forks").spans().find("child's") == nullptr) return 3;
  if (!session.shutdown(20s)) return 4;
  if (g_journal.count("shut down by its own") != 1) return 5;
  for (const std::string& line : g_journal.lines()) {
    if (line.ends_with("by the parent's")) return 6;
  }
  if (testing::InMemoryStore("forks").spans().find("unwanted") != nullptr) return 7;
  if (!session.statistics().spans.total.closes()) return 8;
  return g_made == 2 ? 0 : 9;
}

TEST(OwnCodeForks, MakeObjectsOfTheChildsOwn) {
#if defined(ERGON_SANITIZED_THREAD)
  GTEST_SKIP() << "a forked child of a threaded parent aborts under ThreadSanitizer";
#endif
  register_all();
  g_made = 0;
  testing::InMemoryStore store("forks");
  TelemetryConfig config;
  config.tracing =
      TracingConfig{.sampler = Custom("counted"),
                    .processors = {Custom("counted"), BatchSpanProcessor{.exporter = Custom("counted")},
                                   BatchSpanProcessor{.exporter = store.exporter()}}};
  auto session = telemetry::start(std::move(config));
  {
    const auto live = tracer().scoped_span("live");
    tracer().scoped_span("parent's").end();
    ASSERT_TRUE(session.flush(20s));
    EXPECT_EQ(child_status([&] { return act_in_child(session); }), 0) << "see act_in_child";
  }
  EXPECT_TRUE(session.shutdown(20s));
  for (const char* line : {"started live by its own", "ending live by its own", "ended live by its own",
                           "exported live by its own", "shut down by its own"}) {
    EXPECT_EQ(g_journal.count(line), 1) << line;
  }
  EXPECT_EQ(store.spans().find("child's"), nullptr);
  EXPECT_EQ(g_made, 1);
}

// Not code of the program's own, but its word: it holds in the child as in the parent.
TEST(TracersInAFork, AreOnAndOffAsTheParentSwitchedThem) {
#if defined(ERGON_SANITIZED_THREAD)
  GTEST_SKIP() << "a forked child of a threaded parent aborts under ThreadSanitizer";
#endif
  testing::InMemoryStore store("switched");
  auto session = telemetry::start(
      {.tracing = TracingConfig{
           .processors = {BatchSpanProcessor{.exporter = store.exporter()}},
           .tracer_configurator = {.tracers = {{.name = "switched.on", .config = {.enabled = false}}}}}});
  ASSERT_TRUE(session.set_tracers({.tracers = {{.name = "switched.off", .config = {.enabled = false}}}}));
  const auto act = [&] {
    get_tracer("switched.on").scoped_span("first").end();  // the child begins anew
    get_tracer("switched.on").scoped_span("second").end();
    get_tracer("switched.off").scoped_span("left out").end();
    if (!session.flush(20s)) return 1;
    return testing::InMemoryStore("switched").spans().size() == 2 ? 0 : 2;
  };
  EXPECT_EQ(child_status(act), 0);
  EXPECT_TRUE(session.shutdown(20s));
}

// Asks telemetry when it goes, which takes the engine's lock.
class InquisitiveExporter final : public TelemetryExporter {
 public:
  ~InquisitiveExporter() override { static_cast<void>(telemetry::Session().statistics()); }

  bool export_batch(const ExportedBatch& /*batch*/) override { return true; }
};

class ChildlessExporter final : public TelemetryExporter {
 public:
  ChildlessExporter() {
    if (::getpid() != home_) throw std::runtime_error("not here");
  }

  bool export_batch(const ExportedBatch& /*batch*/) override { return true; }

 private:
  static inline const pid_t home_ = ::getpid();
};

TEST(OwnCodeForks, MayAskTelemetryAsTheyGo) {
#if defined(ERGON_SANITIZED_THREAD)
  GTEST_SKIP() << "a forked child of a threaded parent aborts under ThreadSanitizer";
#endif
  telemetry::register_extension<InquisitiveExporter>("inquisitive");
  telemetry::register_extension<ChildlessExporter>("childless");
  TelemetryConfig config;
  config.tracing = TracingConfig{.processors = {BatchSpanProcessor{.exporter = Custom("inquisitive")},
                                                BatchSpanProcessor{.exporter = Custom("childless")}}};
  auto session = telemetry::start(std::move(config));
  ASSERT_TRUE(session);
  const auto act = [] {
    tracer().scoped_span("child's").end();  // one exporter can't be made, so the other one goes, too
    return tracer().scoped_span("later").is_recording() ? 1 : 0;
  };
  EXPECT_EQ(child_status(act), 0) << "the child goes on without telemetry";
  EXPECT_TRUE(session.shutdown(20s));
}

// No descriptor can be opened in its scope.
class NoDescriptorLeft {
 public:
  NoDescriptorLeft() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  NoDescriptorLeft(const NoDescriptorLeft&) = delete;
  NoDescriptorLeft& operator=(const NoDescriptorLeft&) = delete;
  ~NoDescriptorLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(OwnCode, MayAskTelemetryWhenASessionCannotStart) {
  telemetry::register_extension<InquisitiveExporter>("inquisitive");
  TelemetryConfig config;
  config.tracing = TracingConfig{.processors = {BatchSpanProcessor{.exporter = Custom("inquisitive")}}};
  {
    const NoDescriptorLeft none;
    EXPECT_FALSE(telemetry::start(config));
  }
  EXPECT_TRUE(telemetry::start(config));
}

}  // namespace
}  // namespace ergon::test
