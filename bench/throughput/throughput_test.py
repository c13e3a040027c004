#!/usr/bin/env python3
"""What the bench promises: a JSON object a line, nothing lost where recording waits, and all losses counted.

Usage: throughput_test.py THROUGHPUT
"""

import json
import subprocess
import sys
import unittest

PROGRAM = sys.argv.pop(1)
KEYS = ["bench", "per_second", "cpu_ns", "lost"]


class Throughput(unittest.TestCase):
    def test_nothing_is_lost_that_is_not_counted(self):
        done = subprocess.run([PROGRAM, "--json"], capture_output=True, text=True, check=False)
        print(done.stdout, flush=True)
        self.assertEqual(done.returncode, 0, done.stderr)  # else the books did not close
        results = [json.loads(line) for line in done.stdout.splitlines()]
        for result in results:
            self.assertEqual(list(result), KEYS)
        [blocking, dropping] = results
        self.assertEqual((blocking["bench"], blocking["lost"]), ("record_to_worker", 0))
        self.assertEqual(dropping["bench"], "record_to_worker_drop_newest")


if __name__ == "__main__":
    unittest.main(verbosity=2)
