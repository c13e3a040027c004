#!/usr/bin/env python3
"""What the bench promises: a JSON object a line, each bench by its name in 15 s, and the span's ratio.

Usage: call_latency_test.py CALL_LATENCY
"""

import json
import subprocess
import sys
import time
import unittest

PROGRAM = sys.argv.pop(1)
BENCHES = ["span_3_attributes", "log_2_arguments", "counter_3_attributes"]
KEYS = ["bench", "ns", "peer", "peer_ns", "ratio"]
MOST_SECONDS = 15
SPAN_RATIO = 1 / 14


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)


class CallLatency(unittest.TestCase):
    def measure(self, bench):
        began = time.monotonic()
        done = run("--json", "--filter", bench)
        taken = time.monotonic() - began
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertLess(taken, MOST_SECONDS, bench)
        [line] = done.stdout.splitlines()
        print(line, f"in {taken:.1f} s", flush=True)
        result = json.loads(line)
        self.assertEqual(list(result), KEYS)
        self.assertEqual(result["bench"], bench)
        return result

    def test_each_bench_by_its_name(self):
        for bench in BENCHES:
            self.measure(bench)

    def test_a_span_costs_a_fourteenth_of_the_peers(self):
        ratios = [self.measure("span_3_attributes")["ratio"] for _ in range(3)]
        self.assertLessEqual(min(ratios), SPAN_RATIO)

    def test_an_unknown_name_is_refused(self):
        done = run("--json", "--filter", "span")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout, "")
        for bench in BENCHES:
            self.assertIn(bench, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
