#!/usr/bin/env python3
"""What the bench promises: more JSON lines a second than spdlog's asynchronous logger writes of text, none lost.

Usage: log_throughput_test.py LOG_THROUGHPUT
"""

import json
import subprocess
import sys
import unittest

PROGRAM = sys.argv.pop(1)


class LogThroughput(unittest.TestCase):
    def test_json_is_faster_than_the_peers_text(self):
        done = subprocess.run([PROGRAM, "--json"], capture_output=True, text=True, check=False)
        print(done.stdout, flush=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        [result] = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(result["lost"], 0)
        self.assertGreater(result["ratio"], 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
