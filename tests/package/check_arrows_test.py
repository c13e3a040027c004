#!/usr/bin/env python3
"""The arrow check finds what it is there for: tested on small trees of its own."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "check_arrows.py"


class CheckArrows(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.put("src/base/clock.hpp", "#pragma once\n#include <chrono>\n")
        self.put("src/base/README.md", "# base\n")

    def put(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        readme = file.parent / "README.md"
        if path.startswith("src/") and not readme.exists():
            readme.write_text("# a room\n", encoding="utf-8")

    def run_check(self):
        done = subprocess.run([sys.executable, SCRIPT, self.root], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    def expect_clean(self):
        status, output = self.run_check()
        self.assertEqual(status, 0, output)
        self.assertIn("0 violations", output)

    def expect_violation(self, place, words):
        status, output = self.run_check()
        self.assertEqual(status, 1, output)
        lines = output.splitlines()
        self.assertEqual(len(lines), 2, output)
        self.assertTrue(lines[0].startswith(place + ": "), output)
        self.assertIn(words, lines[0])
        self.assertIn("1 violations", lines[1])

    def test_allowed_arrows_pass(self):
        self.put("include/ergon/telemetry/span.hpp", "#include <string>\n")
        self.put("src/telemetry/record/span.cpp",
                 '#include <ergon/telemetry/span.hpp>\n#include "base/clock.hpp"\n#include "telemetry/record/id.hpp"\n')
        self.put("src/task/runner.cpp", '#include "telemetry/session/session.hpp"\n#include <nlohmann/json.hpp>\n')
        self.expect_clean()

    def test_base_needs_nothing_of_ours(self):
        self.put("src/base/ring.cpp", '#include "base/clock.hpp"\n#include "telemetry/buffer/ring.hpp"\n')
        self.expect_violation("src/base/ring.cpp:2", "src/telemetry/buffer/ring.hpp")

    def test_record_does_not_know_the_worker(self):
        self.put("src/telemetry/record/span.cpp", '#include "telemetry/worker/pipeline.hpp"\n')
        self.expect_violation("src/telemetry/record/span.cpp:1", "src/telemetry/record must not include")

    def test_worker_does_not_know_export(self):
        self.put("src/telemetry/worker/worker.cpp", '#  include "telemetry/export/grpc.hpp"\n')
        self.expect_violation("src/telemetry/worker/worker.cpp:1", "src/telemetry/export/grpc.hpp")

    def test_task_knows_only_the_session_of_the_engine(self):
        self.put("src/task/loop.cpp", '#include "telemetry/session/session.hpp"\n#include "telemetry/record/span.hpp"\n')
        self.expect_violation("src/task/loop.cpp:2", "src/telemetry/record/span.hpp")

    def test_telemetry_does_not_know_tasks(self):
        self.put("src/telemetry/session/session.cpp", "\n\n#include <ergon/task/app.hpp>\n")
        self.expect_violation("src/telemetry/session/session.cpp:3", "include/ergon/task/app.hpp")

    def test_brackets_do_not_hide_a_private_header(self):
        self.put("src/telemetry/buffer/ring.cpp", "#include <telemetry/record/span.hpp>\n")
        self.put("src/telemetry/record/span.hpp", "#pragma once\n")
        self.expect_violation("src/telemetry/buffer/ring.cpp:1", "src/telemetry/record/span.hpp")

    def test_public_header_does_not_include_src(self):
        self.put("include/ergon/telemetry/span.hpp", '#include "telemetry/record/span.hpp"\n')
        self.expect_violation("include/ergon/telemetry/span.hpp:1", "a public header must not include src/")

    def test_public_header_keeps_heavy_packages_out(self):
        for header in ("nlohmann/json.hpp", "fmt/format.h", "curl/curl.h", "grpcpp/grpcpp.h", "yaml-cpp/yaml.h"):
            with self.subTest(header):
                self.put("include/ergon/task/payload.hpp", f"#include <fmt/core.h>\n#include <{header}>\n")
                self.expect_violation("include/ergon/task/payload.hpp:2", header)

    def test_grpc_stays_in_tests(self):
        self.put("src/telemetry/export/sender.cpp", "#include <grpcpp/grpcpp.h>\n")
        self.expect_violation("src/telemetry/export/sender.cpp:1", "only tests use it")

    def test_file_outside_of_every_room(self):
        self.put("src/utils/misc.cpp", "#include <string>\n")
        self.expect_violation("src/utils/misc.cpp:1", "in no room")

    def test_room_without_readme(self):
        self.put("src/app/main.cpp", "#include <string>\n")
        (self.root / "src/app/README.md").unlink()
        self.expect_violation("src/app/README.md:1", "missing")

    def test_readme_of_more_than_a_page(self):
        self.put("src/base/README.md", "line\n" * 41)
        self.expect_violation("src/base/README.md:41", "41 lines, at most 40")

    def test_comments_are_not_includes(self):
        self.put("src/base/clock.cpp", '// #include "telemetry/record/span.hpp"\n#include "base/clock.hpp"\n')
        self.expect_clean()

    def test_empty_tree_is_not_a_pass(self):
        (self.root / "src/base/clock.hpp").unlink()
        status, output = self.run_check()
        self.assertEqual(status, 1, output)


if __name__ == "__main__":
    unittest.main()
