#include "config/read.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <ergon/config/one_of.hpp>

namespace ergon::config {
namespace {

using Lines = std::vector<std::string>;

struct Circle {
  std::int64_t radius{1};
};
struct Square {
  std::int64_t side{2};
  std::int64_t border{0};
};
using Shape = OneOf<Circle, Square>;

constexpr auto ergon_describe(Tag<Circle>) { return object("", field<&Circle::radius>("radius")); }
constexpr auto ergon_describe(Tag<Square>) {
  return object("", field<&Square::side>("side"), field<&Square::border>("border"));
}
constexpr auto ergon_describe(Tag<Shape>) {
  return one_of("", alternative<Shape, Circle>("circle"), alternative<Shape, Square>("square"));
}

struct Drawing {
  std::string title{};
  Shape shape{Square{}};
  std::vector<Shape> shapes{Circle{}};
  std::map<std::string, Square> named{};
  std::optional<Square> frame{};
  std::string ink{};
  std::string pencil{};
  std::map<std::string, Square> replaced{};
  std::map<std::string, AnyOptions> pens{};
  std::map<std::string, AnyOptions> brushes{};
};
constexpr auto ergon_describe(Tag<Drawing>) {
  return object("", field<&Drawing::title>("title", "", {.required = true}), field<&Drawing::shape>("shape"),
                field<&Drawing::shapes>("shapes"), field<&Drawing::named>("named"),
                field<&Drawing::replaced>("replaced", "", {.replaces = true}),
                field<&Drawing::frame>("frame"), field<&Drawing::ink>("ink", "", {.excludes = "pencil"}),
                field<&Drawing::pencil>("pencil"),
                field<&Drawing::pens>("pens", "", {.registry = "pens", .typed_by = TypedBy::key}),
                field<&Drawing::brushes>("brushes", "", {.registry = "brushes", .typed_by = TypedBy::name}));
}

const std::string kKeys = "title, shape, shapes, named, replaced, frame, ink, pencil, pens, brushes";

struct Pen {
  std::int64_t width{3};
  ERGON_OPTIONS(Pen, width);
};

struct Nib {
  std::string maker{};
  std::int64_t width{3};

