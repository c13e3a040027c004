#!/usr/bin/env python3
"""The instructions of a span's path have not grown by more than a tenth.

Usage: span_instructions_test.py SPAN_INSTRUCTIONS COMPILER RESULTS [--record]

RESULTS has a JSON object a line; --record puts today's counts of this compiler and processor into it in place of
the earlier ones. Skipped, with the reason, where valgrind is absent or nothing was recorded.
"""

import json
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

CALLS = ["span_3_attributes", "span_not_sampled", "detached_span"]
CALLS_PER_BURST = 1000  # kBurstCalls
MOST_GROWTH = 1.10


def count(program, call):
    """Instructions of one call, by callgrind: they do not depend on what else the machine does."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "callgrind.out")
        subprocess.run(
            ["valgrind", "--quiet", "--tool=callgrind", "--toggle-collect=measured_burst",
             f"--callgrind-out-file={out}", program, call],
            stdout=subprocess.DEVNULL, check=True)  # fmt: skip
        [total] = re.findall(r"^totals: (\d+)$", out.read_text(), re.MULTILINE)
    return round(int(total) / CALLS_PER_BURST)


def key_of(line):
    return line["bench"], line["compiler"], line["processor"]


def read(results):
    return [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []


def record(program, compiler, results):
    fresh = [
        {"bench": call, "compiler": compiler, "processor": platform.machine(), "instructions": count(program, call)}
        for call in CALLS
    ]
    keys = [key_of(line) for line in fresh]
    kept = [line for line in read(results) if key_of(line) not in keys]
    results.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in kept + fresh))


class SpanInstructions(unittest.TestCase):
    program = compiler = results = None

    def test_have_not_grown_by_a_tenth(self):
        if shutil.which("valgrind") is None:
            self.skipTest("valgrind is not installed")
        recorded = {key_of(line): line["instructions"] for line in read(self.results)}
        for call in CALLS:
            with self.subTest(call):
                before = recorded.get((call, self.compiler, platform.machine()))
                if before is None:
                    self.skipTest(f"nothing is recorded of {self.compiler} on {platform.machine()}")
                now = count(self.program, call)
                print(f"{call}: {now} instructions, {before} when they were recorded", flush=True)
                self.assertLessEqual(now, before * MOST_GROWTH)


def main():
    program, compiler, results = sys.argv[1:4]
    if sys.argv[4:] == ["--record"]:
        record(program, compiler, pathlib.Path(results))
        return
    SpanInstructions.program, SpanInstructions.compiler = program, compiler
    SpanInstructions.results = pathlib.Path(results)
    unittest.main(argv=sys.argv[:1], verbosity=2)


if __name__ == "__main__":
    main()
