#!/usr/bin/env python3
"""The order processor, the same binary over the same orders, with six configurations: console, files, OTLP over gRPC,
OTLP over HTTP, all at once, and OpenTelemetry's declarative file. The same spans, log records and metrics come out at each destination.

Usage: same_signals_test.py ORDERS [UNITTEST OPTION...]. Status 77, a skipped test for ctest, where the packages of
python_receiver/packages.py can't be had.
"""

import json
import re
import sys
import unittest
from collections import Counter
from pathlib import Path

from python_receiver import packages

packages.enter_venv()

# pylint: disable=wrong-import-position  (the venv has them)
from order_runs import BAD, GOOD, OrdersTest, run
from python_receiver.grpc_receiver import GrpcReceiver
from python_receiver.http_receiver import HttpReceiver
from python_receiver.inbox import SIGNALS, logs_of, metrics_of, points_of, spans_of
from python_receiver.otlp_json import parse_otlp_json

ORDERS = Path(sys.argv.pop(1)).resolve()
METRICS = ("orders.charged", "consumer.transactions.total")

# What all have, and where their signals go. `{grpc}` and `{http}` are endpoints.
BASE = """
defaults:
  connectors: {orders: {jsonl: {path: orders.jsonl}}}
"""
CONSOLE = """
tasks:
  OrderProcessor:
    telemetry: console
    logging: {handlers: [{console: {level: trace, formatter: json}}]}
"""
FILES = """
tasks: {OrderProcessor: {telemetry: files}}
"""
GRPC = """
tasks:
  OrderProcessor:
    logging: {handlers: [{otlp: {exporter: {otlp_grpc: {endpoint: "{grpc}"}}}}]}
    metrics: {readers: [{periodic: {exporter: {otlp_grpc: {endpoint: "{grpc}"}}}}]}
    tracing: {processors: [{batch: {exporter: {otlp_grpc: {endpoint: "{grpc}"}}}}]}
"""
HTTP = """
tasks:
  OrderProcessor:
    logging: {handlers: [{otlp: {exporter: {otlp_http: {endpoint: "{http}/v1/logs"}}}}]}
    metrics: {readers: [{periodic: {exporter: {otlp_http: {endpoint: "{http}/v1/metrics", encoding: json}}}}]}
    tracing: {processors: [{batch: {exporter: {otlp_http: {endpoint: "{http}/v1/traces", compression: gzip}}}}]}
"""
ALL = """
tasks:
  OrderProcessor:
    logging:
      handlers:
        - console: {level: trace, formatter: json}
        - otlp:
            processors:
              - batch: {exporter: {otlp_grpc: {endpoint: "{grpc}"}}}
              - batch: {exporter: {otlp_http: {endpoint: "{http}/v1/logs"}}}
              - batch: {exporter: {otlp_file/development: {output_stream: "file://telemetry/all.jsonl"}}}
    metrics:
      readers:
        - periodic: {exporter: {console: }}
        - periodic: {exporter: {otlp_grpc: {endpoint: "{grpc}"}}}
        - periodic: {exporter: {otlp_http: {endpoint: "{http}/v1/metrics"}}}
        - periodic: {exporter: {otlp_file/development: {output_stream: "file://telemetry/all.jsonl"}}}
    tracing:
      processors:
        - batch: {exporter: {console: }}
        - batch: {exporter: {otlp_grpc: {endpoint: "{grpc}"}}}
        - batch: {exporter: {otlp_http: {endpoint: "{http}/v1/traces"}}}
        - batch: {exporter: {otlp_file/development: {output_stream: "file://telemetry/all.jsonl"}}}
"""

DECLARATIVE = """
file_format: "1.1"
resource: {attributes: [{name: service.name, value: declared}]}
propagator: {composite: [{tracecontext: }, {baggage: }]}
tracer_provider: {processors: [{batch: {exporter: {otlp_http: {endpoint: "{http}/v1/traces"}}}}]}
meter_provider: {readers: [{periodic: {exporter: {otlp_http: {endpoint: "{http}/v1/metrics"}}}}]}
logger_provider:
  processors: [{batch: {exporter: {otlp_http: {endpoint: "{http}/v1/logs"}}}}]
  logger_configurator/development: {default_config: {minimum_severity: info}}
"""


def signals(spans, logs, metrics):
    """What came out, in a form that compares."""
    return {"spans": Counter(spans), "logs": Counter(logs), "metrics": Counter(metrics)}


def signals_of_messages(messages):
    """Of OTLP's requests, by signal."""
    spans = [(span.name, span.status.code == 2) for message in messages["traces"] for span in spans_of(message)]
    logs = [(log.severity_text, log.body.string_value) for message in messages["logs"] for log in logs_of(message)]
    metrics = Counter()
    for message in messages["metrics"]:
        for metric in metrics_of(message):
            if metric.name in METRICS:
                metrics[metric.name] += sum(point.as_int for point in points_of(metric))
    return signals(spans, logs, metrics)


def signals_of_inbox(inbox):
    return signals_of_messages({signal: inbox.messages(signal) for signal in SIGNALS})


