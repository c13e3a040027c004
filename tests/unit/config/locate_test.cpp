#include "config/locate.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "config/yaml_document.hpp"

namespace ergon::config {
namespace {

using Lines = std::vector<std::string>;

class Locate : public ::testing::Test {
 protected:
  std::string place_of(const std::string& path) const {
    ConfigError error{.path = path};
    locate(error, "f", *root_);
    return error.file + ':' + std::to_string(error.line) + ':' + std::to_string(error.column);
  }
  Lines added(ConfigErrors errors, ConfigErrors later) const {
    add_located(errors, std::move(later), "f", *root_);
    Lines lines;
    for (const ConfigError& error : errors) lines.push_back(std::to_string(error.line) + ' ' + error.path);
    return lines;
  }

  ConfigErrors none_;
  NodePointer root_ = load_yaml(
      "tasks:\n"
      "  Orders:\n"
      "    handlers: [{a: }, {b: 1}]\n"
      "  \"Or.ders\":\n"
      "    x: 1\n",
      "f", none_);
};

TEST_F(Locate, FindsKeysAndItems) {
  EXPECT_EQ(place_of("tasks.Orders"), "f:2:3");
  EXPECT_EQ(place_of("tasks.Orders.handlers[1]"), "f:3:23");
  EXPECT_EQ(place_of("tasks.Orders.handlers[1].b"), "f:3:24");
  EXPECT_EQ(place_of(member_path("tasks", "Or.ders") + ".x"), "f:5:5");
}

TEST_F(Locate, FindsTheNearestKeyAboveWhatIsMissing) {
  EXPECT_EQ(place_of("tasks.Orders.connectors.orders"), "f:2:3");
  EXPECT_EQ(place_of("tasks.Orders.handlers[1].b.c.d"), "f:3:24");
  EXPECT_EQ(place_of("tasks.Ord"), "f:1:1");
  EXPECT_EQ(place_of("other"), "f:1:1");
  EXPECT_EQ(place_of(""), "f:1:1");
}

TEST_F(Locate, KnowsWhatIsThere) {
  EXPECT_TRUE(is_in(*root_, "tasks.Orders.handlers[0].a"));
  EXPECT_FALSE(is_in(*root_, "tasks.Orders.handlers[2]"));
  EXPECT_FALSE(is_in(*root_, "tasks.Ord"));
}

TEST_F(Locate, SortsByPlaceAndLeavesOutWhatMayFollow) {
  const ConfigErrors known{{.line = 3, .column = 24, .path = "tasks.Orders.handlers[1].b"}};
  EXPECT_EQ(added(known, {{.path = "tasks.Orders.handlers[1].b"},
                          {.path = "tasks.Orders.handlers[1].b.c"},
                          {.path = "tasks.Orders.handlers[1].bc"},
                          {.path = "tasks.Orders.handlers"},
                          {.path = "tasks.Orders"}}),
            (Lines{"2 tasks.Orders", "3 tasks.Orders.handlers", "3 tasks.Orders.handlers[1].bc",
                   "3 tasks.Orders.handlers[1].b"}));
  EXPECT_EQ(added({}, ConfigErrors(1'000)).size(), kErrorLimit);
}

}  // namespace
}  // namespace ergon::config
