#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include <ergon/telemetry.hpp>
#include <ergon/testing/in_memory_store.hpp>

#include "base/diagnostic.hpp"
#include "unit/session/environment.hpp"

// specification: configuration/sdk.md, and
// configuration/sdk-environment-variables.md#declarative-configuration: with OTEL_CONFIG_FILE all other
// variables are ignored.
namespace ergon::telemetry {
namespace {

using namespace std::chrono_literals;
using ergon::test::Variable;

constexpr std::string_view kStored = R"(
file_format: "1.0"
resource: {attributes: [{name: service.name, value: declared}]}
tracer_provider:
  processors: [{simple: {exporter: {in_memory: {store: declared}}}}]
logger_provider:
  processors: [{simple: {exporter: {in_memory: {store: declared}}}}]
)";

class DeclarativeStart : public ::testing::Test {
 protected:
  DeclarativeStart() { store_.clear(); }

  std::string file(std::string_view text, const std::string& name = "otel.yaml") {
    const std::string path = ::testing::TempDir() + name;
    std::ofstream(path) << text;
    return path;
  }
  // What a session that has been started tells of itself.
  void record(Session& session) {
    get_tracer("declared").scoped_span("order").end();
    get_logger("declared").debug("charged");
    EXPECT_TRUE(session.flush(20s));
  }

  testing::InMemoryStore store_{"declared"};
};

TEST_F(DeclarativeStart, TakesTheFileInPlaceOfTheProgramsConfiguration) {
  const Variable variable("OTEL_CONFIG_FILE", file(kStored));
  Session session = start({.service_name = "in code", .tracing = TracingConfig{.sampler = AlwaysOff{}}});
  ASSERT_TRUE(session);
  record(session);
  ASSERT_EQ(store_.spans().tree(), "order\n");
  ASSERT_EQ(store_.logs().size(), 1U) << "without a logger_configurator every severity";
}

TEST_F(DeclarativeStart, LeavesTheOtherVariablesOut) {
  const Variable variable("OTEL_CONFIG_FILE", file(kStored));
  const Variable disabled("OTEL_SDK_DISABLED", "true");
  const Variable sampler("OTEL_TRACES_SAMPLER", "always_off");
  const Variable propagators("OTEL_PROPAGATORS", "b3");
  Session session = start({});
  ASSERT_TRUE(session);
  record(session);
  EXPECT_EQ(store_.spans().tree(), "order\n");
  ASSERT_EQ(store_.logs().size(), 1U);
  EXPECT_TRUE(global_propagator().fields().empty()) << "no propagator is none";
}

TEST_F(DeclarativeStart, HasTheResourceOfTheFileAlone) {
  const Variable attributes("OTEL_RESOURCE_ATTRIBUTES", "from=environment");
  const std::string output = file("", "declared.jsonl");
  const auto written_under = [&](const std::string& resource) {
    file("", "declared.jsonl");
    const Variable variable(
        "OTEL_CONFIG_FILE",
        file("file_format: \"1.0\"\nresource: " + resource +
             "\ntracer_provider:\n  processors: [{simple: {exporter: {otlp_file/development: {output_stream: "
             "\"file://" +
             output + "\"}}}}]\n"));
    Session session = start({.service_name = "in code"});
    EXPECT_TRUE(session);
    get_tracer("declared").scoped_span("order").end();
    EXPECT_TRUE(session.shutdown(20s));
    std::ostringstream text;
    text << std::ifstream(output).rdbuf();
    return text.str();
  };
  const std::string alone = written_under("{attributes: [{name: service.name, value: declared}]}");
  EXPECT_NE(alone.find("\"declared\""), std::string::npos) << alone;
  EXPECT_EQ(alone.find("\"environment\""), std::string::npos) << alone;
  const std::string detected = written_under("{detection/development: {detectors: [{env: }]}}");
  EXPECT_NE(detected.find("\"environment\""), std::string::npos) << detected;
  EXPECT_NE(detected.find("\"in code\""), std::string::npos) << "the program's name for itself: " << detected;
}

TEST_F(DeclarativeStart, IsThatOfAFileOfThisForm) {
  Session session = start_from_file(file(kStored));
  ASSERT_TRUE(session);
  record(session);
  EXPECT_EQ(store_.spans().tree(), "order\n");
}

TEST_F(DeclarativeStart, GivesWayToAFileOfThisEnginesOwn) {
  const Variable variable("OTEL_CONFIG_FILE", file(kStored));
  Session session = start_from_file(file("tracing: {sampler: {always_off: }}\n", "telemetry.yaml"));
  ASSERT_TRUE(session);
  record(session);
  EXPECT_EQ(store_.spans().tree(), "");
  EXPECT_EQ(store_.logs().size(), 1U) << "what that does not say is the declarative file's";
}

TEST_F(DeclarativeStart, SaysWhatIsWrongAndStartsNothing) {
  const std::string path = file("file_format: \"1.0\"\ntracer_providr: {}\n");
  const Variable variable("OTEL_CONFIG_FILE", path);
  ::testing::internal::CaptureStderr();
  const Session session = start({});
  static_cast<void>(::testing::internal::GetCapturedStderr());
  EXPECT_FALSE(session);
  ASSERT_EQ(session.errors().size(), 1U);
  EXPECT_TRUE(session.errors()[0].starts_with(path + ":2:1: tracer_providr: found an unknown key"))
      << session.errors()[0];
  const Variable missing("OTEL_CONFIG_FILE", "/nowhere/otel.yaml");
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(start({}));
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("/nowhere/otel.yaml"), std::string::npos);
}

