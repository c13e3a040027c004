"""Runs of the program `pipeline`, whose transactions say what is done with them."""

import json
import os
import signal
import subprocess
import tempfile
import time
import unittest
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

PATIENCE = 60  # seconds


def step(name, action="ok", milliseconds=None):
    """One transaction."""
    made = {"id": str(name), "action": action}
    return made if milliseconds is None else made | {"milliseconds": milliseconds}


def children_of(pid):
    """The processes that it has started and not yet reaped."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []


def state_of(pid):
    """Its letter in /proc, or nothing where it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return None


def is_gone(pid):
    """Whether the process has ended, reaped or not."""
    return state_of(pid) in (None, "Z", "X")


class Pipeline:
    """A running one."""

    def __init__(self, program, folder, arguments, environment):
        self.folder = folder
        self.process = subprocess.Popen([program, *arguments], cwd=folder, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=environment)
        self.pid = self.process.pid

    def workers(self):
        """The pids of its workers; the first child is the reporter."""
        return children_of(self.pid)[1:]

    def send(self, number):
        self.process.send_signal(number)

    def finish(self, patience=PATIENCE):
        """Waits for its end; the exit code."""
        self.output, self.errors = self.process.communicate(timeout=patience)
        lines = self.output.splitlines()
        self.summary = json.loads(lines[-1]) if lines and lines[-1].startswith("{\"transactions\"") else None
        self.logs = [json.loads(line) for line in lines if line.startswith("{\"time\"")]
        return self.process.returncode


class PipelineTest(unittest.TestCase):
    """A folder with steps, a configuration, and what was done in `done`."""

    program = ""
    maxDiff = None

    def setUp(self):
        self.stack = ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.done = self.folder / "done"

    def write_steps(self, steps):
        (self.folder / "steps.jsonl").write_text("".join(json.dumps(one) + "\n" for one in steps), encoding="utf-8")

    def write_config(self, text, task="Pipeline"):
        """Of one task; the text is its sections, besides a log as JSON on stdout."""
        lines = ["tasks:", f"  {task}:"] + [f"    {line}" for line in text.strip().splitlines()]
        if "logging:" not in text:
            lines.append("    logging: {handlers: [{json: {}}]}")
        (self.folder / "pipeline.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def start(self, *arguments, task="Pipeline", command="run"):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
        environment |= {"PIPELINE_DONE": str(self.done), "PIPELINE_FIRST": str(self.folder / "first"),
                        "TMPDIR": str(self.folder)}
        started = Pipeline(self.program, self.folder, [command, task, *arguments, "--config", "pipeline.yaml",
                                                       "--summary", "json"], environment)
        self.addCleanup(self.end, started)
        return started

    def end(self, started):
        if started.process.poll() is None:
            started.process.kill()
            started.process.communicate()
        for stream in (started.process.stdout, started.process.stderr):
            stream.close()

    def run_to_end(self, *arguments, **options):
        started = self.start(*arguments, **options)
        started.code = started.finish()
        return started

    def noted(self):
        """How often each thing was noted by the program."""
        return Counter(self.done.read_text(encoding="utf-8").split("\n")[:-1]) if self.done.exists() else Counter()

    def times_done(self):
        """How often each step was done; the start of a service is none."""
        return Counter({what: times for what, times in self.noted().items() if what != "init"})

    def wait_until(self, holds, what, patience=PATIENCE):
        """Asks again and again, as there is nothing to be told by."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if holds():
                return
            time.sleep(0.005)
        self.fail(f"{what} did not happen within {patience} s")

    def messages(self, run, level=None):
        return [log["message"] for log in run.logs if level in (None, log["level"])]

    def assert_leaves_nothing(self, pids):
        """No orphan, no zombie, no folder of the run."""
        for pid in pids:
            self.assertTrue(is_gone(pid), f"process {pid} is there still, in state {state_of(pid)}")
        self.assertEqual([entry.name for entry in self.folder.iterdir() if entry.name.startswith("ergon-run-")], [])


def main(argv):
    PipelineTest.program = Path(argv.pop(1)).resolve()
    unittest.main(argv=argv, verbosity=2)


__all__ = ["Pipeline", "PipelineTest", "is_gone", "main", "signal", "state_of", "step"]
