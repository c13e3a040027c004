#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include <ergon/config/telemetry_description.hpp>

#include "config/json_schema.hpp"
#include "config/origins.hpp"
#include "config/read.hpp"
#include "config/values.hpp"
#include "config/yaml_document.hpp"
#include "config/yaml_text.hpp"

// `resource`, in this engine's form and in OpenTelemetry's.
namespace ergon::config {
namespace {

using Messages = std::vector<std::string>;

struct Read {
  ResourceConfig resource;
  Messages errors;
};

Read read(std::string_view yaml) {
  Read result;
  for (const ConfigError& error : read_yaml(yaml, "r.yaml", result.resource))
    result.errors.push_back(error.message());
  return result;
}

TEST(ResourceConfig, TakesAnyKeyAsAnAttribute) {
  const Read done = read("{service.version: \"1.10\", replicas: 3, canary: true, tags: [a, b]}");
  EXPECT_EQ(done.errors, Messages{});
  EXPECT_EQ(done.resource.attributes, (ResourceAttributes{{"service.version", "1.10"},
                                                          {"replicas", std::int64_t{3}},
                                                          {"canary", true},
                                                          {"tags", std::vector<std::string>{"a", "b"}}}));
}

TEST(ResourceConfig, TakesTheListThatOpenTelemetryHas) {
  const Read done = read(
      "attributes:\n"
      "  - name: service.name\n"
      "    value: orders\n"
      "  - {name: text, value: \"7\", type: string}\n"
      "  - {name: whole, value: 7, type: int}\n"
      "  - {name: half, value: 1, type: double}\n"
      "  - {name: on, value: true, type: bool}\n"
      "  - {name: many, value: [a, b], type: string_array}\n"
      "  - {name: unsaid, value: 7}\n"
      "attributes_list: \"a=b,c=d%2Ce\"\n"
      "schema_url: https://opentelemetry.io/schemas/1.40.0\n"
      "detection/development:\n"
      "  attributes: {included: [\"process.*\"], excluded: [process.command_args]}\n"
      "  detectors: [{service: }, {host: }, {process: }, {container: {}}, {os: }, {env: }]\n");
  EXPECT_EQ(done.errors, Messages{});
  EXPECT_EQ(done.resource.attributes, (ResourceAttributes{{"service.name", "orders"},
                                                          {"text", "7"},
                                                          {"whole", std::int64_t{7}},
                                                          {"half", 1.0},
                                                          {"on", true},
                                                          {"many", std::vector<std::string>{"a", "b"}},
                                                          {"unsaid", std::int64_t{7}}}));
  EXPECT_EQ(done.resource.attributes_list, "a=b,c=d%2Ce");
  EXPECT_EQ(done.resource.schema_url, "https://opentelemetry.io/schemas/1.40.0");
  EXPECT_EQ(done.resource.detection.attributes.included, (std::vector<std::string>{"process.*"}));
  ASSERT_EQ(done.resource.detection.detectors.size(), 6U);
  EXPECT_TRUE(done.resource.detection.detectors[0].holds<ServiceDetector>());
  EXPECT_TRUE(done.resource.detection.detectors[3].holds<ContainerDetector>());
}

TEST(ResourceConfig, SaysWhatIsWrongWithAList) {
  EXPECT_EQ(read("attributes: {a: b}").errors,
            Messages{"r.yaml:1:13: attributes: found a map; allowed: a list of maps with name and value"});
  EXPECT_EQ(read("attributes: [{name: a}]").errors,
            Messages{"r.yaml:1:14: attributes[0]: found no value; allowed: a map with name and value"});
  EXPECT_EQ(read("attributes: [{value: a}]").errors,
            Messages{"r.yaml:1:14: attributes[0]: found no name; allowed: a map with name and value"});
  EXPECT_EQ(read("attributes: [{name: a, value: b, type: int}]").errors,
            Messages{"r.yaml:1:31: attributes[0].value: found b; allowed: a whole number"});
  EXPECT_EQ(read("attributes: [{name: a, value: b, kind: int}]").errors,
            Messages{"r.yaml:1:34: attributes[0].kind: found an unknown key; allowed: name, value, type"});
  EXPECT_EQ(read("attributes_list: a").errors.size(), 1U);
  EXPECT_EQ(read("detection/development: {detectors: [{hots: }]}").errors.size(), 1U);
}

TEST(ResourceConfig, IsShownInTheFormThatReadsBack) {
  Read done = read("{attributes: [{name: b, value: \"1\"}], a: 2, attributes_list: \"x=y\"}");
  const std::string text = yaml_text(type_of<ResourceConfig>(), &done.resource, {},
                                     {.remark = [](const ValueView&, bool) { return std::string(); }});
  Read again = read(text);
  EXPECT_EQ(again.errors, Messages{}) << text;
  EXPECT_EQ(again.resource.attributes, done.resource.attributes) << text;
  EXPECT_EQ(again.resource.attributes_list, "x=y");
}

TEST(ResourceConfig, HasThePlacesOfListedAttributes) {
  ConfigErrors errors;
  Origins origins;
  origins.add({"r.yaml", load_yaml("resource:\n  attributes:\n    - name: a\n      value: b\n  c: d\n",
                                   "r.yaml", errors)});
  const auto listed = origins.place_of("resource.a");
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->line, 3);
  EXPECT_EQ(origins.place_of("resource.c")->line, 5);
  EXPECT_FALSE(origins.place_of("resource.b"));
}

}  // namespace
}  // namespace ergon::config
