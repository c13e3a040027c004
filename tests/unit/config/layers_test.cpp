#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/override_layer.hpp"
#include "config/read.hpp"
#include "unit/session/environment.hpp"

// What a configuration is made of: references, merge keys, files that files include, settings.
namespace ergon::config {
namespace {

namespace fs = std::filesystem;
using test::Variable;
using Lines = std::vector<std::string>;

struct Part {
  std::string name{"none"};
  std::optional<std::int64_t> size{};
  ERGON_OPTIONS(Part, name, size);
};

struct Whole {
  std::map<std::string, Part> parts{};
  std::vector<std::string> names{};
  bool is_on{false};
  ERGON_OPTIONS(Whole, parts, names, is_on);
};

// A folder of files, which is removed again.
class Folder : public ::testing::Test {
 protected:
  Folder() { fs::create_directories(path_ / "below"); }
  ~Folder() override { fs::remove_all(path_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return path_ / name;
  }
  Lines read(const std::string& file) {
    whole_ = {};
    Lines lines;
    for (const ConfigError& error : read_yaml_file(file, whole_)) {
      std::string line = error.message();
      const std::string folder = path_.string() + "/";
      for (std::size_t at = line.find(folder); at != std::string::npos; at = line.find(folder))
        line.erase(at, folder.size());
      lines.push_back(line);
    }
    return lines;
  }

  fs::path path_ = fs::temp_directory_path() / ("ergon-layers-" + std::to_string(::getpid()));
  Whole whole_;
};

Whole read_text(const std::string& text, Lines& errors) {
  Whole whole;
  for (const ConfigError& error : read_yaml(text, "f", whole)) errors.push_back(error.message());
  return whole;
}

Whole read_text(const std::string& text) {
  Lines errors;
  Whole whole = read_text(text, errors);
  EXPECT_EQ(errors, Lines{}) << text;
  return whole;
}

TEST(References, HaveTheirTypeWhenTheyAreReplaced) {
  const Variable yes("ERGON_TEST_YES", "true");
  const Variable number("ERGON_TEST_NUMBER", "7");
  const Whole whole = read_text(
      "is_on: ${ERGON_TEST_YES}\n"
      "names: [a, '${ERGON_TEST_NUMBER}', \"${ERGON_TEST_NONE:-x}\"]\n"
      "parts:\n"
      "  a: {name: '${ERGON_TEST_NUMBER}'}\n"
      "  b:\n"
      "    size: ${ERGON_TEST_NUMBER}\n"
      "  c:\n"
      "    size: ${ERGON_TEST_NONE}\n");
  EXPECT_TRUE(whole.is_on);
  EXPECT_EQ(whole.names, (Lines{"a", "7", "x"}));
  EXPECT_EQ(whole.parts.at("a").name, "7");
  EXPECT_EQ(whole.parts.at("b").size, 7);
  EXPECT_FALSE(whole.parts.at("c").size) << "nothing, as if nothing were written";
}

TEST(References, AreNotInKeysAndChangeNoStructure) {
  const Variable map("ERGON_TEST_MAP", "{name: x}");
  const Whole whole = read_text("names: ['${ERGON_TEST_MAP}']\nparts: {'${ERGON_TEST_MAP}': }\n");
  EXPECT_EQ(whole.names, (Lines{"{name: x}"}));
  EXPECT_TRUE(whole.parts.contains("${ERGON_TEST_MAP}"));
  Lines errors;
  read_text("parts: {a: '${ERGON_TEST_MAP}'}\nis_on: ${ERGON TEST}\n", errors);
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_TRUE(errors[0].starts_with("f:1:12: parts.a: found ")) << errors[0];
  EXPECT_TRUE(errors[1].starts_with("f:2:8: is_on: found the reference \"${ERGON TEST}\"; allowed: ${NAME}"))
      << errors[1];
}

TEST(References, AreInNoMessage) {
  const Variable secret("ERGON_TEST_SECRET", "s3cret");
  Lines errors;
  read_text("is_on: ${ERGON_TEST_SECRET}\n", errors);
  EXPECT_EQ(errors, (Lines{"f:1:8: is_on: found the value of a reference; allowed: true or false"}));
}

TEST(References, AreNoBomb) {
  const Variable big("ERGON_TEST_BIG", std::string(100'000, 'x'));
  std::string text = "names: [";
  for (int i = 0; i < 50; ++i) text += "'${ERGON_TEST_BIG}', ";
  Lines errors;
  read_text(text + "]", errors);
  ASSERT_FALSE(errors.empty());
  EXPECT_NE(errors[0].find("at most 4 MiB"), std::string::npos) << errors[0];
}

TEST(MergeKeys, TakeWhatAMapDoesNotSay) {
  const Whole whole = read_text(
      "parts:\n"
      "  base: &base {name: base, size: 1}\n"
      "  more: &more {name: more, size: 2}\n"
      "  one: {<<: *base, size: 3}\n"
      "  first: {<<: [*base, *more]}\n"
      "  inline: {<<: {name: inline}, size: 4}\n"
      "  twice: {<<: {<<: *more, name: twice}}\n");
  EXPECT_EQ(whole.parts.at("one").name, "base");
  EXPECT_EQ(whole.parts.at("one").size, 3);
  EXPECT_EQ(whole.parts.at("first").name, "base");
  EXPECT_EQ(whole.parts.at("first").size, 1);
  EXPECT_EQ(whole.parts.at("inline").name, "inline");
  EXPECT_EQ(whole.parts.at("twice").name, "twice");
  EXPECT_EQ(whole.parts.at("twice").size, 2);
}

TEST(MergeKeys, OfOtherThingsAreErrors) {
  Lines errors;
  read_text("parts: {a: {<<: 1}, b: {'<<': {name: x}}}", errors);
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0],
            "f:1:13: parts.a: found a merge key (<<) of something else; allowed: one of a map, or of a list "
            "of maps");
  EXPECT_TRUE(errors[1].starts_with("f:1:25: parts.b[\"<<\"]: found an unknown key"))
      << "quoted it is a key: " << errors[1];
}

TEST_F(Folder, IncludedFilesAreReadFirst) {
  write("below/base.yaml",
        "include: [more.yaml]\nparts: {a: {name: base, size: 1}, b: {name: base}}\nnames: [x, y]\n");
  write("below/more.yaml", "parts: {a: {name: more}, c: {name: more}}\n");
  const std::string file = write("main.yaml", "include: [below/base.yaml]\nparts: {a: {name: main}}\n");
  EXPECT_EQ(read(file), Lines{});
  EXPECT_EQ(whole_.parts.at("a").name, "main");
  EXPECT_EQ(whole_.parts.at("a").size, 1);
  EXPECT_EQ(whole_.parts.at("b").name, "base");
  EXPECT_EQ(whole_.parts.at("c").name, "more");
  EXPECT_EQ(whole_.names, (Lines{"x", "y"}));
}

TEST_F(Folder, ErrorsOfIncludedFilesSayWhere) {
  write("base.yaml", "parts: {a: {nam: base}}\n");
  write("main.yaml", "include: [base.yaml, none.yaml]\nis_on: 1\n");
  const Lines errors = read(write("main.yaml", "include: [base.yaml, none.yaml]\nis_on: 1\n"));
  ASSERT_EQ(errors.size(), 3U);
  EXPECT_EQ(errors[0],
            "base.yaml:1:13: parts.a.nam: found an unknown key; allowed: name, size (did you mean name?)");
  EXPECT_EQ(errors[1],
            "main.yaml:1:22: include[1]: found \"none.yaml\", nothing to read (No such file or directory); "
            "allowed: a readable file");
  EXPECT_EQ(errors[2], "main.yaml:2:8: is_on: found 1; allowed: true or false");
}

TEST_F(Folder, AFileIsReadOnceHoweverOftenItIsIncluded) {
  write("base.yaml", "parts: {x: {size: 1}}\nnmaes: []\n");
  write("a.yaml", "include: [base.yaml]\nparts: {x: {size: 2}}\n");
  write("b.yaml", "include: [base.yaml]\n");
  const Lines errors = read(write("main.yaml", "include: [a.yaml, b.yaml]\n"));
  EXPECT_EQ(errors.size(), 1U);
  EXPECT_EQ(whole_.parts.at("x").size, 2);
  const Lines twice = read(write("twice.yaml", "include: [a.yaml]\ninclude: [b.yaml]\n"));
  ASSERT_EQ(twice.size(), 2U);
  EXPECT_EQ(twice[1], "twice.yaml:2:1: include: found the key again; allowed: each key once");
}

TEST_F(Folder, FilesThatIncludeEachOtherAreErrors) {
  write("a.yaml", "include: [b.yaml]\n");
  write("b.yaml", "include: [a.yaml]\n");
  EXPECT_EQ(read(path_ / "a.yaml"), (Lines{"b.yaml:1:11: include[0]: found \"a.yaml\", which is being "
                                           "included; allowed: files that do not include each other"}));
  EXPECT_EQ(read(write("c.yaml", "include: base.yaml\n")),
            (Lines{"c.yaml:1:10: include: found base.yaml; allowed: a list of files, [base.yaml]"}));
}

TEST(Settings, AreTextsOfOneValue) {
  Whole whole;
  ConfigErrors errors;
  Origins origins;
  for (const char* setting :
       {"parts.a.size=5", "names=[x, y]", "is_on=true", "parts[\"a.b\"].name=dotted", "parts.c="})
    origins.add(override_layer(setting, {}, errors));
  ASSERT_TRUE(errors.empty());
  EXPECT_TRUE(read_layers(origins, type_of<Whole>(), &whole, {}).empty());
  EXPECT_EQ(whole.parts.at("a").size, 5);
  EXPECT_EQ(whole.parts.at("a.b").name, "dotted");
  EXPECT_TRUE(whole.parts.contains("c"));
  EXPECT_EQ(whole.names, (Lines{"x", "y"}));
  EXPECT_TRUE(whole.is_on);
  EXPECT_EQ(origins.place_of("parts.a.size")->source, "--set parts.a.size");
}

TEST(Settings, SayWhatIsWrongWithoutTheValue) {
  ConfigErrors errors;
  for (const char* setting : {"parts", "=1", "a..b=1", "names[0]=s3cret", "a=[s3cret"}) {
    const std::size_t before = errors.size();
    EXPECT_EQ(override_layer(setting, {}, errors).root, nullptr) << setting;
    EXPECT_EQ(errors.size(), before + 1) << setting;
    EXPECT_EQ(errors.back().message().find("s3cret"), std::string::npos) << errors.back().message();
  }
}

}  // namespace
}  // namespace ergon::config
