#!/usr/bin/env python3
"""What the public headers cost a user's compilation: processor time, best of 5 of `g++ -std=c++20 -c`.

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
INCLUDE = Path(__file__).resolve().parents[2] / "include"


def seconds_to_compile(header, folder):
    source = Path(folder) / "source.cpp"
    source.write_text(f"#include <{header}>\n", encoding="utf-8")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["g++", "-std=c++20", "-c", f"-I{INCLUDE}", str(source), "-o", "/dev/null"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    is_slow = False
    with tempfile.TemporaryDirectory() as folder:
        yardstick = min(seconds_to_compile(YARDSTICK, folder) for _ in range(5))
        print(f"{YARDSTICK}: {yardstick:.2f} s")
        for header, limit in LIMITS.items():
            limit *= max(1, yardstick / YARDSTICK_SECONDS)
            best = min(seconds_to_compile(header, folder) for _ in range(5))
            print(f"{header}: {best:.2f} s, at most {limit:.2f} s")
            is_slow |= best > limit
    return 1 if is_slow else 0


if __name__ == "__main__":
    sys.exit(main())
