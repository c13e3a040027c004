#include "config/substitution.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "unit/connectors/temporary_file.hpp"
#include "unit/session/environment.hpp"

namespace ergon::config {
namespace {

using test::TemporaryFile;
using test::Variable;

// What the text becomes; what is refused as "refused: …".
std::string of(std::string_view text) {
  const auto result = substituted(text, 1'000);
  if (const auto* complaint = std::get_if<Complaint>(&result)) return "refused: " + complaint->found;
  return std::get<std::optional<std::string>>(result).value_or("unchanged");
}

TEST(Substitution, PutsVariablesInPlaceOfReferences) {
  const Variable name("ERGON_TEST_NAME", "va: [lue}");
  EXPECT_EQ(of("${ERGON_TEST_NAME}"), "va: [lue}");
  EXPECT_EQ(of("a${env:ERGON_TEST_NAME}b${ERGON_TEST_NAME}"), "ava: [lue}bva: [lue}");
  EXPECT_EQ(of("${ERGON_TEST_NAME:-other}"), "va: [lue}");
}

TEST(Substitution, HasDefaultsForWhatIsNotSetOrEmpty) {
  const Variable empty("ERGON_TEST_EMPTY", "");
  EXPECT_EQ(of("${ERGON_TEST_NONE}"), "");
  EXPECT_EQ(of("${ERGON_TEST_NONE:-}"), "");
  EXPECT_EQ(of("${ERGON_TEST_NONE:-a b:-c}"), "a b:-c");
  EXPECT_EQ(of("${ERGON_TEST_EMPTY:-x}"), "x");
}

TEST(Substitution, LeavesDollarsThatAreNoReferences) {
  EXPECT_EQ(of("plain"), "unchanged");
  EXPECT_EQ(of("^a$"), "unchanged");
  EXPECT_EQ(of("$HOME"), "unchanged");
  EXPECT_EQ(of("$${HOME}"), "${HOME}");
  EXPECT_EQ(of("$$$${HOME}"), "$${HOME}");
  EXPECT_EQ(of("a$$b"), "a$b");
}

TEST(Substitution, IsNotDoneTwice) {
  const Variable outer("ERGON_TEST_OUTER", "${ERGON_TEST_NAME}");
  const Variable name("ERGON_TEST_NAME", "value");
  EXPECT_EQ(of("${ERGON_TEST_OUTER}"), "${ERGON_TEST_NAME}");
}

TEST(Substitution, ReadsFiles) {
  const TemporaryFile file("s3cret\n");
  EXPECT_EQ(of("${file:" + file.path() + "}"), "s3cret");
  EXPECT_EQ(of("Bearer ${file:" + file.path() + "}!"), "Bearer s3cret!");
  EXPECT_EQ(of("${file:/nowhere}"), "refused: \"/nowhere\", nothing to read (No such file or directory)");
}

TEST(Substitution, EndsWhereItWouldBeTooLong) {
  const TemporaryFile file(std::string(600, 'x'));
  const std::string reference = "${file:" + file.path() + "}";
  EXPECT_EQ(of(reference).size(), 600U);
  std::string many;
  for (int i = 0; i < 1'000; ++i) many += reference;
  EXPECT_EQ(of(many), "refused: more text in place of references");
}

TEST(Substitution, RefusesWhatIsNoReference) {
  for (const char* text :
       {"${}", "${1NAME}", "${NA-ME}", "${NAME:?message}", "${a b}", "${env:}", "${file:}", "${${NAME}}"})
    EXPECT_TRUE(of(text).starts_with("refused: the reference \"${")) << text << " gives " << of(text);
  EXPECT_EQ(of("a ${NAME"), "refused: a reference without its end, \"${NAME\"");
}

}  // namespace
}  // namespace ergon::config