  friend constexpr auto ergon_describe(Tag<Nib>) {
    return object("", field<&Nib::maker>("maker", "", {.required = true}), field<&Nib::width>("width"));
  }
};

ReadContext with_pens() {
  return {{{"pens", {{"ballpoint", Pen{}}, {"plain", {}}}}, {"brushes", {{"broad", Pen{9}}}}}};
}

Lines read(const std::string& yaml, Drawing& drawing, const ReadContext& context = with_pens()) {
  Lines messages;
  for (const ConfigError& error : read_yaml(yaml, "f.yaml", drawing, context))
    messages.push_back(error.message());
  return messages;
}

Lines errors_of(const std::string& yaml, const ReadContext& context = with_pens()) {
  Drawing drawing;
  return read("title: x\n" + yaml, drawing, context);
}

Drawing drawing_of(const std::string& yaml, Drawing drawing = {}) {
  EXPECT_EQ(read("title: x\n" + yaml, drawing), Lines{});
  return drawing;
}

TEST(Read, KeepsWhatTheTextLeavesOut) {
  const Drawing drawing = drawing_of("");
  EXPECT_EQ(drawing.title, "x");
  EXPECT_EQ(drawing.shape.get<Square>().side, 2);
  EXPECT_FALSE(drawing.frame);
}

TEST(Read, TakesNothingForDefaultsOfContainers) {
  const Drawing drawing = drawing_of("frame:\nnamed: {a: }\nshapes:\nshape: {circle: }\n");
  EXPECT_EQ(drawing.frame.value_or(Square{.side = 0}).side, 2);
  EXPECT_EQ(drawing.named.at("a").side, 2);
  EXPECT_EQ(drawing.shapes.size(), 1U);
  EXPECT_EQ(drawing.shape.get<Circle>().radius, 1);
}

TEST(Read, MergesObjectsAndMapsAndReplacesLists) {
  Drawing before;
  before.shape = Square{.side = 5, .border = 6};
  before.named = {{"a", {.side = 7, .border = 8}}, {"b", {}}};
  before.shapes = {Circle{}, Circle{}};
  const Drawing drawing =
      drawing_of("shape: {square: {border: 1}}\nnamed: {a: {side: 1}}\nshapes: [{square: }]\n", before);
  EXPECT_EQ(drawing.shape.get<Square>().side, 5);
  EXPECT_EQ(drawing.shape.get<Square>().border, 1);
  EXPECT_EQ(drawing.named.at("a").side, 1);
  EXPECT_EQ(drawing.named.at("a").border, 8);
  EXPECT_EQ(drawing.named.size(), 2U);
  ASSERT_EQ(drawing.shapes.size(), 1U);
  EXPECT_TRUE(drawing.shapes[0].holds<Square>());
}

TEST(Read, ReplacesMapsThatSayTheyAre) {
  Drawing before;
  before.replaced = {{"a", {.side = 7, .border = 8}}, {"b", {}}};
  const Drawing drawing = drawing_of("replaced: {a: {side: 1}, c: }\n", before);
  EXPECT_EQ(drawing.replaced.size(), 2U);
  EXPECT_EQ(drawing.replaced.at("a").border, 8) << "of the same name, it is merged";
  EXPECT_EQ(drawing.replaced.at("c").side, 2);
  EXPECT_EQ(drawing_of("replaced:\n", before).replaced.size(), 2U) << "nothing is not an empty map";
  EXPECT_EQ(drawing_of("replaced: {}\n", before).replaced.size(), 0U);
}

TEST(Read, ReadsAliasedValuesAgain) {
  const Drawing drawing = drawing_of("shape: &s {circle: {radius: 4}}\nshapes: [*s, *s]\n");
  EXPECT_EQ(drawing.shapes.at(1).get<Circle>().radius, 4);
}

TEST(Read, FindsUnknownKeys) {
  EXPECT_EQ(
      errors_of("frame: {sidee: 1}"),
      (Lines{"f.yaml:2:9: frame.sidee: found an unknown key; allowed: side, border (did you mean side?)"}));
  EXPECT_EQ(errors_of("shape: {triangle: }"),
            (Lines{"f.yaml:2:9: shape.triangle: found an unknown key; allowed: circle, square"}));
  EXPECT_EQ(errors_of("frame: {\"a.b\\n\": 1}"),
            (Lines{"f.yaml:2:9: frame[\"a.b\\n\"]: found an unknown key; allowed: side, border"}));
}

TEST(Read, FindsRepeatedKeys) {
  EXPECT_EQ(errors_of("frame:\n  side: 1\n  side: 2\n"),
            (Lines{"f.yaml:4:3: frame.side: found the key again (first on line 3); allowed: each key once"}));
  EXPECT_EQ(errors_of("named: {a: , 'a': }"),
            (Lines{"f.yaml:2:14: named.a: found the key again (first on line 2); allowed: each key once"}));
}

TEST(Read, WantsStringsForKeys) {
  const std::string allowed = " as a key; allowed: a string (quoted, if it looks like a number)";
  EXPECT_EQ(errors_of("named: {1: , true: , 2.5: , ~: , [a]: , '1': }"),
            (Lines{"f.yaml:2:9: named: found 1" + allowed, "f.yaml:2:14: named: found true" + allowed,
                   "f.yaml:2:22: named: found 2.5" + allowed, "f.yaml:2:29: named: found nothing" + allowed,
                   "f.yaml:2:34: named: found a list" + allowed}));
}

TEST(Read, WantsOneKeyForAVariant) {
  const std::string allowed = "; allowed: a map with one key of circle, square";
  EXPECT_EQ(errors_of("shape:"), (Lines{"f.yaml:2:1: shape: found nothing" + allowed}));
  EXPECT_EQ(errors_of("shape: {}"), (Lines{"f.yaml:2:8: shape: found an empty map" + allowed}));
  EXPECT_EQ(errors_of("shape: circle"), (Lines{"f.yaml:2:8: shape: found circle" + allowed}));
  EXPECT_EQ(errors_of("shape: [circle]"), (Lines{"f.yaml:2:8: shape: found a list" + allowed}));
  EXPECT_EQ(errors_of("shape: {circle: , square: }"),
            (Lines{"f.yaml:2:19: shape: found the keys circle, square" + allowed}));
  EXPECT_EQ(
      errors_of("shape: {1: }"),
      (Lines{"f.yaml:2:9: shape: found 1 as a key; allowed: a string (quoted, if it looks like a number)"}));
}

TEST(Read, FindsWrongKinds) {
  EXPECT_EQ(errors_of("frame: [1]"),
            (Lines{"f.yaml:2:8: frame: found a list; allowed: a map with the keys side, border"}));
  EXPECT_EQ(errors_of("shapes: {circle: }"), (Lines{"f.yaml:2:9: shapes: found a map; allowed: a list"}));
  EXPECT_EQ(errors_of("named: x"), (Lines{"f.yaml:2:8: named: found x; allowed: a map"}));
  EXPECT_EQ(errors_of("shapes: [{circle: {radius: {}}}]"),
            (Lines{"f.yaml:2:28: shapes[0].circle.radius: found an empty map; allowed: a whole number"}));
  Drawing drawing;
  EXPECT_EQ(read("[]", drawing),
            (Lines{"f.yaml:1:1: found an empty list; allowed: a map with the keys " + kKeys}));
}

TEST(Read, FindsWhatIsMissingOrTogether) {
  Drawing drawing;
  EXPECT_EQ(read("pencil: b\nink: a\n", drawing),
            (Lines{"f.yaml:1:1: title: found nothing; allowed: a string that is not empty",
                   "f.yaml:2:1: ink: found together with pencil; allowed: only one of the two"}));
  Drawing empty;
  EXPECT_EQ(read("title: ''\n", empty),
            (Lines{"f.yaml:1:8: title: found \"\"; allowed: a string that is not empty"}));
}

TEST(Read, WantsWhatIsRequiredFromFileOrCode) {
  Drawing drawing;
  drawing.title = "from code";
  EXPECT_EQ(read("ink: a\n", drawing), Lines{});
  const std::string nothing = ": found nothing; allowed: a string that is not empty";
  const ReadContext pens{{{"pens", {{"named", Nib{}}}}}};
  EXPECT_EQ(read("pens:\n  a: {named: }\n  b:\n    named: {width: 1}\n", drawing, pens),
            (Lines{"f.yaml:2:7: pens.a.named.maker" + nothing, "f.yaml:4:5: pens.b.named.maker" + nothing}));
}

TEST(Read, DoesNotTellWhatFollowsFromAnotherError) {
  Drawing drawing;
  EXPECT_EQ(read("title: [a]\n", drawing),
            (Lines{"f.yaml:1:8: title: found a list; allowed: a string that is not empty"}));
  const ReadContext pens{{{"pens", {{"named", Nib{}}}}}};
  EXPECT_EQ(read("title: x\npens: {a: {named: x}}\n", drawing, pens),
            (Lines{"f.yaml:2:19: pens.a.named: found x; allowed: a map with the keys maker, width"}));
}

TEST(Read, FindsTypesInRegistries) {
  const Drawing drawing =
      drawing_of("pens: {a: {ballpoint: {width: 5}}, b: {plain: }}\nbrushes: {broad: }\n");
  const AnyOptions& pen = drawing.pens.at("a");
  ASSERT_NE(pen.get_if<Pen>(), nullptr);
  EXPECT_EQ(pen.get_if<Pen>()->width, 5);
  EXPECT_EQ(pen.type(), "ballpoint");
  EXPECT_EQ(drawing.pens.at("b").description(), nullptr);
  EXPECT_EQ(drawing.pens.at("b").type(), "plain");
  EXPECT_EQ(drawing.brushes.at("broad").get_if<Pen>()->width, 9);
  EXPECT_EQ(drawing.brushes.at("broad").type(), "broad");
}

TEST(Read, FindsWhatIsNotRegistered) {
  EXPECT_EQ(
      errors_of("pens: {a: {balpoint: }}\nbrushes: {road: }\n"),
      (Lines{"f.yaml:2:12: pens.a.balpoint: found an unregistered name; allowed: ballpoint, plain "
             "(did you mean ballpoint?)",
             "f.yaml:3:11: brushes.road: found an unregistered name; allowed: broad (did you mean broad?)"}));
  EXPECT_EQ(errors_of("pens: {a: {plain: {width: 1}}, b: ballpoint}"),
            (Lines{"f.yaml:2:20: pens.a.plain.width: found an unknown key; allowed: none",
                   "f.yaml:2:35: pens.b: found ballpoint; allowed: a map with one key of ballpoint, plain"}));
  EXPECT_EQ(errors_of("pens: {a: {plain: }}\nbrushes: {broad: }\n", {}),
            (Lines{"f.yaml:2:12: pens.a.plain: found an unregistered name; allowed: none",
                   "f.yaml:3:11: brushes.broad: found an unregistered name; allowed: none"}));
}

TEST(Read, MergesOptionsOfTheSameTypeOnly) {
  Drawing before;
  before.pens = {{"a", AnyOptions(Pen{7}, "ballpoint")}, {"b", AnyOptions(Pen{7}, "other")}};
  const Drawing drawing = drawing_of("pens: {a: {ballpoint: }, b: {ballpoint: }}\n", before);
  EXPECT_EQ(drawing.pens.at("a").get_if<Pen>()->width, 7);
  EXPECT_EQ(drawing.pens.at("b").get_if<Pen>()->width, 3);
}

TEST(Read, ReportsAllErrorsInTheOrderOfTheFile) {
  EXPECT_EQ(
      errors_of(
          "frame: {side: x, border: 1.5}\nshapes: [{circle: {radius: y}}, {square: }, {oval: }]\nfoo: 1\n"),
      (Lines{"f.yaml:2:15: frame.side: found x; allowed: a whole number",
             "f.yaml:2:26: frame.border: found 1.5; allowed: a whole number",
             "f.yaml:3:28: shapes[0].circle.radius: found y; allowed: a whole number",
             "f.yaml:3:46: shapes[2].oval: found an unknown key; allowed: circle, square",
             "f.yaml:4:1: foo: found an unknown key; allowed: " + kKeys}));
}

TEST(Read, BoundsTheNumberOfErrors) {
  std::string yaml = "named:\n";
  for (int i = 0; i < 1'000; ++i) yaml += "  n" + std::to_string(i) + ": x\n";
  EXPECT_EQ(errors_of(yaml).size(), 100U);
}

TEST(Read, KeepsMessagesToOneCleanLine) {
  EXPECT_EQ(errors_of("frame: {side: \"a\\nf.yaml: forged\\e[31m\\x9b1m\"}"),
            (Lines{"f.yaml:2:15: frame.side: found \"a\\nf.yaml: forged\\x1b[31m\\u009b1m\"; allowed: a "
                   "whole number"}));
  const std::string message = errors_of("frame: {side: " + std::string(10'000, 'x') + "}").at(0);
  EXPECT_EQ(message, "f.yaml:2:15: frame.side: found " + std::string(80, 'x') + "…; allowed: a whole number");
}

TEST(Read, ReadsFiles) {
  const std::string path = testing::TempDir() + "/ergon_read_test.yaml";
  std::ofstream(path) << "title: a\nfoo: 1\n" << std::flush;
  Drawing drawing;
  const ConfigErrors errors = read_yaml_file(path, drawing);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].file, path);
  EXPECT_EQ(errors[0].line, 2);
  EXPECT_EQ(errors[0].path, "foo");
  EXPECT_EQ(read_yaml_file("/nowhere", drawing).size(), 1U);
}

}  // namespace
}  // namespace ergon::config
