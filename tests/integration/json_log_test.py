#!/usr/bin/env python3
"""Python's json reads every line of a JSON log of fuzzed text, in order, each with the ids of its span.

Usage: json_log_test.py JSON_LOGGER [RECORDS]
"""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = sys.argv.pop(1)
RECORDS = int(sys.argv.pop(1)) if len(sys.argv) > 1 else 20_000


class JsonLog(unittest.TestCase):
    def test_every_line_is_an_object_with_the_ids_of_its_span(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.json"
            done = subprocess.run([PROGRAM, path, str(RECORDS), "7"], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            spans = done.stdout.splitlines()
            lines = 0
            with path.open("rb") as file:
                for number, line in enumerate(file):
                    record = json.loads(line.decode("utf-8"))
                    self.assertEqual(f"{record['trace_id']} {record['span_id']}", spans[number])
                    self.assertEqual(record["attributes"]["i"], number)
                    self.assertEqual(record["logger"], "fuzz")
                    lines += 1
            self.assertEqual(lines, RECORDS)
            print(f"{lines} lines read")


if __name__ == "__main__":
    unittest.main(verbosity=2)
