#!/usr/bin/env python3
"""An executable, a library that it is linked with and one that it loads, both hidden, are of one session: one instance,
one trace, one counter.

Usage: shared_session_test.py PROGRAM LOADED_LIBRARY
"""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM, LIBRARY = sys.argv.pop(1), sys.argv.pop(1)
PLACES = ["program", "linked", "loaded"]


def attributes(item):
    return {entry["key"]: entry["value"] for entry in item.get("attributes", [])}


def items(requests, resources, scopes, kind):
    """All items of a kind, and the service.instance.id of each resource they came with."""
    found, instances = [], set()
    for request in requests:
        for resource in request.get(resources, []):
            instances.add(attributes(resource["resource"])["service.instance.id"]["stringValue"])
            found += [item for scope in resource[scopes] if scope["scope"]["name"] == "shared" for item in scope[kind]]
    return found, instances


class SharedSession(unittest.TestCase):
    def setUp(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "otlp.jsonl"
            subprocess.run([PROGRAM, file, LIBRARY], check=True)
            requests = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        self.spans, of_spans = items(requests, "resourceSpans", "scopeSpans", "spans")
        self.logs, of_logs = items(requests, "resourceLogs", "scopeLogs", "logRecords")
        self.metrics, of_metrics = items(requests, "resourceMetrics", "scopeMetrics", "metrics")
        self.instances = of_spans | of_logs | of_metrics

    def test_everything_is_of_one_instance(self):
        self.assertEqual(len(self.instances), 1)

    def test_spans_are_children_of_the_one_current_in_the_executable(self):
        by_name = {span["name"]: span for span in self.spans}
        self.assertEqual(sorted(by_name), sorted(["whole", *PLACES]))
        whole = by_name["whole"]
        for place in PLACES:
            self.assertEqual(by_name[place]["parentSpanId"], whole["spanId"], place)
            self.assertEqual(by_name[place]["traceId"], whole["traceId"], place)

    def test_logs_carry_the_span_of_their_place(self):
        spans = {span["name"]: span["spanId"] for span in self.spans}
        found = {log["body"]["stringValue"]: log["spanId"] for log in self.logs}
        self.assertEqual(found, {f"from {place}": spans[place] for place in PLACES})

    def test_they_add_to_one_counter(self):
        calls = [metric for metric in self.metrics if metric["name"] == "calls"]
        points = [point for metric in calls for point in metric["sum"]["dataPoints"]]
        self.assertEqual([int(point["asInt"]) for point in points], [len(PLACES)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
