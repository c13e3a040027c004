#include "config/environment.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace ergon::config {
namespace {

ResourceAttributes parsed(std::string_view text) {
  const auto result = parse_resource_attributes_env(text);
  EXPECT_TRUE(std::holds_alternative<ResourceAttributes>(result)) << text;
  const auto* attributes = std::get_if<ResourceAttributes>(&result);
  return attributes ? *attributes : ResourceAttributes{};
}

std::string refusal(std::string_view text) {
  const auto result = parse_resource_attributes_env(text);
  const auto* error = std::get_if<ConfigError>(&result);
  return error ? error->message() : "accepted";
}

TEST(ResourceAttributesEnvironment, ReadsPairs) {
  EXPECT_EQ(parsed(""), ResourceAttributes{});
  EXPECT_EQ(parsed("service.version=1.10,deployment.environment.name=staging"),
            (ResourceAttributes{{"service.version", "1.10"}, {"deployment.environment.name", "staging"}}));
}

TEST(ResourceAttributesEnvironment, IgnoresSpacesAroundKeysAndValues) {
  EXPECT_EQ(parsed(" a = b ,\tc=d e"), (ResourceAttributes{{"a", "b"}, {"c", "d e"}}));
}

TEST(ResourceAttributesEnvironment, DecodesPercentSigns) {
  EXPECT_EQ(parsed("a%2Cb=c%3dd%25,e=%C3%A9"), (ResourceAttributes{{"a,b", "c=d%"}, {"e", "é"}}));
}

TEST(ResourceAttributesEnvironment, TakesEmptyValuesAndTheLastOfRepeatedKeys) {
  EXPECT_EQ(parsed("a=,b=1,b=2"), (ResourceAttributes{{"a", ""}, {"b", "2"}}));
}

TEST(ResourceAttributesEnvironment, DiscardsTheWholeOnAnyError) {
  EXPECT_EQ(refusal("a=1,b"),
            "OTEL_RESOURCE_ATTRIBUTES: found \"b\"; allowed: key=value pairs separated by commas, with %XX "
            "for , = and %");
  for (const char* text :
       {"a", "=1", " =1", "a=1,", ",", " ", "a=b=c", "a=%", "a=%4", "a=%zz", "a=%+1", "%=1", "a=%0x"}) {
    EXPECT_NE(refusal(text), "accepted") << text;
  }
}

TEST(Environment, CountsAnEmptyVariableAsUnset) {
  constexpr const char* kName = "ERGON_TEST_ENVIRONMENT_VARIABLE";
  ::unsetenv(kName);
  EXPECT_EQ(environment_variable(kName), std::nullopt);
  ::setenv(kName, "", 1);
  EXPECT_EQ(environment_variable(kName), std::nullopt);
  ::setenv(kName, "value", 1);
  EXPECT_EQ(environment_variable(kName), "value");
  ::unsetenv(kName);
}

TEST(Environment, DescribesTheResource) {
  ::unsetenv("OTEL_SERVICE_NAME");
  ::setenv("OTEL_RESOURCE_ATTRIBUTES", "service.name=attribute,team=env", 1);
  EXPECT_EQ(environment_resource(), (ResourceAttributes{{"service.name", "attribute"}, {"team", "env"}}));
  ::setenv("OTEL_SERVICE_NAME", "name", 1);
  EXPECT_EQ(environment_resource(), (ResourceAttributes{{"service.name", "name"}, {"team", "env"}}));
  ::setenv("OTEL_RESOURCE_ATTRIBUTES", "team", 1);
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(environment_resource(), (ResourceAttributes{{"service.name", "name"}}));
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("OTEL_RESOURCE_ATTRIBUTES is ignored"),
            std::string::npos);
  ::unsetenv("OTEL_RESOURCE_ATTRIBUTES");
  ::unsetenv("OTEL_SERVICE_NAME");
}

}  // namespace
}  // namespace ergon::config
