#!/usr/bin/env python3
"""What the public headers cost a user's compilation: processor time, best of 7 of `g++ -std=c++20 -c`, in turns.

The limits are of a machine that takes 2 s for nlohmann/json.hpp; a slower one has as much more time.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

LIMITS = {"ergon/telemetry.hpp": 1.2, "ergon/ergon.hpp": 2.0}  # seconds
YARDSTICK = "nlohmann/json.hpp"
YARDSTICK_SECONDS = 2.0
ROUNDS = 7
INCLUDE = Path(__file__).resolve().parents[2] / "include"


def seconds_to_compile(header, folder):
    source = Path(folder) / "source.cpp"
    source.write_text(f"#include <{header}>\n", encoding="utf-8")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["g++", "-std=c++20", "-c", f"-I{INCLUDE}", str(source), "-o", "/dev/null"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    best = dict.fromkeys([YARDSTICK, *LIMITS], float("inf"))
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):  # in turns: a machine's pace changes from one minute to the next
            for header in best:
                best[header] = min(best[header], seconds_to_compile(header, folder))
    pace = max(1, best[YARDSTICK] / YARDSTICK_SECONDS)
    print(f"{YARDSTICK}: {best[YARDSTICK]:.2f} s")
    for header, limit in LIMITS.items():
        print(f"{header}: {best[header]:.2f} s, at most {limit * pace:.2f} s")
    return 1 if any(best[header] > limit * pace for header, limit in LIMITS.items()) else 0


if __name__ == "__main__":
    sys.exit(main())
