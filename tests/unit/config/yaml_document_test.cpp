#include "config/yaml_document.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

namespace ergon::config {
namespace {

std::string error_of(const std::string& text) {
  ConfigErrors errors;
  const NodePointer root = load_yaml(text, "f.yaml", errors);
  EXPECT_EQ(root == nullptr, !errors.empty());
  return errors.empty() ? "none" : errors.front().message();
}

NodePointer loaded(const std::string& text) {
  ConfigErrors errors;
  NodePointer root = load_yaml(text, "f.yaml", errors);
  for (const ConfigError& error : errors) ADD_FAILURE() << error.message();
  return root;
}

std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

TEST(YamlDocument, KeepsPlacesAndQuoting) {
  const NodePointer root = loaded("a: 1\nb:\n  - \"2\"\n  - |\n    3\n  - !!str 4\n");
  ASSERT_EQ(root->entries.size(), 2U);
  EXPECT_EQ(root->entries[0].first->text, "a");
  EXPECT_FALSE(root->entries[0].second->is_quoted);
  EXPECT_EQ(root->entries[0].second->column, 4);
  const Node& list = *root->entries[1].second;
  ASSERT_EQ(list.items.size(), 3U);
  EXPECT_EQ(list.items[0]->line, 3);
  EXPECT_EQ(list.items[0]->column, 5);
  for (const NodePointer& item : list.items) EXPECT_TRUE(item->is_quoted);
  EXPECT_EQ(list.items[1]->text, "3\n");
}

TEST(YamlDocument, CountsCharactersForColumns) {
  const NodePointer root = loaded("\xEF\xBB\xBF# ü\r\n{é: 1, 𝄞€: [ñ, b]}\r\n");
  EXPECT_EQ(root->line, 2);
  EXPECT_EQ(root->column, 1);
  const auto& [key, list] = root->entries.at(1);
  EXPECT_EQ(key->column, 8);
  EXPECT_EQ(list->column, 12);
  EXPECT_EQ(list->items.at(1)->column, 16);
  EXPECT_EQ(loaded("{é: 1, foo: 2}")->entries.at(1).first->column, 8);
  EXPECT_EQ(error_of("é: x\x04\n"), "f.yaml:1:5: found the control character \"\\x04\"; allowed: text");
  EXPECT_EQ(error_of("é: !secret x"), "f.yaml:1:4: found the tag \"!secret\"; allowed: no tags");
  EXPECT_EQ(error_of("é: 1\n b: 2\n"),
            "f.yaml:2:3: found a syntax error (illegal map value); allowed: well-formed YAML");
  EXPECT_EQ(error_of("{é: 'a'}}\n").substr(0, 11), "f.yaml:1:9:");
}

TEST(YamlDocument, TellsNothingFromAnEmptyString) {
  const NodePointer root = loaded("[~, null, '', x: ]");
  EXPECT_EQ(root->items[0]->kind, Node::Kind::null);
  EXPECT_EQ(root->items[1]->kind, Node::Kind::null);
  EXPECT_EQ(root->items[2]->kind, Node::Kind::scalar);
  EXPECT_EQ(root->items[3]->entries[0].second->kind, Node::Kind::null);
}

TEST(YamlDocument, SharesWhatIsAliased) {
  const NodePointer root = loaded("a: &x {k: v}\nb: *x\nc: [*x, *x]\n");
  EXPECT_EQ(root->entries[0].second, root->entries[1].second);
  EXPECT_EQ(root->node_count, 1U + 3 + 3 + 3 + (1 + 3 + 3));
  EXPECT_EQ(root->height, 4);
}

TEST(YamlDocument, SaysWhereSyntaxIsBroken) {
  EXPECT_EQ(error_of("a: [1, 2\nb: 3\n"),
            "f.yaml:2:2: found a syntax error (end of sequence flow not found); allowed: well-formed YAML");
  EXPECT_EQ(error_of("a: 1\n b: 2\n"),
            "f.yaml:2:3: found a syntax error (illegal map value); allowed: well-formed YAML");
}

TEST(YamlDocument, FindsQuotesThatAreNeverClosed) {
  const std::string expected = ": found a quote that is never closed; allowed: its end";
  EXPECT_EQ(error_of("a: \"open\nb: 2\n"), "f.yaml:1:4" + expected);
  EXPECT_EQ(error_of("a: 'it''s\n"), "f.yaml:1:4" + expected);
  EXPECT_EQ(error_of("a: \"\\\"\n"), "f.yaml:1:4" + expected);
  EXPECT_EQ(error_of("a: &anchor !!str 'open\n"), "f.yaml:1:4" + expected);
  for (const char* text :
       {"a: 'it''s'\n", "a: \"\\\"\"\n", "a: &x 'it'\n", "a: it's\n", "a: |\n  'it\n", "a: !!str it's\n"}) {
    EXPECT_EQ(error_of(text), "none") << text;
  }
}

TEST(YamlDocument, WantsCleanText) {
  using namespace std::string_literals;
  EXPECT_EQ(error_of("a: 1\nb: x\x04\nc: 3\n"),
            "f.yaml:2:5: found the control character \"\\x04\"; allowed: text");
  EXPECT_EQ(error_of("a: \0\n"s), "f.yaml:1:4: found the control character \"\\x00\"; allowed: text");
  EXPECT_EQ(error_of("a: \xC3(\n"), "f.yaml:1:1: found bytes that are not UTF-8; allowed: text in UTF-8");
  EXPECT_EQ(error_of("\xFF\xFE"
                     "a\0:\0 \0b\0"s),
            "f.yaml:1:1: found bytes that are not UTF-8; allowed: text in UTF-8");
  EXPECT_EQ(error_of("\xEF\xBB\xBF"
                     "a:\t'b'\r\n"),
            "none");
}

TEST(YamlDocument, WantsExactlyOneDocument) {
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n", "---\n...\n", "~"}) {
    EXPECT_EQ(error_of(text), "f.yaml:1:1: found an empty file; allowed: a configuration") << text;
  }
  EXPECT_EQ(error_of("a: 1\n---\nb: 2\n"),
            "f.yaml:2:1: found more after the end of the document; allowed: one document in a file");
  EXPECT_EQ(error_of("---\na: 1\n...\n"), "none");
}

TEST(YamlDocument, RefusesTagsAndAliasesIntoThemselves) {
  EXPECT_EQ(error_of("a: !secret x"), "f.yaml:1:4: found the tag \"!secret\"; allowed: no tags");
  EXPECT_EQ(error_of("a: &x [1, *x]"),
            "f.yaml:1:11: found an alias inside what it stands for; allowed: an alias after it");
}

TEST(YamlDocument, BoundsAliasBombs) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 40; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + repeated(alias + ", ", 9) + alias +
            "]\n";
  }
  EXPECT_EQ(error_of(bomb),
            "f.yaml:5:55: found too many values (aliases count each time); allowed: at most 100,000 values");
}

