"""The tests that the READMEs of tests/conformance name exist, and all suites there are named."""

import re
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
DEFINITION = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", re.MULTILINE)
ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
NAME = re.compile(r"`([A-Z]\w+)(?:\.(\w+))?`")


def defined_in(folder):
    found = set()
    for source in folder.rglob("*_test.cpp"):
        found.update(DEFINITION.findall(source.read_text()))
    return found


def named_in(readme):
    for row in ROW.findall(readme.read_text()):
        for suite, test in NAME.findall(row):
            yield suite, test


class ConformanceIndex(unittest.TestCase):
    def test_names_tests_that_exist(self):
        defined = defined_in(TESTS)
        suites = {suite for suite, _ in defined}
        for readme in (TESTS / "conformance").rglob("README.md"):
            for suite, test in named_in(readme):
                with self.subTest(readme=readme.parent.name, name=f"{suite}.{test}"):
                    self.assertTrue((suite, test) in defined if test else suite in suites)

    def test_names_every_suite_of_the_folder(self):
        named = {suite for suite, _ in named_in(TESTS / "conformance" / "README.md")}
        suites = {suite for suite, _ in defined_in(TESTS / "conformance")}
        self.assertEqual(suites - named, set())
        self.assertGreater(len(suites), 60)


if __name__ == "__main__":
    unittest.main()
