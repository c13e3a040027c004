"""Runs of the order processor, by tests that are told its path."""

import json
import os
import subprocess
import tempfile
import unittest
from contextlib import ExitStack
from pathlib import Path

GOOD, BAD = 25, 2
PATIENCE = 60  # seconds


def write_orders(folder):
    """What it is to process: orders that are charged, and some of a currency that nobody knows."""
    orders = [{"id": f"o-{number}", "currency": "EUR", "amount": 1.5 + number} for number in range(GOOD)]
    orders += [{"id": f"bad-{number}", "currency": "XXX", "amount": 1} for number in range(BAD)]
    (folder / "orders.jsonl").write_text("".join(json.dumps(order) + "\n" for order in orders), encoding="utf-8")


def run(program, folder, *arguments, **variables):
    """What came of it, in a folder, with nothing of this machine's environment that telemetry would read."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.upper().endswith("_PROXY") and not name.startswith("OTEL_")} | variables
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=PATIENCE,
                          cwd=folder, env=environment)


def write_config(folder, text):
    """As `orders.yaml`, which nobody else can read, as it may have secrets."""
    file = folder / "orders.yaml"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    return file


def below_task(text):
    """A whole file of sections of the task."""
    return "tasks:\n  OrderProcessor:\n" + "".join(f"    {line}\n" for line in text.splitlines())


class OrdersTest(unittest.TestCase):
    """A folder with orders to process, and what ends with the test."""

    maxDiff = None

    def setUp(self):
        self.stack = ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        write_orders(self.folder)
