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

CALLS = ["span_3_attributes", "span_not_sampled", "detached_span"]
CALLS_PER_BURST = 1000  # kBurstCalls
MOST_GROWTH = 1.10
SKIPPED = 77  # as ctest is told


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


def reason_to_skip(compiler, recorded):
    if shutil.which("valgrind") is None:
        return "valgrind is not installed"
    if (CALLS[0], compiler, platform.machine()) not in recorded:
        return f"nothing is recorded of {compiler} on {platform.machine()}"
    return None


def have_grown(program, compiler, recorded):
    grown = False
    for call in CALLS:
        before = recorded[(call, compiler, platform.machine())]
        now = count(program, call)
        grown |= now > before * MOST_GROWTH
        print(f"{call}: {now} instructions, {before} when they were recorded", flush=True)
    return grown


def main():
    program, compiler, results = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    if sys.argv[4:] == ["--record"]:
        record(program, compiler, results)
        return 0
    recorded = {key_of(line): line["instructions"] for line in read(results)}
    reason = reason_to_skip(compiler, recorded)
    if reason is not None:
        print(f"{sys.argv[0]}:1: Skipped\n{reason}")  # as GoogleTest says it, for tools/test.sh
        return SKIPPED
    return 1 if have_grown(program, compiler, recorded) else 0


if __name__ == "__main__":
    sys.exit(main())