def signals_of_files(folder):
    """Of OTLP's JSON lines."""
    messages = {signal: [] for signal in SIGNALS}
    keys = {"resourceSpans": "traces", "resourceLogs": "logs", "resourceMetrics": "metrics"}
    for file in (folder / "telemetry").glob("*.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines():
            signal = keys[next(iter(json.loads(line)))]
            messages[signal].append(parse_otlp_json(line, SIGNALS[signal].request()))
    return signals_of_messages(messages)


SPAN = re.compile(r"^\s+\+\S+\s+\S+\s+(\S+) (?:.* )?span_id=[0-9a-f]{16}$")
POINT = re.compile(r"^  (\S+)  .*?  +(\d+) .*\{\w+\}$")


def signals_of_console(text):
    """Of trees of spans, lines of JSON and tables."""
    spans, logs, metrics = [], [], Counter()
    for line in text.splitlines():
        if line.startswith('{"time"'):
            log = json.loads(line)
            logs.append((log["level"], log["message"]))
        elif span := SPAN.match(line):
            spans.append((span[1], " ERROR" in line))
        elif (point := POINT.match(line)) and point[1] in METRICS:
            metrics[point[1]] += int(point[2])
    return signals(spans, logs, metrics)


class SameSignals(OrdersTest):
    def setUp(self):
        super().setUp()
        (self.folder / "base.yaml").write_text(BASE, encoding="utf-8")

    def receiver(self, kind):
        receiver = kind()
        self.stack.callback(receiver.stop)
        return receiver

    def run_orders(self, config, grpc="", http="", options=(), **variables):
        file = self.folder / "orders.yaml"
        text = "include: [base.yaml]\n" + config.replace("{grpc}", grpc).replace("{http}", http)
        file.write_text(text, encoding="utf-8")
        done = run(ORDERS, self.folder, "run", "OrderProcessor", "--config", file, *options, **variables)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def expect_all(self, found):
        """Found here, and the same elsewhere: made of what the task is known to do."""
        self.assertEqual(found["metrics"], {"orders.charged": GOOD, "consumer.transactions.total": GOOD + BAD})
        spans = found["spans"]
        self.assertEqual(spans["OrderProcessor.transaction", False], GOOD)
        self.assertEqual(spans["OrderProcessor.transaction", True], BAD)
        self.assertEqual(spans["payment.charge", False] + spans["payment.charge", True], GOOD + BAD)
        self.assertEqual(spans["orders.ack", False], GOOD)
        self.assertEqual(spans["OrderProcessor.run", False], 1)
        self.assertEqual(sum(found["logs"].values()), GOOD + BAD)
        self.assertEqual(found["logs"]["INFO", "charged 1.5 EUR"], 1)
        self.assertEqual(found["logs"]["ERROR", "OrderProcessor.process failed: ergon::BusinessError: unknown currency XXX"], BAD)
        # Five kinds of span for each good order and batches of them: nothing else, in whatever way they went.
        self.assertEqual(found["spans"], self.expected_spans())

    @staticmethod
    def expected_spans():
        once = ("OrderProcessor.run", "connectors.init", "services.init", "execute", "exit")
        spans = Counter({(name, False): 1 for name in once})
        spans.update({("OrderProcessor.batch", False): 2, ("orders.fetch", False): 2, ("orders.nack", False): BAD})
        for name in ("OrderProcessor.transaction", "OrderProcessor.process", "payment.charge"):
            spans.update({(name, False): GOOD, (name, True): BAD})
        spans.update({("orders.ack", False): GOOD})
        return spans

    def test_console(self):
        self.expect_all(signals_of_console(self.run_orders(CONSOLE)))

    def test_files(self):
        self.run_orders(FILES)
        self.expect_all(signals_of_files(self.folder))
        lines = "".join(file.read_text(encoding="utf-8") for file in (self.folder / "telemetry").glob("*.log")).splitlines()
        self.assertEqual(len(lines), GOOD + BAD)

    def test_grpc(self):
        receiver = self.receiver(GrpcReceiver)
        self.run_orders(GRPC, grpc=receiver.endpoint)
        self.expect_all(signals_of_inbox(receiver.inbox))

    def test_http(self):
        receiver = self.receiver(HttpReceiver)
        self.run_orders(HTTP, http=receiver.endpoint)
        self.expect_all(signals_of_inbox(receiver.inbox))

    def test_declarative(self):
        for way in ("option", "variable"):
            with self.subTest(way):
                receiver = self.receiver(HttpReceiver)
                file = self.folder / "otel.yaml"
                file.write_text(DECLARATIVE.replace("{http}", receiver.endpoint), encoding="utf-8")
                # None of these counts beside it.
                variables = {"OTEL_TRACES_SAMPLER": "always_off", "OTEL_SDK_DISABLED": "true"}
                if way == "option":
                    self.run_orders("", options=["--otel-config", file], **variables)
                else:
                    self.run_orders("", OTEL_CONFIG_FILE=str(file), **variables)
                self.expect_all(signals_of_inbox(receiver.inbox))

    def test_all_at_once(self):
        grpc, http = self.receiver(GrpcReceiver), self.receiver(HttpReceiver)
        console = self.run_orders(ALL, grpc=grpc.endpoint, http=http.endpoint)
        self.expect_all(signals_of_inbox(grpc.inbox))
        self.expect_all(signals_of_inbox(http.inbox))
        self.expect_all(signals_of_files(self.folder))
        self.expect_all(signals_of_console(console))


if __name__ == "__main__":
    unittest.main(verbosity=2)
