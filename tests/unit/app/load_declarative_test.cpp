#include <gtest/gtest.h>

#include <string>

#include "unit/app/load_tasks_fixture.hpp"
#include "unit/session/environment.hpp"

namespace ergon::test {
namespace {

// specification: configuration/sdk.md: OpenTelemetry's declarative file
TEST_F(LoadTasks, TakeADeclarativeFileBelowTheirOwnSections) {
  const Variable sampler("OTEL_TRACES_SAMPLER", "always_off");
  const Variable attributes("OTEL_RESOURCE_ATTRIBUTES", "from=environment");
  const std::string declarative =
      "file_format: \"1.0\"\n"
      "resource: {attributes: [{name: a, value: b}]}\n"
      "tracer_provider:\n"
      "  processors: [{batch: {schedule_delay: 100, exporter: {otlp_http: }}}]\n"
      "logger_provider: {processors: [{batch: {exporter: {console: }}}]}\n";
  const auto loaded = load_declared(declarative,
                                    "tasks:\n"
                                    "  Items: {tracing: {limits: {event_count_limit: 7}}}\n"
                                    "  Others: {telemetry: console}\n",
                                    {"tracing.limits.link_count_limit=3"});
  ASSERT_EQ(errors_, Messages{});
  EXPECT_TRUE(loaded.environment_is_ignored);
  const TaskConfig& items = loaded.file.tasks.at("Items");
  EXPECT_EQ(items.resource.attributes, (ResourceAttributes{{"a", "b"}})) << "nor the environment, nor code";
  EXPECT_TRUE(items.tracing->sampler.holds<ParentBased>());
  EXPECT_EQ(items.tracing->processors.at(0).get<BatchSpanProcessor>().schedule_delay.count(), 100);
  EXPECT_EQ(items.tracing->limits.event_count_limit, 7);
  EXPECT_EQ(items.tracing->limits.link_count_limit, 3);
  EXPECT_FALSE(items.metrics);
  EXPECT_TRUE(items.propagator->composite.empty());
  EXPECT_TRUE(loaded.file.tasks.at("Others").metrics) << "its preset's";
  EXPECT_EQ(shown(loaded, "schedule_delay: 100ms"), "schedule_delay: 100ms # :4");
  EXPECT_EQ(shown(loaded, "a: b"), "a: b # :2");
}

TEST_F(LoadTasks, SayWhatIsWrongWithADeclarativeFileOnce) {
  static_cast<void>(
      load_declared("file_format: \"1.0\"\ntracer_providr: {}\n", "tasks: {Items: , Others: }\n"));
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_TRUE(errors_[0].starts_with(":2:1: tracer_providr: found an unknown key")) << errors_[0];
  const auto off = load_declared("file_format: \"1.1\"\ndisabled: true\n", "tasks: {Items: , Others: }\n");
  EXPECT_EQ(errors_, Messages{});
  EXPECT_TRUE(off.off.contains("Items") && off.off.contains("Others"));
}

TEST_F(LoadTasks, HaveTheirSectionsWhereADeclarativeFileHasNone) {
  const auto loaded = load_declared("file_format: \"1.0\"\n", "tasks: {Items: {tracing: }, Others: }\n");
  EXPECT_EQ(errors_, Messages{});
  EXPECT_FALSE(loaded.off.contains("Items"));
  EXPECT_TRUE(loaded.off.contains("Others")) << "not the console";
}

TEST_F(LoadTasks, MayBeADeclarativeFileAlone) {
  const auto loaded =
      load("file_format: \"1.0\"\nmeter_provider: {readers: [{periodic: {exporter: {console: }}}]}\n");
  ASSERT_EQ(errors_, Messages{});
  EXPECT_TRUE(loaded.file.tasks.at("Items").metrics);
  EXPECT_FALSE(loaded.file.tasks.at("Items").tracing);
}

}  // namespace
}  // namespace ergon::test