TEST(YamlDocument, BoundsDepthAndSize) {
  EXPECT_EQ(error_of(repeated("- ", 64) + "x"),
            "f.yaml:1:129: found values nested too deeply; allowed: at most 64 levels");
  EXPECT_EQ(error_of(repeated("- ", 63) + "x"), "none");
  const std::string nested = "a: &x " + repeated("[", 40) + repeated("]", 40) + "\nb: " + repeated("[", 30) +
                             "*x" + repeated("]", 30) + "\n";
  EXPECT_EQ(error_of(nested), "f.yaml:2:34: found values nested too deeply; allowed: at most 64 levels");
  for (const char* opening : {"[", "{", "- ", "? ", "{a: ", "a: {"}) {
    EXPECT_NE(error_of(repeated(opening, 20'000)), "none") << opening;
  }
  EXPECT_EQ(
      error_of("[" + repeated("1,", 110'000) + "]"),
      "f.yaml:1:200000: found too many values (aliases count each time); allowed: at most 100,000 values");
}

class TextFile : public testing::Test {
 protected:
  std::string error_of(const std::string& file) {
    ConfigErrors errors;
    text_ = load_text(file, errors);
    return errors.empty() ? "none" : errors.front().message();
  }

  std::string path_ = testing::TempDir() + "/ergon_text_file.yaml";
  std::string text_;
};

TEST_F(TextFile, IsReadWhole) {
  std::ofstream(path_) << "a: 1\n";
  EXPECT_EQ(error_of(path_), "none");
  EXPECT_EQ(text_, "a: 1\n");
}

TEST_F(TextFile, MustBeAFile) {
  EXPECT_EQ(error_of("/nowhere/f.yaml"),
            "/nowhere/f.yaml: found nothing to read (No such file or directory); allowed: a readable file");
  EXPECT_EQ(error_of("/"), "/: found a directory; allowed: a readable file");
}

TEST_F(TextFile, MustBeReadable) {
  std::ofstream(path_) << "a: 1\n";
  std::filesystem::permissions(path_, std::filesystem::perms::none);
  if (std::ifstream(path_)) GTEST_SKIP() << "this user may read everything";
  EXPECT_EQ(error_of(path_), path_ + ": found nothing to read (Permission denied); allowed: a readable file");
}

TEST_F(TextFile, HasALimit) {
  std::ofstream(path_) << std::string((1U << 20U) + 1, ' ');
  EXPECT_EQ(error_of(path_), path_ + ": found more than 1 MiB; allowed: a file of at most 1 MiB");
  EXPECT_EQ(error_of("/dev/zero"), "/dev/zero: found more than 1 MiB; allowed: a file of at most 1 MiB");
}

}  // namespace
}  // namespace ergon::config
