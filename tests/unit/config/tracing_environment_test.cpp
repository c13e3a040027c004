#include "config/tracing_environment.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "config/read.hpp"
#include "unit/connectors/temporary_file.hpp"
#include "unit/session/environment.hpp"

// specification: configuration/sdk-environment-variables.md
namespace ergon::config {
namespace {

// As without a text.
void apply_tracing(TracingConfig& config) {
  Origins none;
  apply_tracing_environment(config, none, "tracing");
}

using ergon::test::TemporaryFile;
using ergon::test::Variable;

Sampler sampler_of(const std::string& name, const std::string& argument = {}) {
  const Variable sampler("OTEL_TRACES_SAMPLER", name);
  const Variable its_argument("OTEL_TRACES_SAMPLER_ARG", argument);
  TracingConfig config;
  apply_tracing(config);
  return config.sampler;
}

double ratio_in(const Sampler& sampler) { return sampler.get<TraceIdRatioBased>().ratio; }

TEST(SamplerEnvironment, NamesEachSampler) {
  EXPECT_TRUE(sampler_of("always_on").holds<AlwaysOn>());
  EXPECT_TRUE(sampler_of("Always_Off").holds<AlwaysOff>());
  EXPECT_EQ(ratio_in(sampler_of("traceidratio", "0.25")), 0.25);
  EXPECT_TRUE(sampler_of("parentbased_always_on").get<ParentBased>().root->holds<AlwaysOn>());
  EXPECT_TRUE(sampler_of("parentbased_always_off").get<ParentBased>().root->holds<AlwaysOff>());
  EXPECT_EQ(ratio_in(*sampler_of("parentbased_traceidratio", "0.5").get<ParentBased>().root), 0.5);
}

TEST(SamplerEnvironment, IsIgnoredWhereItIsMalformed) {
  for (const char* name : {"", "jaeger_remote", "parentbased_", "parentbased_parentbased_always_on", "on"})
    EXPECT_TRUE(sampler_of(name).holds<ParentBased>()) << name << ": the default";
  for (const char* argument : {"", "half", "-0.1", "1.1", "0.5x", "nan"})
    EXPECT_EQ(ratio_in(sampler_of("traceidratio", argument)), 1) << argument;
  const Variable argument("OTEL_TRACES_SAMPLER_ARG", "0.5");
  TracingConfig config{.sampler = TraceIdRatioBased{0.1}};
  apply_tracing(config);
  EXPECT_EQ(ratio_in(config.sampler), 0.1) << "an argument alone";
}

SpanLimits limits_with(const std::string& variable, const std::string& value, TracingConfig config = {}) {
  const Variable one(variable, value);
  apply_tracing(config);
  return config.limits;
}

TEST(LimitsEnvironment, HasAVariableForEach) {
  EXPECT_EQ(limits_with("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "7").attribute_count_limit, 7);
  EXPECT_EQ(limits_with("OTEL_SPAN_EVENT_COUNT_LIMIT", "7").event_count_limit, 7);
  EXPECT_EQ(limits_with("OTEL_SPAN_LINK_COUNT_LIMIT", "0").link_count_limit, 0);
  EXPECT_EQ(limits_with("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "7").event_attribute_count_limit, 7);
  EXPECT_EQ(limits_with("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "7").link_attribute_count_limit, 7);
  EXPECT_EQ(limits_with("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "7").attribute_value_length_limit, 7);
  const SpanLimits general = limits_with("OTEL_ATTRIBUTE_COUNT_LIMIT", "7");
  EXPECT_EQ(general.attribute_count_limit, 7);
  EXPECT_EQ(general.event_attribute_count_limit, 128) << "has a variable and a default of its own";
  EXPECT_EQ(limits_with("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "7").attribute_value_length_limit, 7);
}

TEST(LimitsEnvironment, PrefersWhatIsSaidOfSpans) {
  const Variable count("OTEL_ATTRIBUTE_COUNT_LIMIT", "7");
  const Variable length("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "7");
  EXPECT_EQ(limits_with("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "8").attribute_count_limit, 8);
  EXPECT_EQ(limits_with("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "x").attribute_count_limit, 7) << "as if unset";
  EXPECT_EQ(limits_with("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "8").attribute_value_length_limit, 8);
}

TEST(LimitsEnvironment, IsIgnoredWhereItIsMalformed) {
  for (const char* value : {"", "many", "-1", "1.5", "12 "})
    EXPECT_EQ(limits_with("OTEL_SPAN_EVENT_COUNT_LIMIT", value).event_count_limit, 128) << value;
  EXPECT_EQ(limits_with("OTEL_SPAN_EVENT_COUNT_LIMIT", "9223372036854775807").event_count_limit, 65'535)
      << "the largest there is";
}

TEST(TracingEnvironment, WinsOverCodeAndLosesToTheFile) {
  const Variable sampler("OTEL_TRACES_SAMPLER", "always_off");
  const Variable events("OTEL_SPAN_EVENT_COUNT_LIMIT", "7");
  const Variable links("OTEL_SPAN_LINK_COUNT_LIMIT", "7");
  const TracingConfig in_code{.sampler = AlwaysOn{}, .limits = {.event_count_limit = 5}};
  TracingConfig config = in_code;
  apply_tracing(config);
  EXPECT_TRUE(config.sampler.holds<AlwaysOff>());
  EXPECT_EQ(config.limits.event_count_limit, 7);

  const TemporaryFile file("tracing: {sampler: {always_on: }, limits: {event_count_limit: 6}}");
  ConfigErrors errors;
  Origins origins;
  load_layers(file.path(), origins, errors);
  ASSERT_TRUE(errors.empty());
  config = {.sampler = AlwaysOn{}, .limits = {.event_count_limit = 6}};  // as it was read
  apply_tracing_environment(config, origins, "tracing");
  EXPECT_TRUE(config.sampler.holds<AlwaysOn>());
  EXPECT_EQ(config.limits.event_count_limit, 6);
  EXPECT_EQ(config.limits.link_count_limit, 7) << "the file says nothing of it";
}

}  // namespace
}  // namespace ergon::config
