#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include <ergon/extend/register_extension.hpp>
#include <ergon/telemetry.hpp>
#include <ergon/testing/in_memory_store.hpp>

#include "unit/support_engine/journal.hpp"
#include "unit/support_engine/leaks_on_purpose.hpp"

// Processors and exporters of the program's own around a fork.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;

Journal g_journal;
int g_made = 0;

// Says in which process it was made.
class CountedExporter final : public TelemetryExporter {
 public:
  CountedExporter() { ++g_made; }

  bool export_batch(const ExportedBatch& batch) override {
    for (const SpanData& span : batch.spans()) g_journal.note("exported " + span.name + " " + whose());
    return true;
  }
  bool force_flush(Deadline /*deadline*/) override {
    g_journal.note("flushed " + whose());
    return true;
  }
  void shutdown(Deadline /*deadline*/) override { g_journal.note("shut down " + whose()); }

 private:
  [[nodiscard]] std::string whose() const {
    return made_in_ == ::getpid() ? "by its own" : "by the parent's";
  }
  pid_t made_in_ = ::getpid();
};

class CountedProcessor final : public SpanProcessor {
 public:
  void on_start(WritableSpan& span, const Context& /*parent*/) override { note("started", span.name()); }
  void on_ending(WritableSpan& span) override { note("ending", span.name()); }
  void on_end(const SpanData& span) override { note("ended", span.name); }

 private:
  void note(const std::string& what, std::string_view name) const {
    g_journal.note(what + " " + std::string(name) +
                   (made_in_ == ::getpid() ? " by its own" : " by the parent's"));
  }
  pid_t made_in_ = ::getpid();
};

// Answers what went wrong in the child, as its exit status.
int act_in_child(telemetry::Session& session) {
  static_cast<void>(g_journal.take());
  get_tracer("forks").scoped_span("child's").end();
  if (!session.flush(20s)) return 1;
  for (const char* line : {"started child's by its own", "ending child's by its own",
                           "ended child's by its own", "exported child's by its own", "flushed by its own"}) {
    if (g_journal.count(line) != 1) return 2;
  }
  if (testing::InMemoryStore("forks").spans().find("child's") == nullptr) return 3;
  if (!session.shutdown(20s)) return 4;
  if (g_journal.count("shut down by its own") != 1) return 5;
  for (const std::string& line : g_journal.lines()) {
    if (line.ends_with("by the parent's")) return 6;
  }
  return g_made == 2 ? 0 : 7;
}

TEST(OwnCodeForks, MakeObjectsOfTheChildsOwn) {
#if defined(ERGON_SANITIZED_THREAD)
  GTEST_SKIP() << "a forked child of a threaded parent aborts under ThreadSanitizer";
#endif
  telemetry::register_extension<CountedExporter>("counted");
  telemetry::register_extension<CountedProcessor>("counted");
  g_made = 0;
  testing::InMemoryStore store("forks");
  TelemetryConfig config;
  config.tracing =
      TracingConfig{.processors = {Custom("counted"), BatchSpanProcessor{.exporter = Custom("counted")},
                                   BatchSpanProcessor{.exporter = store.exporter()}}};
  auto session = telemetry::start(std::move(config));
  {
    const auto live = get_tracer("forks").scoped_span("live");
    get_tracer("forks").scoped_span("parent's").end();
    ASSERT_TRUE(session.flush(20s));
    const LeaksOnPurpose leaks;
    const pid_t child = ::fork();
    if (child == 0) ::_exit(act_in_child(session));
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0) << "see act_in_child";
  }
  EXPECT_TRUE(session.shutdown(20s));
  for (const char* line : {"started live by its own", "ending live by its own", "ended live by its own",
                           "exported live by its own", "shut down by its own"}) {
    EXPECT_EQ(g_journal.count(line), 1) << line;
  }
  EXPECT_EQ(store.spans().find("child's"), nullptr);
  EXPECT_EQ(g_made, 1);
}

}  // namespace
}  // namespace ergon::test