// That file can't say what is to be kept inside.
TEST_F(DeclarativeStart, LeavesWhatIsRedactedAsTheProgramSays) {
  const Variable variable("OTEL_CONFIG_FILE", file(kStored));
  Session session = start({.redact = RedactConfig{.patterns = {"s[a-z]+t"}}});
  ASSERT_TRUE(session);
  get_logger("declared").info("a secret");
  EXPECT_TRUE(session.flush(20s));
  ASSERT_EQ(store_.logs().size(), 1U);
  EXPECT_EQ(store_.logs()[0].message.find("secret"), std::string::npos) << store_.logs()[0].message;
}

TEST_F(DeclarativeStart, WithoutAProviderHasWhatAnotherFileHas) {
  const Variable variable("OTEL_CONFIG_FILE", file("file_format: \"1.0\"\n"));
  const std::string own = "tracing: {processors: [{simple: {exporter: {in_memory: {store: declared}}}}]}\n";
  {
    Session session = start_from_file(file(own, "telemetry.yaml"));
    ASSERT_TRUE(session);
    record(session);
    EXPECT_EQ(store_.spans().tree(), "order\n");
  }
  const Variable off("OTEL_CONFIG_FILE", file("file_format: \"1.0\"\ndisabled: true\n"));
  store_.clear();
  Session session = start_from_file(file(own, "telemetry.yaml"));
  record(session);
  EXPECT_EQ(store_.spans().tree(), "");
}

TEST_F(DeclarativeStart, SaysWhetherTroublesAreTold) {
  const auto told = [] {
    base::Diagnostic trouble{"declarative start: a trouble"};
    ::testing::internal::CaptureStderr();
    trouble.report("here");
    return ::testing::internal::GetCapturedStderr();
  };
  {
    const Variable variable("OTEL_CONFIG_FILE", file("log_level: error\n" + std::string(kStored)));
    const Session session = start({});
    ASSERT_TRUE(session);
    EXPECT_EQ(told(), "");
  }
  const Session session = start({});
  EXPECT_EQ(told(), "ergon: declarative start: a trouble: here\n") << "of that session alone";
}

TEST_F(DeclarativeStart, MayTurnEverythingOff) {
  const Variable variable("OTEL_CONFIG_FILE", file("file_format: \"1.0\"\ndisabled: true\n"));
  Session session = start({.tracing = TracingConfig{.processors = {SimpleSpanProcessor{store_.exporter()}}}});
  ASSERT_TRUE(session);
  record(session);
  EXPECT_EQ(store_.spans().tree(), "");
}

}  // namespace
}  // namespace ergon::telemetry
