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
SENDER_KEYS = [*KEYS, "per_cpu_second"]
PEER_SENDER_KEYS = [*SENDER_KEYS, "peer", "peer_per_second", "ratio", "peer_cpu_ns", "peer_lost"]

COLLECTION_KEYS = ["bench", "ms", "bytes", "request_bytes", "peer", "peer_ms", "ratio"]
MOST_BYTES_OF_10000_SERIES = 8 << 20


class Throughput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.done = subprocess.run([PROGRAM, "--json"], capture_output=True, text=True, check=False)
        print(cls.done.stdout, cls.done.stderr, flush=True)
        cls.rows = {row["bench"]: row for row in map(json.loads, cls.done.stdout.splitlines())}

    def test_nothing_is_lost_that_is_not_counted(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr)  # else what was lost is not what was counted
        self.assertEqual(list(self.rows["record_to_worker"]), KEYS)
        self.assertEqual(list(self.rows["record_to_worker_drop_newest"]), KEYS)
        lossless = [row for name, row in self.rows.items() if name != "record_to_worker_drop_newest" and "lost" in row]
        self.assertEqual([row["lost"] for row in lossless], [0] * len(lossless))

    def test_json_lines_are_faster_than_the_text_of_the_peer(self):
        lines = self.rows["log_json_file"]
        self.assertEqual(list(lines), PEER_KEYS)
        self.assertGreater(lines["ratio"], 1)

    def test_10000_series_are_collected_faster_than_by_the_peer(self):
        collected = self.rows["collect_10000_series"]
        self.assertEqual(list(collected), COLLECTION_KEYS)
        self.assertLess(collected["ratio"], 1)
        self.assertLess(collected["bytes"], MOST_BYTES_OF_10000_SERIES)

    def test_spans_sent_to_a_sink(self):
        self.assertEqual(list(self.rows["otlp_grpc_sink"]), SENDER_KEYS)

    def test_spans_sent_to_the_collector_are_faster_and_cheaper_than_those_of_the_peer(self):
        if "otlp_grpc_collector: skipped" in self.done.stderr:
            self.skipTest(self.done.stderr)
        sent = self.rows["otlp_grpc_collector"]
        self.assertEqual(list(sent), PEER_SENDER_KEYS)
        self.assertGreater(sent["ratio"], 1)
        self.assertLess(sent["cpu_ns"], sent["peer_cpu_ns"])
        self.assertEqual(sent["peer_lost"], 0, "the peer was not at its best")


if __name__ == "__main__":
    unittest.main(verbosity=2)
