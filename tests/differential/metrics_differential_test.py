#!/usr/bin/env python3
"""The same random measurements through this engine, through opentelemetry-cpp and by exact arithmetic.

Usage: metrics_differential_test.py ERGON_METRICS PEER_METRICS|- [OPERATIONS [ROUNDS]]. Without a peer its half is
skipped. The seed is printed; ERGON_SEED is the one to use, `random` a new one.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
import unittest
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from exact_metrics import MOST_SCALE, Reader, exponential_index
from point_checks import READERS, PointCheck

ERGON, PEER = sys.argv[1:3]
OPERATIONS = int(sys.argv[3]) if len(sys.argv) > 3 else 50_000
ROUNDS = int(sys.argv[4]) if len(sys.argv) > 4 else 12
del sys.argv[1:]
_SEED = os.environ.get("ERGON_SEED", "1")
SEED = random.SystemRandom().randrange(1 << 63) if _SEED == "random" else int(_SEED)
MOST_COMPLAINTS = 20
# The peer has none of these, or gets them wrong; see peer_metrics.cpp.
NOT_THE_PEERS = {
    "histogram.double.exponential",
    "histogram.edges",
    "gauge.double",
    "gauge.int",
    "observed.counter.double",
}


@dataclass
class Collection:
    """A collection, and what came before it since the last one of any reader."""

    reader: int = -1
    operations: list = field(default_factory=list)
    observed: dict = field(default_factory=lambda: defaultdict(dict))
    indexes: list = field(default_factory=list)  # buckets that the peer's indexer found
    points: list = field(default_factory=list)


def collections(path):
    """Those of a file, one after another: all of them would be large."""
    one = Collection()
    with path.open() as file:
        for line in map(json.loads, file):
            if one.reader >= 0 and "p" not in line:  # it has all its points
                yield one
                one = Collection()
            if "p" in line:
                one.points.append(line)
            elif "o" in line:
                one.operations.append((line["o"], line["set"], line["value"]))
            elif "v" in line:
                one.observed[line["v"]][str(line["set"])] = line["value"]
            elif "c" in line:
                one.reader = line["c"]
            else:
                one.indexes.append(line)
    yield one


class MetricsDifferential(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"seed {SEED}, {OPERATIONS} operations, {ROUNDS} collections and one of each reader", flush=True)
        cls.folder = tempfile.TemporaryDirectory()
        cls.own = cls.run_program(ERGON, "ergon")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_program(cls, program, name):
        path = Path(cls.folder.name) / f"{name}.jsonl"
        begun = time.monotonic()
        subprocess.run([program, str(SEED), str(OPERATIONS), str(ROUNDS), path], check=True)
        print(f"{name}: {time.monotonic() - begun:.1f} s", flush=True)
        return path

    def test_this_engine_agrees_with_exact_arithmetic(self):
        complaints = []
        check = PointCheck(complaints.append)
        operations = []
        readers = [Reader(number) for number in READERS]
        for one in collections(self.own):
            operations += one.operations
            readers[one.reader].take_in(operations)
            check.collection(readers[one.reader], one.points, one.observed)
        self.assertEqual(len(complaints), 0, "\n".join(complaints[:MOST_COMPLAINTS]))
        self.assertGreater(len(operations), OPERATIONS * 0.9)
        print(f"{sum(check.compared.values())} points of {len(check.compared)} streams", flush=True)
        self.assertEqual(len(check.compared), 15)
        self.assertTrue(all(check.compared.values()), check.compared)

    @unittest.skipIf(PEER == "-", "opentelemetry-cpp was not found at configure time")
    def test_this_engine_agrees_with_opentelemetry_cpp(self):
        compared, indexes = 0, []
        its_own = self.run_program(PEER, "opentelemetry-cpp")
        for own, its in zip(collections(self.own), collections(its_own), strict=True):
            self.assertEqual(own.reader, its.reader)
            indexes += its.indexes
            if own.reader == READERS[-1]:
                continue  # its limit, which the peer does not keep to
            compared += self.compare(self.by_series(own.points), self.by_series(its.points))
        print(f"{compared} points are the same", flush=True)
        self.assertGreater(compared, 1000)
        self.check_indexes(indexes)

    @staticmethod
    def by_series(points):
        return {(point["p"], point["key"]): point for point in points if point["p"] not in NOT_THE_PEERS}

    def compare(self, own, its):
        for key in own.keys() | its.keys():
            a, b = own.get(key), its.get(key)
            if a is None or b is None:  # of a delta that is zero there may be a point or not
                only = a or b
                self.assertEqual((only["delta"], only.get("value")), (True, 0), key)
                continue
            for member in ("delta", "value", "count", "sum", "min", "max", "buckets"):
                self.assertEqual(a.get(member), b.get(member), (key, member))
        return len(own)

    # The peer's logarithm is a double's: beside a bound it is now and then wrong by one.
    def check_indexes(self, lines):
        self.assertGreater(len(lines), 100)
        beside = 0
        for line in lines:
            exact = exponential_index(line["x"]) >> (MOST_SCALE - line["scale"])
            beside += line["index"] != exact
            self.assertLessEqual(abs(line["index"] - exact), 1, line)
        print(f"of {len(lines)} buckets its indexer has {beside} off by one", flush=True)
        self.assertLess(beside, len(lines) / 4)


if __name__ == "__main__":
    unittest.main(verbosity=2)
