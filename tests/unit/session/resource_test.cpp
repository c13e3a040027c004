#include "telemetry/session/resource.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <regex>
#include <string>
#include <variant>
#include <vector>

#include "base/host.hpp"
#include "base/wire.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "unit/session/environment.hpp"

namespace ergon::telemetry {
namespace {

using ergon::test::Variable;

RuntimeOptions from_file() { return {.config_is_from_file = true}; }

std::string text(const ResourceAttributes& resource, const std::string& key) {
  const auto found = resource.find(key);
  if (found == resource.end()) return "(none)";
  const auto* value = std::get_if<std::string>(&found->second);
  return value != nullptr ? *value : "(no text)";
}

TelemetryConfig named(const std::string& service_name, ResourceAttributes resource = {}) {
  TelemetryConfig config;
  config.service_name = service_name;
  config.resource.attributes = std::move(resource);
  return config;
}

TEST(Resource, OfAForkedChildNamesItsOwnParent) {
  TelemetryConfig config;
  config.resource.attributes = {{"process.parent_pid", std::int64_t{1}}};
  EXPECT_EQ(make_resource(config, {}, true).at("process.parent_pid"),
            ResourceValue(std::int64_t{::getppid()}));
  EXPECT_EQ(make_resource(config, {}, false).at("process.parent_pid"), ResourceValue(std::int64_t{1}));
}

TEST(Resource, NamesTheProgramWhereNobodyNamesTheService) {
  EXPECT_EQ(text(make_resource({}, {}, false), "service.name"), "unknown_service:unit_session");
  EXPECT_EQ(text(make_resource({}, {.default_service_name = "OrderProcessor"}, false), "service.name"),
            "OrderProcessor");
}

TEST(Resource, SaysWhichProcessItIs) {
  const ResourceAttributes resource = make_resource({}, {}, false);
  EXPECT_EQ(std::get<std::int64_t>(resource.at("process.pid")), getpid());
  EXPECT_EQ(text(resource, "host.name"), base::host_name());
  EXPECT_EQ(std::get<std::vector<std::string>>(resource.at("host.ip")), base::host_ips());
  EXPECT_EQ(text(resource, "telemetry.sdk.name"), "ergon");
  EXPECT_EQ(text(resource, "telemetry.sdk.language"), "cpp");
  EXPECT_TRUE(std::regex_match(text(resource, "telemetry.sdk.version"), std::regex(R"(\d+\.\d+\.\d+)")));
  EXPECT_TRUE(
      std::regex_match(text(resource, "service.instance.id"),
                       std::regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")));
  EXPECT_NE(text(resource, "service.instance.id"), text(make_resource({}, {}, false), "service.instance.id"));
}

TEST(Resource, PrefersTheEnvironmentToCode) {
  const Variable attributes("OTEL_RESOURCE_ATTRIBUTES", "service.name=ignored,team=env,only.env=x%20y");
  const Variable name("OTEL_SERVICE_NAME", "from env");
  const auto resource = make_resource(named("from code", {{"team", "code"}, {"only.code", "1"}}), {}, false);
  EXPECT_EQ(text(resource, "service.name"), "from env") << "OTEL_SERVICE_NAME wins over the attribute";
  EXPECT_EQ(text(resource, "team"), "env");
  EXPECT_EQ(text(resource, "only.env"), "x y");
  EXPECT_EQ(text(resource, "only.code"), "1");
}

TEST(Resource, PrefersAFileToTheEnvironment) {
  const Variable attributes("OTEL_RESOURCE_ATTRIBUTES", "team=env,only.env=x");
  const Variable name("OTEL_SERVICE_NAME", "from env");
  const auto resource = make_resource(named("from file", {{"team", "file"}}), from_file(), false);
  EXPECT_EQ(text(resource, "service.name"), "from file");
  EXPECT_EQ(text(resource, "team"), "file");
  EXPECT_EQ(text(resource, "only.env"), "x");
  EXPECT_EQ(text(make_resource(named(""), from_file(), false), "service.name"), "from env");
}

TEST(Resource, TakesTheServicesNameFromAnAttribute) {
  EXPECT_EQ(text(make_resource(named("", {{"service.name", "attribute"}}), {}, false), "service.name"),
            "attribute");
  EXPECT_EQ(text(make_resource(named("name", {{"service.name", "attribute"}}), {}, false), "service.name"),
            "name");
  const Variable attributes("OTEL_RESOURCE_ATTRIBUTES", "service.name=env");
  EXPECT_EQ(text(make_resource({}, {.default_service_name = "task"}, false), "service.name"), "env");
}

TEST(Resource, IgnoresAMalformedEnvironmentWhole) {
  const Variable attributes("OTEL_RESOURCE_ATTRIBUTES", "good=1,no equals sign");
  ::testing::internal::CaptureStderr();
  const auto resource = make_resource({}, {}, false);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("OTEL_RESOURCE_ATTRIBUTES"), std::string::npos);
  EXPECT_EQ(text(resource, "good"), "(none)");
}

TEST(Resource, LetsNothingReplaceWhatIsInjected) {
  const Variable attributes(
      "OTEL_RESOURCE_ATTRIBUTES",
      "service.instance.id=env,process.pid=1,host.name=env,ergon.run.id=env,telemetry.sdk.name=env");
  const RuntimeOptions options{
      .config_is_from_file = true,
      .injected_resource = {
          {"service.instance.id", "injected"}, {"ergon.run.id", "run"}, {"host.name", "not this"}}};
  const auto resource = make_resource(
      named("s", {{"service.instance.id", "file"}, {"host.name", "file"}, {"ergon.run.id", "file"}}), options,
      false);
  EXPECT_EQ(text(resource, "service.instance.id"), "injected");
  EXPECT_EQ(text(resource, "ergon.run.id"), "run");
  EXPECT_EQ(text(resource, "host.name"), base::host_name());
  EXPECT_EQ(text(resource, "telemetry.sdk.name"), "ergon");
  EXPECT_EQ(std::get<std::int64_t>(resource.at("process.pid")), getpid());
}

TEST(Resource, GivesAForkedChildItsOwnInstance) {
  const RuntimeOptions options{.injected_resource = {{"service.instance.id", "parent's"},
                                                     {"ergon.task.execution.id", "parent's"},
                                                     {"ergon.task.execution.pid", std::int64_t{1}},
                                                     {"ergon.run.id", "run"}}};
  const auto resource = make_resource({}, options, true);
  EXPECT_NE(text(resource, "service.instance.id"), "parent's");
  EXPECT_EQ(text(resource, "ergon.task.execution.id"), text(resource, "service.instance.id"));
  EXPECT_EQ(std::get<std::int64_t>(resource.at("ergon.task.execution.pid")), getpid());
  EXPECT_EQ(text(resource, "ergon.run.id"), "run");
}

// The attributes of one signal's resource as they would be sent.
std::string sent(const ResourceAttributes& shared, const ResourceAttributes& own,
                 const RuntimeOptions& options, std::string_view key) {
  std::string group;
  std::string request;
  base::wire::append_field(group, 1, encode_resource(shared, own, options));
  base::wire::append_field(request, 1, group);
  const ReadResource resource = read_spans(request).resource;
  std::string found;
  for (const auto& [name, value] : resource.attributes) {
    if (name == key) found += found.empty() ? value : " and again " + value;
  }
  return found;
}

TEST(Resource, AddsASignalsOwnAttributes) {
  const ResourceAttributes shared{{"team", "all"}, {"region", "eu"}};
  const ResourceAttributes own{{"team", "logs"}, {"retention", std::int64_t{30}}};
  EXPECT_EQ(sent(shared, own, {}, "team"), "logs");
  EXPECT_EQ(sent(shared, own, {}, "region"), "eu");
  EXPECT_EQ(sent(shared, own, {}, "retention"), "30");
  EXPECT_EQ(sent(shared, {}, {}, "team"), "all");
}

TEST(Resource, KeepsTheOrderOfPrecedenceWithinASignal) {
  const Variable attributes("OTEL_RESOURCE_ATTRIBUTES", "team=env");
  const RuntimeOptions injecting{.config_is_from_file = true, .injected_resource = {{"ergon.run.id", "run"}}};
  const ResourceAttributes own{{"team", "own"}, {"host.name", "own"}, {"ergon.run.id", "own"}};
  EXPECT_EQ(sent(make_resource({}, {}, false), own, {}, "team"), "env") << "code below the environment";
  EXPECT_EQ(sent(make_resource({}, injecting, false), own, injecting, "team"), "own") << "a file above it";
  EXPECT_EQ(sent(make_resource({}, injecting, false), own, injecting, "host.name"), base::host_name());
  EXPECT_EQ(sent(make_resource({}, injecting, false), own, injecting, "ergon.run.id"), "run");
}

}  // namespace
}  // namespace ergon::telemetry
