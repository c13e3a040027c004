#!/usr/bin/env python3
"""The examples of the guide, run: the order processor with each block of YAML that it can read, its backends on this
machine and its files in a folder of its own, ends well and loses nothing.

Usage: guide_examples_test.py ORDERS GUIDE_FOLDER [UNITTEST OPTION...]. Status 77, a skipped test for ctest, where the
packages of python_receiver/packages.py can't be had.
"""

import json
import re
import sys
import tempfile
import unittest
from pathlib import Path

from python_receiver import packages

packages.enter_venv()

# pylint: disable=wrong-import-position  (the venv has them)
from order_runs import BAD, GOOD, below_task, run, write_config, write_orders
from python_receiver.grpc_receiver import GrpcReceiver
from python_receiver.http_receiver import HttpReceiver

ORDERS = Path(sys.argv.pop(1)).resolve()
GUIDE = Path(sys.argv.pop(1)).resolve()

# What other programs than this one register.
OF_OTHERS = re.compile(r"\b(tenant:|folder:|audit:|acme:|Refunds:|payments:\n|my:)")


def blocks():
    for file in sorted(GUIDE.glob("*.md")):
        text = file.read_text(encoding="utf-8")
        for block in re.finditer(r"^```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            yield f"{file.name}:{text.count(chr(10), 0, block.start()) + 2}", block[1]


class GuideExamples(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.grpc, self.http = GrpcReceiver(), HttpReceiver()
        self.addCleanup(self.grpc.stop)
        self.addCleanup(self.http.stop)

    def on_this_machine(self, text):
        """With endpoints of ours, and secrets that there are."""
        def http(found):
            signal = next((one for one in ("metrics", "logs") if one in found[2]), "traces")
            return f'{found[1]}"{self.http.endpoint}/v1/{signal}"'
        text = re.sub(r'(otlp_grpc:\s*\{?\s*endpoint: )"[^"]*"', rf'\1"{self.grpc.endpoint}"', text)
        text = re.sub(r'(otlp_http:\s*\{?\s*endpoint: )"([^"]*)"', http, text)
        text = re.sub(r"otlp_grpc: ?\}", f'otlp_grpc: {{endpoint: "{self.grpc.endpoint}"}}}}', text)
        return text.replace("/run/secrets/api_key", "api_key")

    def run_block(self, text, folder):
        write_orders(folder)
        (folder / "api_key").write_text("secret", encoding="utf-8")
        connectors = "connectors: {orders: {jsonl: {path: orders.jsonl}}}\n"
        arguments = []
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": self.grpc.endpoint}
        if text.startswith("file_format:"):
            (folder / "otel.yaml").write_text(text, encoding="utf-8")
            arguments = ["--otel-config", "otel.yaml"]
            text = below_task(connectors)
        elif "tasks:\n" not in text:
            text = below_task(text if "connectors:" in text else connectors + text)
        elif "connectors:" not in text:
            text = text.replace("defaults:\n", "defaults:\n  " + connectors)
        write_config(folder, text)
        checked = run(ORDERS, folder, "config", "check", "orders.yaml", *arguments)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""), text)
        done = run(ORDERS, folder, "run", "OrderProcessor", "--config", "orders.yaml", "--summary", "json", *arguments,
                   **variables)
        self.assertEqual((done.returncode, done.stderr), (0, ""), text)
        summary = json.loads(done.stdout.splitlines()[-1])
        self.assertEqual(summary["transactions"]["ok"], GOOD, text)
        self.assertEqual(summary["transactions"]["failed"], BAD, text)
        for signal, counts in summary["signals"].items():
            lost = {reason: count for reason, count in counts["dropped"].items()
                    if count and reason not in ("sampled_out", "keep_full")}
            self.assertEqual(lost, {}, f"{signal} of {text}")

    def test_all(self):
        count = 0
        for place, text in blocks():
            if OF_OTHERS.search(text):
                continue
            count += 1
            with self.subTest(place), tempfile.TemporaryDirectory() as folder:
                self.run_block(self.on_this_machine(text), Path(folder))
        self.assertGreaterEqual(count, 12)


if __name__ == "__main__":
    unittest.main(verbosity=2)
