#include "config/origins.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "config/yaml_document.hpp"

namespace ergon::config {
namespace {

using Lines = std::vector<std::string>;

class OriginsOfValues : public ::testing::Test {
 protected:
  std::string place_of(const std::string& path) const {
    ConfigError error{.path = path};
    origins_.locate(error);
    return error.file + ':' + std::to_string(error.line) + ':' + std::to_string(error.column);
  }
  Lines added(ConfigErrors errors, ConfigErrors later) const {
    origins_.add_located(errors, std::move(later));
    Lines lines;
    for (const ConfigError& error : errors) lines.push_back(std::to_string(error.line) + ' ' + error.path);
    return lines;
  }

  ConfigErrors none_;
  void add(const std::string& name, const std::string& text, const std::string& mount = {}) {
    origins_.add({name, load_yaml(text, name, none_), mount});
  }

  OriginsOfValues() {
    add("f",
        "tasks:\n"
        "  Orders:\n"
        "    handlers: [{a: }, {b: 1}]\n"
        "  \"Or.ders\":\n"
        "    x: 1\n");
  }

  Origins origins_;
};

TEST_F(OriginsOfValues, FindsKeysAndItems) {
  EXPECT_EQ(place_of("tasks.Orders"), "f:2:3");
  EXPECT_EQ(place_of("tasks.Orders.handlers[1]"), "f:3:23");
  EXPECT_EQ(place_of("tasks.Orders.handlers[1].b"), "f:3:24");
  EXPECT_EQ(place_of(member_path("tasks", "Or.ders") + ".x"), "f:5:5");
}

TEST_F(OriginsOfValues, FindsTheNearestKeyAboveWhatIsMissing) {
  EXPECT_EQ(place_of("tasks.Orders.connectors.orders"), "f:2:3");
  EXPECT_EQ(place_of("tasks.Orders.handlers[1].b.c.d"), "f:3:24");
  EXPECT_EQ(place_of("tasks.Ord"), "f:1:1");
  EXPECT_EQ(place_of("other"), "f:1:1");
  EXPECT_EQ(place_of(""), "f:1:1");
}

TEST_F(OriginsOfValues, AreAtANameOfDevelopmentToo) {
  add("g", "sampler: {probability/development: {ratio: 1}}\n");
  EXPECT_EQ(place_of("sampler.probability.ratio"), "g:1:37");
  EXPECT_EQ(place_of(member_path("sampler", "probability/development") + ".ratio"), "g:1:37");
}

TEST_F(OriginsOfValues, KnowsWhatIsThere) {
  EXPECT_TRUE(origins_.is_in_text("tasks.Orders.handlers[0].a"));
  EXPECT_FALSE(origins_.is_in_text("tasks.Orders.handlers[2]"));
  EXPECT_FALSE(origins_.is_in_text("tasks.Ord"));
}

TEST_F(OriginsOfValues, AreInTheLastTextThatHasThem) {
  add("g", "x: 2\ny: {z: }\n", "tasks.Orders");
  EXPECT_EQ(place_of("tasks.Orders.x"), "g:1:1");
  EXPECT_EQ(place_of("tasks.Orders.y.z"), "g:2:5");
  EXPECT_EQ(place_of("tasks.Orders.handlers[1].b"), "f:3:24");
  EXPECT_EQ(place_of("tasks.Orders.y.z.a"), "g:2:5") << "the longest way";
  EXPECT_EQ(place_of("tasks.Orders.handlers[1].c"), "f:3:23");
  EXPECT_FALSE(origins_.place_of("tasks.Orders.w"));
  EXPECT_FALSE(origins_.is_in_text("y"));
}

TEST_F(OriginsOfValues, AreNotInTextsWhoseListIsReplaced) {
  add("g", "handlers: [{a: }]\nx: {y: 1}\n", "tasks.Orders");
  EXPECT_FALSE(origins_.is_in_text("tasks.Orders.handlers[1].b"));
  EXPECT_EQ(place_of("tasks.Orders.handlers[1].b"), "g:1:1");
  add("h", "x: 2\n", "tasks.Orders");
  EXPECT_FALSE(origins_.is_in_text("tasks.Orders.x.y"));
}

TEST_F(OriginsOfValues, AreVariablesOfTheEnvironmentForWhatIsAroundThem) {
  origins_.note_variable("tasks.Orders.sampler", "SAMPLER");
  ASSERT_NE(origins_.variable_of("tasks.Orders.sampler.ratio"), nullptr);
  EXPECT_EQ(*origins_.variable_of("tasks.Orders.sampler.ratio"), "SAMPLER");
  EXPECT_EQ(origins_.variable_of("tasks.Orders.samplers"), nullptr);
  origins_.note_variable("tasks.Orders.sampler.ratio", "RATIO");
  EXPECT_EQ(*origins_.variable_of("tasks.Orders.sampler.ratio"), "RATIO") << "the longest";
}

TEST_F(OriginsOfValues, TellWhatIsAtOnePlaceOnce) {
  add("g", "x: 2\n", "tasks.Orders");
  add("g", "x: 2\n", "tasks.Refunds");
  EXPECT_EQ(added({}, {{.path = "tasks.Orders.x", .complaint = {"2"}},
                       {.path = "tasks.Refunds.x", .complaint = {"2"}}}),
            (Lines{"1 tasks.Orders.x"}));
}

TEST_F(OriginsOfValues, SortByPlaceAndLeavesOutWhatMayFollow) {
  const ConfigErrors known{{.line = 3, .column = 24, .path = "tasks.Orders.handlers[1].b"}};
  EXPECT_EQ(added(known, {{.path = "tasks.Orders.handlers[1].b"},
                          {.path = "tasks.Orders.handlers[1].b.c"},
                          {.path = "tasks.Orders.handlers[1].bc"},
                          {.path = "tasks.Orders.handlers"},
                          {.path = "tasks.Orders"}}),
            (Lines{"2 tasks.Orders", "3 tasks.Orders.handlers", "3 tasks.Orders.handlers[1].bc",
                   "3 tasks.Orders.handlers[1].b"}));
  ConfigErrors many(1'000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].complaint.found = std::to_string(i);
  EXPECT_EQ(added({}, many).size(), kErrorLimit);
}

}  // namespace
}  // namespace ergon::config
