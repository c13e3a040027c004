#!/usr/bin/env python3
"""What the bench promises: a JSON object with the lines a second of both, and none of ours lost.

Usage: log_throughput_test.py LOG_THROUGHPUT
"""

import json
import subprocess
import sys
import unittest

PROGRAM = sys.argv.pop(1)


class LogThroughput(unittest.TestCase):
    def test_no_line_is_lost(self):
        done = subprocess.run([PROGRAM, "--json"], capture_output=True, text=True, check=False)
        print(done.stdout, flush=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        [result] = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(result["lost"], 0)
        self.assertEqual(list(result), ["bench", "per_second", "peer", "peer_per_second", "ratio", "lost"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
