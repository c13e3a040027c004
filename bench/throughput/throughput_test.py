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
PEER_KEYS = [*KEYS, "peer", "peer_per_second", "ratio"]


class Throughput(unittest.TestCase):
    def test_nothing_is_lost_that_is_not_counted(self):
        done = subprocess.run([PROGRAM, "--json"], capture_output=True, text=True, check=False)
        print(done.stdout, flush=True)
        self.assertEqual(done.returncode, 0, done.stderr)  # else what was lost is not what was counted
        [blocking, dropping, lines] = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(list(blocking), KEYS)
        self.assertEqual(list(dropping), KEYS)
        self.assertEqual(list(lines), PEER_KEYS)
        self.assertEqual((blocking["bench"], blocking["lost"]), ("record_to_worker", 0))
        self.assertEqual(dropping["bench"], "record_to_worker_drop_newest")
        self.assertEqual((lines["bench"], lines["lost"]), ("log_json_file", 0))
        self.assertGreater(lines["ratio"], 1, "JSON lines are to be faster than the peer's text")


if __name__ == "__main__":
    unittest.main(verbosity=2)
